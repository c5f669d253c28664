"""The chunks of a cube hold each value once, and blocks for dask are of a size that suits it."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cube.chunk_grid import MAX_DASK_BLOCK, ChunkGrid

AXIS = st.tuples(st.integers(1, 20), st.integers(1, 8))
LONG_AXIS = st.tuples(st.integers(1, 5000), st.integers(1, 64))


def grid_of(axes: tuple) -> ChunkGrid:
    shape, chunks = zip(*axes, strict=True)
    return ChunkGrid(shape, chunks)


@given(st.tuples(AXIS, AXIS, AXIS))
def test_the_chunks_of_all_tiles_hold_each_value_of_the_cube_once(axes):
    grid = grid_of(axes)
    met = np.zeros(grid.shape, int)
    rows, columns = (-(-length // size) for length, size in axes[:2])
    tiles = [(row, column) for row in range(rows) for column in range(columns)]
    for number in grid.chunks_of(tiles):
        part = met[grid.block(number)]
        assert part.size > 0
        assert part.shape[:2] == grid.tile_shape(*number[:2]) == met[grid.tile(*number[:2])].shape[:2]
        part += 1
    assert (met == 1).all()


@given(st.tuples(LONG_AXIS, LONG_AXIS, LONG_AXIS), st.sampled_from([1, 2, 4, 8]))
def test_a_block_for_dask_is_whole_chunks_or_the_whole_axis_and_bounded(axes, itemsize):
    grid = grid_of(axes)
    block = grid.dask_blocks(itemsize)
    for size, length, chunk in zip(block, grid.shape, grid.chunks, strict=True):
        assert size == length or size % chunk == 0
    assert math.prod(block) * itemsize <= max(MAX_DASK_BLOCK, math.prod(grid.chunks) * itemsize)
