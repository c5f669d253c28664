"""Datastacks are recognised by their content; other files are refused with one sentence."""

import os
import subprocess
import sys

import h5py
import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from maxrf_core import append, convert, open_scan, repack
from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import new_file
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.write import write_picture
from maxrf_core.readers import ArrayScan
from maxrf_core.registration.register import load_points
from tests.maxrf_core.datastack.small_datastacks import COUNTS, each_kind, make  # noqa: F401

BAD_FILES = {
    "empty": b"",
    "text": b"width 20\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "the start of HDF5": b"\x89HDF\r\n\x1a\n" + bytes(2000),
    "the start of a zip": b"PK\x03\x04" + bytes(2000),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_what_is_no_datastack_is_refused_in_one_sentence_and_untouched(tmp_path, what):
    path = tmp_path / "bad.datastack"
    path.write_bytes(BAD_FILES[what])
    for attempt in (DataStack, repack, lambda path: append(np.ones(3), "a", path)):
        with pytest.raises(DatastackError, match=r"bad\.datastack is"):
            attempt(path)
    assert path.read_bytes() == BAD_FILES[what]
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_datastack_is_reported_as_damaged(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(DatastackError, match="is damaged"):
        DataStack(path)


def test_hdf5_and_zip_files_of_other_kinds_are_refused(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["data"] = [1, 2]
    with pytest.raises(DatastackError, match="HDF5 file but not a datastack"):
        DataStack(tmp_path / "other.h5")
    np.savez(tmp_path / "other.npz", a=np.ones(3))
    with pytest.raises(DatastackError, match=r"other\.npz is a file of several variables"):
        DataStack(tmp_path / "other.npz")
    os.rename(tmp_path / "other.npz", tmp_path / "other.datastack")
    with pytest.raises(DatastackError, match="zip file but not a datastack"):
        DataStack(tmp_path / "other.datastack")
    with new_file(tmp_path / "future.datastack") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(DatastackError, match="newer version"):
        DataStack(tmp_path / "future.datastack")


NO_CUBES = {
    "bytes": np.full((2, 3, 4), b"abc"),
    "texts": np.full((2, 3, 4), "abc", object),
    "complex": np.zeros((2, 3, 4), complex),
    "no rows": np.zeros((0, 3, 4), np.uint16),
    "no channels": np.zeros((2, 3, 0), np.uint16),
    "nothing": h5py.Empty("u2"),
    "a map": np.zeros((2, 3)),
}


@pytest.mark.parametrize("what", NO_CUBES)
def test_a_cube_without_counts_is_reported_and_the_file_still_opens(tmp_path, what):
    path = tmp_path / "odd.datastack"
    with new_file(path) as file:
        file["maxrf_cube"] = NO_CUBES[what]
    ds = DataStack(path)
    ds.tree()
    assert ds.read("maxrf_cube").shape == ds.read("maxrf_cube", compute=False).shape == ds.entries()[0].shape
    for use in (lambda: ds.shape, lambda: ds.axis, lambda: ds.band_map(0, 2), lambda: ds.spectrum(0, 0)):
        with pytest.raises(DatastackError, match=r"holds no counts|three axes"):
            use()


FULL_DISK = """
import resource, signal, sys
from maxrf_core import DataStack, repack
from maxrf_core.errors import DatastackError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    repack(sys.argv[1])
except DatastackError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of a process' files")
def test_repacking_on_a_full_disk_is_reported_and_leaves_the_file(path):
    before = path.read_bytes()
    assert len(before) > 5000
    done = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("There is no room on the disk to write scan.datastack")
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.partial"))


def test_no_message_contains_the_path_of_a_file_on_the_server(tmp_path):
    there = tmp_path / "there.datastack"
    there.write_text("mine")
    absent = tmp_path / "absent.datastack"
    attempts = [
        lambda: check_new_path(there, overwrite=False),
        lambda: check_new_path(tmp_path, overwrite=True),
        lambda: check_new_path(tmp_path / "absent" / "a.datastack", overwrite=False),
        lambda: check_new_path(tmp_path / ("long" * 100), overwrite=False),
        lambda: convert(ArrayScan(COUNTS), tmp_path / ("a" * 250)),
        lambda: DataStack(absent),
        lambda: DataStack(tmp_path),
        lambda: atomic.generation(absent),
        lambda: append(np.ones(2), "a", absent),
        lambda: open_scan(absent),
        lambda: open_scan(tmp_path / "absent.raw"),
        lambda: open_scan(tmp_path),
        lambda: read_picture(absent),
        lambda: read_picture(tmp_path),
        lambda: load_points(absent),
        lambda: load_points(tmp_path),
        lambda: write_picture(tmp_path / "absent" / "fe.png", np.ones((2, 2))),
    ]
    for attempt in attempts:
        with pytest.raises(MaxrfError) as told:
            attempt()
        assert str(tmp_path.parent) not in str(told.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(DatastackError, match="is a folder"):
        DataStack(tmp_path)
    with pytest.raises(DatastackError, match="There is no file"):
        DataStack(tmp_path / "absent.datastack")


def test_a_datastack_without_a_cube_opens_and_says_what_is_missing(tmp_path):
    with new_file(tmp_path / "empty.datastack"):
        pass
    ds = DataStack(tmp_path / "empty.datastack")
    assert ds.names == []
    with pytest.raises(MaxrfError, match="There is no array 'maxrf_cube'"):
        ds.band_map(1, 2)
    assert ds.append({"first": np.ones(2)}) == {"first": "first"}


def test_lone_surrogates_in_a_zip_are_shown_as_question_marks_or_refused(tmp_path):
    path = make("zarr2", tmp_path / "half.datastack")
    with ZipStore(path, mode="a") as store:
        group = zarr.open_group(store, mode="a", zarr_format=2)
        group.create_array("words", data=np.array(["\ud800"]))
        group.create_array("map", data=np.ones((3, 4)), attributes={"photo": "\ud800.png"})
    ds = DataStack(path)
    assert ds.attributes("map") == {"photo": "?.png"}
    with pytest.raises(DatastackError, match="damaged"):
        ds.read("words")
