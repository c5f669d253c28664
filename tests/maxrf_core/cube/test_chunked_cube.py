"""A part of a cube is read as a part of an array is, at once or lazily."""

import dask
import numpy as np
import pytest

from tests.maxrf_core.cube.small_cubes import counts_of, write


@pytest.mark.parametrize("key", [np.s_[2:9:3, ::-1, 4], np.s_[1:1, 3, ::2], np.s_[-1, -2:, -3]])
def test_a_cube_is_indexed_like_an_array(tmp_path, key):
    counts = counts_of((10, 9, 13))
    np.testing.assert_array_equal(write(tmp_path / "cube.h5", counts)[key], counts[key])


def test_work_on_all_chunks_sees_each_count_once(tmp_path):
    counts = counts_of((10, 9, 13))
    cube = write(tmp_path / "cube.h5", counts, chunks=(4, 5, 6), compression="gzip", shuffle=True)
    found = np.zeros_like(counts)
    for (row, column, channel), part in cube.of_chunks(lambda part: part + 1):
        rows, columns, channels = part.shape
        found[row : row + rows, column : column + columns, channel : channel + channels] += part
    np.testing.assert_array_equal(found, counts + 1)


@pytest.mark.parametrize(
    "key", [np.s_[2:9:3, ::-1, 4], np.s_[5], np.s_[:, 3, ::2], np.s_[1:1], np.s_[-1, -2:, -3]]
)
def test_a_lazy_view_is_indexed_like_an_array(tmp_path, key):
    counts = counts_of((10, 9, 13))
    view = write(tmp_path / "cube.h5", counts, compression="gzip", shuffle=True).dask("counts")
    np.testing.assert_array_equal(view[key].compute(scheduler="sync"), counts[key])


@pytest.mark.parametrize("scheduler", ["sync", "threads"])
def test_a_band_picked_by_a_mask_of_energies_works_lazily(tmp_path, scheduler):
    counts = counts_of((10, 9, 13))
    view = write(tmp_path / "cube.h5", counts, compression="gzip", shuffle=True).dask("counts")
    energies = np.linspace(0, 10, 13)
    mask = (energies > 2.1) & (energies < 6.7)
    with dask.config.set(scheduler=scheduler):
        picked = view[:, :, mask].compute().sum(axis=2)
    np.testing.assert_array_equal(picked, counts[:, :, mask].sum(axis=2))
