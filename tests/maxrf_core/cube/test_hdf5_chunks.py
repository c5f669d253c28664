"""Chunks are read from the file past HDF5 where their layout is known, and a damaged file is named."""

import struct

import h5py
import numpy as np
import pytest

from maxrf_core.atomic import changes as atomic
from maxrf_core.cube.hdf5_chunks import MAX_RUN, Chunks, layout_of, reading_hdf5
from maxrf_core.errors import ArrayNotFoundError, DatastackError
from tests.maxrf_core.cube.small_cubes import LAYOUTS, counts_of, write

PAST_HDF5 = {"as we write it", "not shuffled"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_chunks_of_the_layouts_that_we_write_are_read_without_hdf5(layout, tmp_path):
    counts = counts_of((9, 8, 13))
    path = write(tmp_path / "cube.h5", counts, **LAYOUTS[layout]).path
    found = layout_of(path, "maxrf_cube", atomic.generation(path))
    assert found.plain == (layout in PAST_HDF5)
    assert (found.shape, found.dtype) == (counts.shape, counts.dtype)
    if found.plain:
        numbers = list(np.ndindex(3, 2, 3))
        with atomic.reading(path) as view:
            chunks = Chunks(view, found, "maxrf_cube", numbers)
            for row, column, layer in numbers:
                block = counts[4 * row : 4 * row + 4, 5 * column : 5 * column + 5, 6 * layer : 6 * layer + 6]
                np.testing.assert_array_equal(chunks.counts((row, column, layer)).values(), block)


def test_a_cube_behind_a_user_block_is_left_to_hdf5(tmp_path):
    with h5py.File(tmp_path / "cube.h5", "w", userblock_size=512) as file:
        file.create_dataset("maxrf_cube", data=counts_of((4, 5, 6)), chunks=(4, 5, 6), compression="gzip")
    assert not layout_of(tmp_path / "cube.h5", "maxrf_cube", atomic.generation(tmp_path / "cube.h5")).plain


def test_chunks_that_lie_together_are_read_together_and_their_order_does_not_matter(tmp_path, monkeypatch):
    counts = np.random.default_rng(0).integers(0, 256, (64, 64, 640), np.uint16)
    path = write(tmp_path / "cube.h5", counts, (64, 64, 64), compression="gzip", shuffle=True).path
    layout, reads = layout_of(path, "maxrf_cube", atomic.generation(path)), []
    numbers = [(0, 0, layer) for layer in range(10)]
    with atomic.reading(path) as view:
        unchecked = view.unchecked
        monkeypatch.setattr(view, "unchecked", lambda *place: reads.append(place) or unchecked(*place))
        chunks = Chunks(view, layout, "maxrf_cube", numbers)
        for _, _, layer in numbers:
            chunks.counts((0, 0, layer))
        assert len(reads) < 10
        assert max(length for _, length in reads) <= MAX_RUN
        for _, _, layer in reversed(numbers):
            found = chunks.counts((0, 0, layer)).values()
            np.testing.assert_array_equal(found, counts[:, :, 64 * layer : 64 * layer + 64])


def test_a_chunk_that_is_said_to_lie_beyond_the_end_of_the_file_is_damage(tmp_path):
    path = write(tmp_path / "cube.h5", counts_of((8, 8, 60)), (4, 8, 60), compression="gzip").path
    with h5py.File(path) as file:
        place = file["maxrf_cube"].id.get_chunk_info(0).byte_offset
    data = path.read_bytes()
    assert data.count(struct.pack("<Q", place)) == 1
    path.write_bytes(data.replace(struct.pack("<Q", place), struct.pack("<Q", 1 << 40)))
    with pytest.raises(DatastackError, match=r"cube\.h5 is damaged or cut off"):
        layout_of(path, "maxrf_cube", atomic.generation(path))


def test_a_layout_is_that_of_the_state_that_was_asked_for(tmp_path):
    path = write(tmp_path / "cube.h5", counts_of((4, 5, 6)), compression="gzip").path
    old = atomic.generation(path)
    write(path, counts_of((4, 5, 6), seed=1), (2, 2, 2), compression="gzip")
    layout_of.cache_clear()
    with pytest.raises(atomic.FileChangedError, match="read it again"):
        layout_of(path, "maxrf_cube", old)
    now = layout_of(path, "maxrf_cube", atomic.generation(path))
    assert now.chunks == (2, 2, 2)
    assert now.equals(now)


def test_errors_of_hdf5_become_sentences(tmp_path):
    path = write(tmp_path / "cube.h5", counts_of((4, 5, 6))).path
    with (
        pytest.raises(ArrayNotFoundError, match=r"cube\.h5 does not hold that array"),
        reading_hdf5(path, path) as file,
    ):
        file["absent"]
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(DatastackError, match=r"cube\.h5 is damaged or cut off"), reading_hdf5(path, path):
        pass
