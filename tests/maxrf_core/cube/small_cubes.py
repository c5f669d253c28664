"""Small cubes in HDF5 files of several layouts, and their comparison with the counts."""

import h5py
import numpy as np

from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.regions import Region

LAYOUTS = {
    "as we write it": {"compression": "gzip", "shuffle": True},
    "not shuffled": {"compression": "gzip"},
    "lzf": {"compression": "lzf"},
    "with checksums": {"compression": "gzip", "shuffle": True, "fletcher32": True},
    "not packed": {},
}


def write(path, counts, chunks=(4, 5, 6), **layout):
    chunks = tuple(min(pair) for pair in zip(chunks, counts.shape, strict=True)) if chunks else None
    with h5py.File(path, "w") as file:
        file.create_dataset("maxrf_cube", data=counts, chunks=chunks, **layout)
    return Hdf5Cube(path)


def counts_of(shape, dtype=np.uint16, seed=0):
    return np.random.default_rng(seed).integers(0, 100, shape).astype(dtype)


def assert_same(cube, counts, lo, hi, corners):
    np.testing.assert_array_equal(cube.read(*[slice(None)] * 3), counts)
    expected = counts[:, :, lo:hi].sum(axis=2, dtype=np.float64) / (hi - lo)
    np.testing.assert_allclose(cube.band_map(lo, hi), expected, rtol=1e-12)
    x0, y0, x1, y1 = corners
    region = counts[min(y0, y1) : max(y0, y1) + 1, min(x0, x1) : max(x0, x1) + 1].astype(np.float64)
    spectrum = cube.region_spectrum(Region.rectangle(*corners))
    np.testing.assert_allclose(spectrum.mean, region.mean(axis=(0, 1)), rtol=1e-12)
    np.testing.assert_array_equal(spectrum.max, region.max(axis=(0, 1)))
    np.testing.assert_array_equal(cube.spectrum(x0, y0), counts[y0, x0].astype(np.float64))
