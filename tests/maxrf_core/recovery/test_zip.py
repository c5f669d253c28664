"""All whole members of a zip file are found, with or without its table of contents."""

import io
import os
import shutil
import zipfile

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from zarr.storage import ZipStore

from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.datastack.small_datastacks import KINDS
from tests.maxrf_core.recovery.broken_files import (
    SPECTRA,
    assert_as_they_were,
    attempt,
    content,
    full,
    rescued,
)


@pytest.mark.parametrize("name", ["v2_0.1.16_24x20x4096", "v3_head_24x20x4096"])
def test_a_file_without_its_table_of_contents_is_recovered_completely(name, shared, tmp_path):
    genuine = shared(f"data/maxrf4u/{name}.datastack")
    broken = tmp_path / "broken.datastack"
    broken.write_bytes(genuine.read_bytes())
    with zipfile.ZipFile(broken) as file:
        begin = file.start_dir
    os.truncate(broken, begin)
    report, saved = rescued(broken)
    assert report.damaged == []
    truth = content(genuine)
    assert set(saved) == set(truth)
    assert_as_they_were(report, saved, truth)


def test_all_arrays_of_a_file_with_two_zarr_formats_are_recovered(tmp_path):
    broken = full("zarr2", tmp_path / "scan.datastack")
    truth = content(broken)
    with ZipStore(broken, mode="a") as store:
        zarr.create_array(store, name="newer", data=np.ones(3), zarr_format=3)
        zarr.create_array(store, name="one", data=np.full(3, 7), zarr_format=3)
    report, saved = rescued(broken)
    for name, values in truth.items():
        np.testing.assert_array_equal(saved[name], values)
    assert saved["newer"].tolist() == [1, 1, 1]
    assert saved["one_"].tolist() == [7, 7, 7]  # the later of two of one name
    assert {name for name, _ in report.damaged} == SPECTRA


def test_members_stored_in_other_ways_are_found(tmp_path):
    sound = full("zarr3", tmp_path / "sound.datastack")
    broken = tmp_path / "broken.datastack"

    class Pipe:
        """A file that cannot be gone back in: sizes then follow the members."""

        def __init__(self, file) -> None:
            self.write, self.flush = file.write, file.flush

    with open(broken, "wb") as raw, zipfile.ZipFile(sound) as old:
        new = zipfile.ZipFile(Pipe(raw), "w")  # type: ignore[call-overload]
        for number, name in enumerate(old.namelist()):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED
            with new.open(info, "w", force_zip64=number % 3 == 0) as member:
                member.write(old.read(name))
        end = raw.tell()
        new.close()
    os.truncate(broken, end)
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w") as new, new.open("later/zarr.json", "w", force_zip64=True) as member:
        member.write(b"{}")
    with open(broken, "ab") as raw:
        raw.write(large.getvalue())
    report, saved = rescued(broken)
    truth = content(sound)
    assert set(truth) <= set(saved)
    assert_as_they_were(report, saved, truth)
    assert dict(report.damaged)["later"].startswith("its description cannot be read")


@given(
    places=st.lists(st.integers(8, 10**6), min_size=1, max_size=4), noise=st.binary(min_size=1, max_size=300)
)
@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("sound", KINDS[1:], indirect=True)
def test_arrays_of_a_damaged_zip_reported_as_intact_are_intact(sound, places, noise, tmp_path_factory):
    data, truth = sound
    content_of_broken = bytearray(data)
    for place in places:
        place %= len(data)
        content_of_broken[place : place + len(noise)] = noise[: len(data) - place]
    broken = tmp_path_factory.mktemp("damaged") / "broken.datastack"
    broken.write_bytes(content_of_broken)
    assert_as_they_were(*attempt(broken), truth)


def test_every_array_before_a_truncation_is_recovered(tmp_path):
    broken = full("zarr3", tmp_path / "scan.datastack")
    truth = content(broken)
    with zipfile.ZipFile(broken) as file:
        members = file.infolist()
    places = {
        name: [info.header_offset for info in members if info.filename.startswith(name + "/")]
        for name in truth
    }
    for cut in sorted(place for each in places.values() for place in each[1:])[20::4]:
        part = tmp_path / "cut" / "broken.datastack"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(broken.read_bytes()[: cut + 40])
        report, saved = attempt(part)
        assert_as_they_were(report, saved, truth)
        before = {name for name, each in places.items() if max(each) < cut}
        assert before <= saved.keys() - dict(report.damaged).keys()
        shutil.rmtree(part.parent)


@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_what_is_known_of_the_scan_is_kept_without_a_table_of_contents(kind, tmp_path):
    broken = tmp_path / "broken.datastack"
    with ZipStore(broken, mode="w") as store:
        group = zarr.open_group(store, mode="w", zarr_format=int(kind[-1]), attributes={"title": "a drawing"})
        group.create_array("points", data=np.arange(9.0))
    with zipfile.ZipFile(broken) as file:
        begin = file.start_dir
    os.truncate(broken, begin)
    report, saved = rescued(broken)
    assert saved["points"].tolist() == list(range(9))
    assert DataStack(report.path).about["title"] == "a drawing"
