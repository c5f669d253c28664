"""The cache of binned counts is used for the cube that it was made from, and goes with its datastack."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert, repack
from maxrf_core.conversion.found_scans import find_scans
from maxrf_core.datastack.binned_cache import cache_path, discard_cache, is_cache, remove_orphaned_caches
from maxrf_core.datastack.binned_cache_making import make_cache
from maxrf_core.readers import ArrayScan
from maxrf_core.untrusted.check import check_untrusted

BINNED = "maxrf_cube_binned"
BAND = 8, 40


def older(path: Path, seed: int = 5) -> Path:
    """Write a datastack without binned counts, as an older version of this program does."""
    counts = np.random.default_rng(seed).poisson(0.3, (70, 66, 100)).astype("u1")
    convert(ArrayScan(counts), path, overwrite=True)
    with h5py.File(path, "r+") as file:
        del file[BINNED]
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = older(tmp_path_factory.mktemp("older") / "scan.datastack")
    make_cache(path)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """Return an older datastack with its cache, in an own folder."""
    for file in (made, cache_path(made)):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / made.name


def test_it_stays_in_use_when_something_is_appended(path: Path):
    shown = DataStack(path).binned_map(*BAND)
    assert shown is not None
    DataStack(path).append({"note": np.ones(3)})
    assert np.array_equal(DataStack(path).binned_map(*BAND), shown)


def test_that_of_another_file_of_the_same_name_and_size_is_not_used(path: Path):
    with h5py.File(path, "r+") as file:
        cube = file["maxrf_cube"]
        packed = bytearray(cube.id.read_direct_chunk((0, 0, 0))[1])
        packed[-1] ^= 1  # of the checksum, as other counts have another one
        cube.id.write_direct_chunk((0, 0, 0), bytes(packed))
    assert not DataStack(path).has_binned_counts


def test_a_new_conversion_removes_it_and_that_of_another_scan_is_not_used(path: Path):
    old = cache_path(path).read_bytes()
    older(path, seed=6)
    assert not cache_path(path).exists()
    cache_path(path).write_bytes(old)
    assert not DataStack(path).has_binned_counts


def test_a_damaged_one_is_passed_over(path: Path):
    whole = cache_path(path).read_bytes()
    for content in (whole[:2000], whole[:-500], b"", b"notes"):
        cache_path(path).write_bytes(content)
        assert DataStack(path).binned_map(*BAND) is None


def test_one_that_is_removed_while_the_scan_is_open_leaves_the_exact_map(path: Path):
    ds = DataStack(path)
    assert ds.has_binned_counts
    cache_path(path).unlink()
    assert not ds.has_binned_counts
    assert ds.binned_map(*BAND) is None


def test_repack_removes_it_as_the_file_has_its_own_then(path: Path):
    shown = DataStack(path).binned_map(*BAND)
    repack(path)
    assert not cache_path(path).exists()
    assert np.array_equal(DataStack(path).binned_map(*BAND), shown)


def test_it_is_removed_when_its_datastack_is_gone_and_nothing_else_is(path: Path, tmp_path: Path):
    notes, visible, away = (
        tmp_path / name for name in (".a.datastack-binned", "b.datastack-binned", ".c.datastack-binned")
    )
    notes.write_bytes(b"not ours")
    shutil.copy(cache_path(path), visible)
    shutil.copy(cache_path(path), away)
    (tmp_path / "c.datastack").symlink_to(tmp_path / "drive" / "c.datastack")
    assert remove_orphaned_caches(tmp_path) == 0
    path.unlink()
    assert remove_orphaned_caches(tmp_path) == 1
    assert not cache_path(path).exists()
    assert all(other.exists() for other in (notes, visible, away))
    assert not discard_cache(tmp_path / "a.datastack")


def test_it_is_no_scan_of_its_folder_and_passes_the_check_of_strangers_files(path: Path):
    assert is_cache(cache_path(path))
    check_untrusted(cache_path(path))
    found = find_scans([(path.parent,)])
    assert found.datastacks == [path.name]
    assert not found.scans
