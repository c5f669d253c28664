"""A process that is killed while it appends or repacks loses no older data."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = [5, pytest.param(60, marks=pytest.mark.soak)]
KINDS = ["hdf5", *(pytest.param(kind, marks=pytest.mark.soak) for kind in ("zarr2", "zarr3"))]
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("kills", KILLS)
@pytest.mark.parametrize("kind", ["hdf5", "zarr2", "zarr3"])
def test_killed_at_random_moments_no_array_is_lost_or_damaged(kind: str, kills: int, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.maxrf_core.atomic.killer",
        kind,
        tmp_path / "a.datastack",
        str(kills),
        "1",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    print(found)
    assert found["kills"] == kills


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit to the size of files")
@pytest.mark.parametrize("kind", ["hdf5", "zarr2", "zarr3"])
def test_a_full_disk_raises_a_sentence_and_leaves_the_file_as_before(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.maxrf_core.atomic.starver", kind, tmp_path / "a.datastack", "3"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"appends": 3, "repacks": 3, "rescues": 3}


@pytest.mark.skipif(os.name == "nt", reason="the processes are told to stop as Unix does it")
@pytest.mark.parametrize("kind", KINDS)
def test_four_writers_and_four_readers_never_see_or_lose_half_a_change(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.maxrf_core.atomic.crowd", kind, tmp_path / "a.datastack", "4"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    print(found)
    assert found["appends"] == 16
    assert found["arrays read"] > 0
