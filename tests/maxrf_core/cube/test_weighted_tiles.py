"""Many weighted maps in one pass: equal to numpy's matrix product, and only the chunks needed are read."""

import h5py
import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maxrf_core.cube.cube import Cube
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.errors import DatastackError
from maxrf_core.workers import local_workers

KINDS = {
    "as we write it": {"compression": "gzip", "shuffle": True},
    "not shuffled": {"compression": "gzip"},
    "lzf": {"compression": "lzf"},
    "zarr": None,
}


def cube_of(kind, counts, folder):
    if kind == "zarr":
        return Cube(zarr.array(counts, chunks=(3, 5, 4)))
    with h5py.File(folder / "cube.h5", "w") as file:
        chunks = tuple(map(min, counts.shape, (4, 5, 6)))
        file.create_dataset("maxrf_cube", data=counts, chunks=chunks, **KINDS[kind])
    return Hdf5Cube(folder / "cube.h5")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_maps_equal_the_product_of_numpy_for_any_shape_and_dtype(kind, tmp_path, data):
    shape = data.draw(st.tuples(st.integers(1, 11), st.integers(1, 12), st.integers(1, 15)))
    dtype = np.dtype(data.draw(st.sampled_from(["u1", "<u2", ">u2", "<u4", "i2", "f4"])))
    numbers = st.one_of(
        st.integers(0, 3), st.sampled_from([120, 127] if dtype.itemsize == 1 else [256, 30000])
    )
    counts = data.draw(hnp.arrays(dtype, shape, elements=numbers))
    rows = (data.draw(st.integers(0, 5)), shape[2])
    weights = data.draw(hnp.arrays(np.float32, rows, elements=st.floats(-3, 3, width=16)))

    maps = cube_of(kind, counts, tmp_path).weighted_maps(weights)

    assert maps.shape == (len(weights), *shape[:2])
    assert maps.dtype == np.float32
    exact = np.moveaxis(counts.astype(np.float64) @ weights.T.astype(np.float64), 2, 0)
    scale = np.moveaxis(counts.astype(np.float64) @ np.abs(weights.T), 2, 0) + 1e-300
    assert (np.abs(maps - exact) <= 1e-5 * scale).all()


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_missing_values_are_left_out_as_in_a_single_map(data):
    shape = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 6), st.integers(1, 12)))
    values = st.sampled_from([0.0, 0.25, 3.0, 240.0, np.nan, np.inf, -np.inf])
    cube = Cube(zarr.array(data.draw(hnp.arrays("f4", shape, elements=values)), chunks=(3, 5, 4)))
    numbers = st.sampled_from([0.0, 1.0, -0.5, 2.0])
    weights = data.draw(hnp.arrays(float, (3, shape[2]), elements=numbers))
    single = [cube.weighted_map(row) for row in weights]
    np.testing.assert_allclose(cube.weighted_maps(weights), single, atol=1e-3)


def test_layers_without_a_weight_are_not_read():
    read = []

    class Source:
        shape, dtype, chunks = (5, 5, 24), np.dtype("u2"), (5, 5, 6)

        def __getitem__(self, block):
            read.append(block[2].start)
            return np.ones([part.stop - part.start for part in block], self.dtype)

    weights = np.zeros((3, 24))
    weights[0, 7] = weights[2, 23] = 1
    maps = Cube(Source()).weighted_maps(weights)
    assert sorted(read) == [6, 18]
    np.testing.assert_array_equal(maps[:, 0, 0], [1, 0, 1])


def test_the_number_of_threads_does_not_change_a_digit(tmp_path):
    counts = np.random.default_rng(0).poisson(2, (40, 30, 90)).astype(np.uint16)
    cube = cube_of("as we write it", counts, tmp_path)
    weights = np.random.default_rng(1).normal(size=(5, 90))
    expected = cube.weighted_maps(weights)
    for count in (1, 3):
        with local_workers(count) as workers:
            np.testing.assert_array_equal(cube.with_workers(workers).weighted_maps(weights), expected)


def test_maps_are_combined_tile_by_tile():
    counts = np.random.default_rng(0).poisson(2, (13, 11, 20)).astype(np.uint16)
    cube = Cube(zarr.array(counts, chunks=(4, 5, 8)))
    weights = np.random.default_rng(1).normal(size=(3, 20))
    first, second, third = cube.weighted_maps(weights)
    kept = cube.weighted_maps(weights, combine=lambda maps: np.stack([maps[0], maps[1] * maps[2]]))
    np.testing.assert_array_equal(kept, [first, second * third])


@pytest.mark.parametrize(
    "weights", [np.ones(7), np.ones((2, 6)), np.full((1, 7), np.nan), np.full((1, 7), 1e300)]
)
def test_weights_that_do_not_fit_the_channels_are_refused(weights):
    with pytest.raises(DatastackError, match="each of the 7 channels"):
        Cube(zarr.zeros((3, 3, 7), chunks=(2, 2, 4))).weighted_maps(weights)
