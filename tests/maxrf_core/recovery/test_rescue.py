"""Readable arrays of a broken datastack are recovered unchanged; the broken file is never changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core import append, rescue
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.datastack.small_datastacks import COUNTS, digest, plainly
from tests.maxrf_core.recovery.broken_files import (
    FAILED,
    IMAGE,
    KILLED,
    ROOT,
    SPECTRA,
    assert_as_they_were,
    attempt,
    content,
    rescued,
)


def test_a_file_of_a_killed_maxrf4u_is_recovered(tmp_path):
    report, saved = rescued(Path(shutil.copy(KILLED, tmp_path)))
    truth = np.load(KILLED.with_suffix(".npz"))
    np.testing.assert_array_equal(saved["maxrf_cube"], truth["cube"])
    np.testing.assert_array_equal(saved["maxrf_energies"], truth["energies"])
    assert set(saved) == {"maxrf_cube", "maxrf_energies", *SPECTRA}
    assert report.damaged == [("bad", "nothing of it is left (missing)")]
    assert DataStack(report.path).band_map(1, 2).shape == (12, 16)


def test_an_array_of_a_failed_append_in_maxrf4u_is_reported_and_skipped(tmp_path):
    report, saved = rescued(Path(shutil.copy(FAILED, tmp_path)))
    for name, values in content(FAILED).items():
        if name != "bad":
            np.testing.assert_array_equal(saved[name], values)
    assert report.damaged == [("bad", "nothing of it is left (no values were stored)")]


@given(place=st.floats(0, 1, exclude_max=True))
@settings(max_examples=20, deadline=None)
def test_a_file_truncated_anywhere_keeps_its_remaining_values(sound, place, tmp_path_factory):
    data, truth = sound
    broken = tmp_path_factory.mktemp("cut") / "broken.datastack"
    broken.write_bytes(data[: int(place * len(data))])
    assert_as_they_were(*attempt(broken), truth)


def test_a_truncated_cube_is_recovered_with_recomputed_spectra(tmp_path):
    counts = np.random.default_rng(0).poisson(2, (64, 64, 1100)).astype(np.uint16)
    broken = convert(ArrayScan(counts), tmp_path / "broken.datastack")
    os.truncate(broken, broken.stat().st_size // 2)
    with pytest.raises(DatastackError, match="is damaged or cut off"):
        DataStack(broken)
    report, saved = rescued(broken)
    damage = dict(report.damaged)
    assert "of its 18 pieces are lost (cut off) and read as 0" in damage["maxrf_cube"]
    assert_as_they_were(report, saved, {"maxrf_cube": counts})
    np.testing.assert_allclose(saved["maxrf_sumspectrum"], saved["maxrf_cube"].mean(axis=(0, 1)))
    assert "recomputed from the cube" in damage["maxrf_sumspectrum"]
    assert DataStack(report.path).cube().dtype.kind == "u"
    assert "entry" not in {outcome.name for outcome in report.outcomes}


def test_an_intact_file_is_copied_unchanged_with_its_attributes(stack):
    truth, ds = content(stack), DataStack(stack)
    report, saved = rescued(stack)
    for name, values in truth.items():
        np.testing.assert_array_equal(saved[name], values)
        new = DataStack(report.path).attributes(name)
        assert new.items() >= ds.attributes(name).items()
    assert {name for name, _ in report.damaged} <= SPECTRA - truth.keys()


def test_older_versions_of_the_cube_are_recovered_too(stack, monkeypatch):
    later = COUNTS[::-1].astype(plainly(stack, "maxrf_cube").dtype) + 1
    append(later, "maxrf_cube", stack)
    # As where they are too large to be copied whole
    monkeypatch.setattr(sys.modules["maxrf_core.recovery.rescue"], "MAX_IN_MEMORY", 1000)
    report, saved = rescued(stack)
    np.testing.assert_array_equal(saved["maxrf_cube"], COUNTS)
    np.testing.assert_array_equal(saved["maxrf_cube_"], later)
    np.testing.assert_array_equal(saved["imvis_reg"], IMAGE)
    np.testing.assert_array_equal(DataStack(report.path).read("maxrf_cube"), later)


def test_arrays_are_recovered_without_a_cube(tmp_path):
    broken = tmp_path / "broken.datastack"
    with h5py.File(broken, "w") as file:
        file["points"] = np.arange(9.0)
        file["nothing"] = h5py.Empty("f8")
        file["table"] = np.zeros(3, [("a", "i4")])
        file.create_group("more")
        file["elsewhere"] = h5py.ExternalLink("other.h5", "secret")
        file["names"] = ["Fe", "Kα"]
    report, saved = rescued(broken)
    assert saved["points"].tolist() == list(range(9))
    assert saved["names"].tolist() == ["Fe", "Kα"]
    assert saved["nothing"].shape == (0,)
    assert {name for name, _ in report.damaged} == {"table", "more", "elsewhere"}


def test_the_broken_file_is_never_replaced_by_the_new_one(stack):
    before = digest(stack)
    link = stack.with_name("link.datastack")
    link.symlink_to(stack)
    for out in (stack, link):
        with pytest.raises(DatastackError, match="itself is never changed; choose another name"):
            rescue(stack, out, overwrite=True)
    with pytest.raises(DatastackError, match="exists already"):
        rescue(stack, stack)
    assert digest(stack) == before


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"no datastack at all" * 99, b"\x89HDF\r\n\x1a\n", b"PK\x03\x04" * 500]
)
def test_a_file_without_readable_arrays_gives_a_one_sentence_error(tmp_path, data):
    broken = tmp_path / "broken.datastack"
    broken.write_bytes(data)
    with pytest.raises(DatastackError, match=r"Nothing can be saved from broken\.datastack") as told:
        rescue(broken, tmp_path / "saved.datastack")
    assert "\n" not in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["broken.datastack"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatastackError, match=r"absent\.datastack does not exist"):
        rescue(tmp_path / "absent.datastack", tmp_path / "saved.datastack")


def test_a_stopped_rescue_leaves_nothing(stack):
    def stop(fraction: float, doing: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rescue(stack, stack.with_name("saved.datastack"), progress=stop)
    assert not list(stack.parent.glob("*saved*"))


FULL_DISK = """
import resource, sys
from maxrf_core import rescue
for room in (0, 3000, 20_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        rescue(sys.argv[1], sys.argv[2])
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_full_disk_is_reported_and_leaves_nothing(stack):
    before, out = digest(stack), stack.with_name("saved.datastack")
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK, stack, out], cwd=ROOT, capture_output=True, text=True, check=False
    )
    told = "There is no room on the disk to write saved.datastack; free some space and try again."
    assert result.stdout.splitlines() == [f"DatastackError {told}"] * 3, result.stderr
    assert digest(stack) == before
    assert not list(stack.parent.glob("*saved*"))
