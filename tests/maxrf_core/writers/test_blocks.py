"""Blocks cover a cube once, hold whole chunks where memory allows, and are never larger than allowed."""

import numpy as np
import pytest

from maxrf_core.cube.cube import Cube
from maxrf_core.progress import silent
from maxrf_core.writers.blocks import MAX_BLOCK_BYTES, block_shape, prepared_blocks
from tests.maxrf_core.writers.test_plain_counts import Source


def cube_of(shape, chunks):
    return Cube(Source(np.broadcast_to(np.uint16(0), shape), chunks))


@pytest.mark.parametrize(
    "chunks", [(64, 64, 64), (1000, 1000, 2), (6, 10, 2048), (1, 1, 4096), (1, 2000, 4096)]
)
def test_a_block_of_a_huge_scan_fits_the_memory(chunks):
    tall, broad = block_shape(cube_of((2000, 2000, 4096), chunks), 4)
    assert tall * broad * 4096 * 4 <= MAX_BLOCK_BYTES


def test_a_block_of_our_own_files_holds_whole_chunks():
    assert block_shape(cube_of((2000, 2000, 4096), (64, 64, 64)), 2) == (64, 64)


def test_every_pixel_is_read_once_and_progress_ends_below_one():
    told = []
    cube = cube_of((10, 9, 3), (4, 4, 3))
    seen = np.zeros((10, 9), int)
    for block, found in prepared_blocks(cube, (4, 5), 2, np.shape, lambda done, _words: told.append(done)):
        seen[block.rows, block.columns] += 1
        assert found == (*seen[block.rows, block.columns].shape, 3)
    assert (seen == 1).all()
    assert told == sorted(told)
    assert 0.99 < told[-1] < 1


def test_an_exception_from_progress_stops_the_work():
    def stop(done, _words):
        if done:
            raise KeyboardInterrupt

    seen = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(prepared_blocks(cube_of((100, 1, 3), (1, 1, 3)), (1, 1), 2, np.shape, stop))
    assert silent(0, "") is None
    assert len(seen) < 100
