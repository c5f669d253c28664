"""Chunks are packed as HDF5 unpacks them, padded with 0."""

import h5py
import numpy as np
import pytest

from maxrf_core.cube.packed_chunks import packed_chunks


@pytest.mark.parametrize("dtype", ["u1", "<u2", "<f4", "<i8"])
def test_hdf5_reads_the_chunks_as_they_were(dtype, tmp_path):
    counts = np.random.default_rng(1).integers(0, 100, (5, 3, 21)).astype(dtype)
    with h5py.File(tmp_path / "file.h5", "w") as file:
        cube = file.create_dataset(
            "cube", counts.shape, dtype, chunks=(5, 3, 8), compression="gzip", shuffle=counts.itemsize > 1
        )
        for place, content in packed_chunks(counts, (0, 0, 0), (5, 3, 8)):
            cube.id.write_direct_chunk(place, content.data)
        np.testing.assert_array_equal(cube[...], counts)
