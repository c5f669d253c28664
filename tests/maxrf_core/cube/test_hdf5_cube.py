"""The cube of an HDF5 file is read right, stays closed between readings, and damage is named."""

import os
import pickle

import h5py
import numpy as np
import pytest

from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.packed_chunks import create_cube
from maxrf_core.datastack.hdf5_store import new_file
from maxrf_core.errors import DatastackError
from tests.maxrf_core.cube.small_cubes import LAYOUTS, assert_same, counts_of, write


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="only Linux lists open files")
def test_nothing_stays_open_between_questions(tmp_path):
    cube = write(tmp_path / "cube.h5", counts_of((9, 9, 9)), compression="gzip", shuffle=True)
    cube.band_map(0, 9)
    cube.spectrum(1, 1)
    opened = [
        os.readlink(f"/proc/self/fd/{number}")
        for number in os.listdir("/proc/self/fd")
        if os.path.exists(f"/proc/self/fd/{number}")
    ]
    assert str(tmp_path / "cube.h5") not in opened


def test_a_cube_that_is_not_chunked_reads_the_same(tmp_path):
    counts = counts_of((7, 8, 9))
    assert_same(write(tmp_path / "cube.h5", counts, chunks=None), counts, 2, 7, (6, 1, 3, 5))


def test_the_cube_that_the_project_writes_reads_the_same_at_its_edges(tmp_path):
    counts = counts_of((70, 65, 130))
    with new_file(tmp_path / "scan.datastack") as file:
        create_cube(file, counts.shape, counts.dtype, (64, 64, 64))[...] = counts
    assert_same(Hdf5Cube(tmp_path / "scan.datastack"), counts, 60, 129, (63, 62, 64, 69))


@pytest.mark.parametrize("fill", [0, 7])
def test_chunks_that_were_never_written_read_as_the_fill_value(tmp_path, fill):
    path = tmp_path / "cube.h5"
    with h5py.File(path, "w") as file:
        cube = file.create_dataset(
            "maxrf_cube", (9, 9, 9), "u2", chunks=(4, 4, 4), compression=1, fillvalue=fill
        )
        cube[5:7, 1, :] = 3
        expected = cube[()]
    assert_same(Hdf5Cube(path), expected, 1, 8, (0, 0, 8, 8))


def test_a_lazy_view_travels_to_other_processes(tmp_path):
    counts = counts_of((6, 5, 7))
    cube = write(tmp_path / "cube.h5", counts, compression="gzip", shuffle=True)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(cube)).read(*[slice(None)] * 3), counts)
    total = cube.dask("counts").sum(axis=2).compute(scheduler="processes", num_workers=1)
    np.testing.assert_array_equal(total, counts.sum(axis=2))


def test_an_image_is_no_cube(tmp_path):
    with h5py.File(tmp_path / "cube.h5", "w") as file:
        file["maxrf_cube"] = np.zeros((3, 4))
    with pytest.raises(DatastackError, match="three axes"):
        Hdf5Cube(tmp_path / "cube.h5")


@pytest.mark.parametrize("layout", ["as we write it", "not shuffled", "with checksums"])
def test_a_damaged_piece_raises_and_is_not_shown(tmp_path, layout):
    path = tmp_path / "cube.h5"
    cube = write(path, counts_of((8, 8, 60)), chunks=(8, 8, 60), **LAYOUTS[layout])
    with h5py.File(path) as file:
        piece = file["maxrf_cube"].id.get_chunk_info(0)
    with open(path, "r+b") as raw:
        raw.seek(piece.byte_offset + piece.size // 2)
        raw.write(b"\x00\xff\x00\xff")
    with pytest.raises(DatastackError, match=r"cube\.h5 is damaged"):
        cube.spectrum(0, 0)


def test_a_cube_stays_right_when_the_file_grows_and_says_so_when_it_was_written_anew(tmp_path):
    path, counts = tmp_path / "cube.h5", counts_of((9, 9, 9))
    cube = write(path, counts, compression="gzip", shuffle=True)
    with h5py.File(path, "r+") as file:
        file["more"] = np.arange(10_000)
    np.testing.assert_array_equal(cube.spectrum(4, 5), counts[5, 4])
    write(path, counts_of((9, 9, 9), seed=1) * 200, compression="gzip", shuffle=True)
    with pytest.raises(DatastackError, match="written anew"):
        cube.spectrum(4, 5)
