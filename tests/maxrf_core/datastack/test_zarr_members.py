"""All arrays of a zip file are found, in either zarr format; damage to its members is named."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from maxrf_core import append, repack
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.untrusted.check import check_untrusted

FILES = ["v2_0.1.16_24x20x4096", "v3_head_24x20x4096"]


@pytest.fixture(params=FILES)
def genuine(request, shared) -> Path:
    return shared(f"data/maxrf4u/{request.param}.datastack")


@pytest.fixture
def copy(genuine, tmp_path) -> Path:
    return Path(shutil.copy(genuine, tmp_path))


@pytest.fixture
def mixed(shared, tmp_path) -> Path:
    """Return a file written by maxrf4u in format 2 to which a newer version appended in format 3."""
    return Path(shutil.copy(shared("data/faults/v2_then_maxrf4u_0.1.42_append.datastack"), tmp_path))


def test_all_arrays_of_both_formats_in_a_file_are_listed_and_read(mixed, genuine, shared):
    older = DataStack(shared(f"data/maxrf4u/{FILES[0]}.datastack"))
    ds = DataStack(mixed)
    assert ds.names == sorted([*older.names, "my_new_result"])
    assert ds.read("my_new_result").shape == (7, 7)
    for name in older.names:
        np.testing.assert_array_equal(ds.read(name, latest=False), older.read(name, latest=False))
    assert all(entry.stored_bytes > 0 for entry in ds.entries())
    check_untrusted(mixed)


def test_of_two_arrays_of_one_name_in_two_formats_the_later_is_the_newer_version(shared, tmp_path):
    """maxrf4u's newest version sees no array of format 2, and takes its name again."""
    copy = Path(shutil.copy(shared(f"data/maxrf4u/{FILES[0]}.datastack"), tmp_path))
    older = DataStack(copy).read("imvis_reg")
    with ZipStore(copy, mode="a") as store:
        for number in (7, 8):
            name = "imvis_reg" + "_" * (number - 7)
            zarr.create_array(store, name=name, data=np.full((24, 20), number), chunks=(5, 5), zarr_format=3)
    ds = DataStack(copy)
    assert [name for name in ds.names if name.rstrip("_") == "imvis_reg"] == [
        "imvis_reg", "imvis_reg_", "imvis_reg__", "imvis_reg___",
    ]  # fmt: skip
    np.testing.assert_array_equal(ds.read("imvis_reg_", latest=False), older)
    assert np.unique(ds.read("imvis_reg__", latest=False)).tolist() == [7]
    assert np.unique(ds.read("imvis_reg")).tolist() == [8]
    assert append(np.full((24, 20), 9), "imvis_reg", copy) == "imvis_reg____"
    repack(copy)
    assert np.unique(ds.read("imvis_reg")).tolist() == [9]
    assert [name for name in ds.names if name.startswith("imvis_reg")] == ["imvis_reg", "imvis_reg_highres"]


def test_a_killed_append_of_maxrf4u_is_reported_in_one_sentence(shared, tmp_path):
    copy = Path(shutil.copy(shared("data/maxrf4u/killed_during_append_12x16x256.datastack"), tmp_path))
    content = copy.read_bytes()
    with pytest.raises(DatastackError) as told:
        DataStack(copy)
    assert "is damaged: its table of contents is missing" in str(told.value)
    assert "\n" not in str(told.value)
    assert copy.read_bytes() == content


def test_members_that_were_packed_by_another_program_are_read(copy, tmp_path):
    packed = tmp_path / "packed.datastack"
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    np.testing.assert_array_equal(
        DataStack(packed).read("maxrf_energies"), DataStack(copy).read("maxrf_energies")
    )


def test_a_damaged_member_is_refused(copy):
    with zipfile.ZipFile(copy) as file:
        largest = max(file.infolist(), key=lambda info: info.compress_size)
    with open(copy, "r+b") as raw:
        raw.seek(largest.header_offset + 5000)
        raw.write(b"damage")
    with pytest.raises(DatastackError, match="is damaged: the checksum of maxrf_cube"):
        DataStack(copy).read("maxrf_cube")
