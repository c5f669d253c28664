"""What HDF5 itself refuses is read: files cut off anywhere or left open by a crashed program."""

import os
import re
import subprocess
import sys
from itertools import product

import h5py
import numpy as np
import pytest

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.journal import journal_path
from maxrf_core.conversion.convert import convert
from maxrf_core.cube.slicing import steps
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.recovery.broken_files import assert_as_they_were, attempt, content, full, rescued


@pytest.mark.parametrize("sound", ["hdf5"], indirect=True)
def test_a_file_truncated_within_its_texts_is_recovered_without_an_endless_loop(sound, tmp_path_factory):
    data, truth = sound
    heap = data.rfind(b"GCOL")
    texts = heap + data[heap:].find("Kα".encode())
    for stop in range(heap, texts + 40, 3):
        broken = tmp_path_factory.mktemp("cut") / "broken.datastack"
        broken.write_bytes(data[:stop])
        assert_as_they_were(*attempt(broken), truth)


@pytest.mark.parametrize("sound", ["hdf5"], indirect=True)
def test_chunks_missing_from_a_truncated_list_are_reported_as_lost(sound, tmp_path_factory):
    data, truth = sound
    lists = [found.start() for found in re.finditer(b"TREE", data)]
    assert len(lists) > 3
    for stop in (begin + more for begin in lists for more in (5, 7, 20, 33, 45, 60)):
        broken = tmp_path_factory.mktemp("cut") / "broken.datastack"
        broken.write_bytes(data[:stop])
        assert_as_they_were(*attempt(broken), truth)


def test_every_lost_piece_of_a_truncated_list_of_chunks_is_reported(tmp_path):
    counts = np.random.default_rng(1).integers(1, 50, (200, 200, 300), np.uint8)
    stack, broken = tmp_path / "scan.datastack", tmp_path / "broken.datastack"
    convert(ArrayScan(counts), stack)
    data = stack.read_bytes()
    entry = 48  # bytes of a chunk of three axes in the list, after 24 that tell how many there are
    for whole in (3, 10, 40):
        broken.write_bytes(data[: data.rfind(b"TREE") + 24 + whole * entry + 20])
        report, saved = rescued(broken)
        zeros = 0
        for part in product(*(steps(length, 64) for length in counts.shape)):
            if saved["maxrf_cube"][part].any():
                np.testing.assert_array_equal(saved["maxrf_cube"][part], counts[part])
            else:
                zeros += 1
        assert dict(report.damaged)["maxrf_cube"].startswith(f"{zeros} of its 80 pieces are lost")
        assert zeros < 80


DIES = """
import os, sys, h5py, numpy as np
file = h5py.File(sys.argv[1], sys.argv[2], libver=sys.argv[3])
file["counts"] = np.arange(5000)
file.flush()
file.create_dataset("later", data=np.ones((300, 300)), chunks=(100, 100))
os._exit(1)
"""


@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_a_file_left_open_by_a_crashed_program_is_recovered(libver, tmp_path):
    broken = tmp_path / "broken.datastack"
    subprocess.run([sys.executable, "-c", DIES, broken, "w", libver], check=False)
    if libver == "latest":
        with pytest.raises(OSError, match="already open for write"):
            h5py.File(broken)
    report, saved = rescued(broken)
    assert saved["counts"].tolist() == list(range(5000))
    assert_as_they_were(report, saved, {"counts": np.arange(5000), "later": np.ones((300, 300))})


def test_a_datastack_left_open_by_a_crashed_program_is_recovered(tmp_path):
    broken = full("hdf5", tmp_path / "broken.datastack")
    truth = content(broken)
    subprocess.run([sys.executable, "-c", DIES, broken, "r+", "latest"], check=False)
    report, saved = rescued(broken)
    assert truth.keys() <= saved.keys() - dict(report.damaged).keys()
    assert_as_they_were(report, saved, {**truth, "counts": np.arange(5000), "later": np.ones((300, 300))})


def test_a_complete_journal_is_applied(tmp_path):
    broken = full("hdf5", tmp_path / "broken.datastack")
    change = atomic.AtomicFile(broken)
    with h5py.File(change, "r+") as file:
        file["appended"] = np.arange(700)
    change._seal()
    change.close()
    report, saved = rescued(broken)
    assert saved["appended"].tolist() == list(range(700))
    assert report.damaged == []
    assert journal_path(broken).exists()


def test_what_is_known_of_the_scan_is_kept_from_a_truncated_file(tmp_path):
    about = {
        "title": "Straße bei Mühlhausen",
        "pixel_size_mm": [0.5, 0.25],
        "tube_kV": 50.0,
        "tube_anode": "Rh",
    }
    counts = np.random.default_rng(0).poisson(2, (130, 70, 200)).astype(np.uint16)
    broken = convert(ArrayScan(counts), tmp_path / "broken.datastack", about=about)
    os.truncate(broken, broken.stat().st_size // 2)
    report, _ = rescued(broken)
    found = DataStack(report.path).about
    assert {key: found[key] for key in about} == about
    assert found["format"] == "maxrf-datastack"


def test_attributes_are_kept_without_a_cube_and_those_of_the_new_file_stay_its_own(tmp_path):
    broken = tmp_path / "broken.datastack"
    with h5py.File(broken, "w") as file:
        file["points"] = np.arange(9.0)
        file.attrs.update(title="a drawing", format="something else", many=np.arange(3))
        file.attrs["odd"] = h5py.Empty("f8")
    report, _ = rescued(broken)
    found = DataStack(report.path).about
    assert (found["title"], found["many"]) == ("a drawing", [0, 1, 2])
    assert found["format"] == "maxrf-datastack"
