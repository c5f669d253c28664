"""Repack keeps the binned counts of a cube, and adds them to files of older versions."""

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.datastack.by_path import repack
from maxrf_core.readers import ArrayScan

BINNED = "maxrf_cube_binned"


@pytest.fixture
def path(tmp_path):
    counts = np.random.default_rng(5).poisson(0.3, (70, 130, 100)).astype("u1")
    return convert(ArrayScan(counts), tmp_path / "scan.datastack")


def sums_in(path) -> np.ndarray:
    with h5py.File(path) as file:
        return file[BINNED][()]


def test_repack_keeps_them_and_makes_those_that_are_missing_or_out_of_date(path):
    made, shown = sums_in(path), DataStack(path).binned_map(8, 40)
    repack(path)
    assert np.array_equal(sums_in(path), made)
    with h5py.File(path, "r+") as file:
        del file[BINNED]  # as an older version of this program leaves it
    assert DataStack(path).binned_map(8, 40) is None
    repack(path)
    assert np.array_equal(sums_in(path), made)
    assert np.array_equal(DataStack(path).binned_map(8, 40), shown)
    repack(path, packing="smallest")
    assert np.array_equal(DataStack(path).binned_map(8, 40), shown)
    with h5py.File(path, "r+") as file:
        file[BINNED].attrs["cube_bytes"] = 7
        file[BINNED][...] = 0
    repack(path)
    assert np.array_equal(sums_in(path), made)


def test_a_damaged_chunk_leaves_a_file_without_them(path):
    with h5py.File(path, "r+") as file:
        del file[BINNED]
        cube = file["maxrf_cube"]
        place = cube.id.get_chunk_info(0)
    content = bytearray(path.read_bytes())
    middle = place.byte_offset + place.size // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(bytes(content))
    repack(path)
    assert DataStack(path).binned_map(8, 40) is None
