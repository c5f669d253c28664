"""A cache of binned counts is made whole or not at all, and where it is needed only."""

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.datastack.binned_cache import cache_path
from maxrf_core.datastack.binned_cache_making import make_cache, needs_cache
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.datastack.small_datastacks import make

ROOT = Path(__file__).resolve().parents[3]
BINNED = "maxrf_cube_binned"
BAND = 8, 40
COUNTS = np.random.default_rng(5).poisson(0.3, (70, 133, 700)).astype("u2")
LIMIT = 300  # seconds, for a process of low priority on a busy machine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = convert(ArrayScan(COUNTS), tmp_path / "scan.datastack")
    with h5py.File(path, "r+") as file:
        del file[BINNED]
    return path


def test_it_shows_what_the_file_itself_would(path: Path, tmp_path: Path):
    own = DataStack(convert(ArrayScan(COUNTS), tmp_path / "own.datastack")).binned_map(*BAND)
    before, ds = path.read_bytes(), DataStack(path)
    path.chmod(0o640)
    assert ds.binned_map(*BAND) is None
    assert needs_cache(path)
    make_cache(path)
    assert not needs_cache(path)
    assert np.array_equal(ds.binned_map(*BAND), own)
    assert path.read_bytes() == before
    if os.name != "nt":
        assert cache_path(path).stat().st_mode & 0o777 == 0o640


def test_work_that_is_stopped_leaves_nothing(path: Path):
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_cache(path, stop)
    assert [*path.parent.iterdir()] == [path]


def test_of_a_cube_that_is_written_anew_meanwhile_none_is_made(path: Path):
    new = convert(ArrayScan(COUNTS[:, :, :100]), path.with_name("new.datastack"))

    def replace() -> None:
        if new.exists():
            os.replace(new, path)

    with pytest.raises(DatastackError):
        make_cache(path, replace)
    assert [*path.parent.iterdir()] == [path]


def test_none_is_needed_by_maxrf4us_files_or_large_numbers_nor_where_the_file_holds_its_own(tmp_path: Path):
    assert not needs_cache(make("zarr2", tmp_path / "theirs.datastack"))
    large = np.full((9, 9, 70), 70_000, "u4")
    assert not needs_cache(convert(ArrayScan(large), tmp_path / "large.datastack"))
    with pytest.raises(DatastackError, match=r"large\.datastack cannot be binned"):
        make_cache(tmp_path / "large.datastack")
    own = make("hdf5", tmp_path / "own.datastack")
    make_cache(own)
    assert not needs_cache(own)
    assert not cache_path(own).exists()


@pytest.mark.parametrize("is_left", [False, True])
def test_the_process_makes_it_unless_its_input_ends(path: Path, is_left: bool):
    command = [sys.executable, "-m", "maxrf_core.datastack.binned_cache_making", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None
        process.stdin.write(b"" if is_left else b"\n")
        if is_left:
            process.stdin.close()
        assert process.wait(LIMIT) == is_left
    assert DataStack(path).has_binned_counts != is_left
    assert len([*path.parent.iterdir()]) == 2 - is_left
