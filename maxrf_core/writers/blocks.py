"""A cube in blocks of whole spectra, read by several threads within a budget of memory."""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.cube.slicing import steps
from maxrf_core.language import _
from maxrf_core.progress import Pace, Progress
from maxrf_core.workers import local_workers

T = TypeVar("T")

MIN_BLOCK_BYTES = 16_000_000
MAX_BLOCK_BYTES = 128_000_000
BUDGET = 450_000_000  # bytes of all blocks at a time
COPIES = 3  # of a block: as read, as prepared, and on the way
MAX_READERS = 4


@dataclass(frozen=True)
class Block:
    """Rows and columns of a cube."""

    rows: slice
    columns: slice


def block_shape(cube: Cube, itemsize: int, start: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return the rows and columns of blocks that are efficient to read.

    Parameters
    ----------
    cube : Cube
    itemsize : int
        Bytes of a value, as read or as written, whichever is larger.
    start : tuple of int, optional
        Rows and columns from which to start; by default those of the cube's chunks. The result is these
        times or divided by powers of two, and at most 128 MB of whole spectra unless one pixel has more.
    """
    tall, broad = start or cube.chunks[:2]
    spectrum = cube.shape[2] * itemsize
    while tall * broad * spectrum > MAX_BLOCK_BYTES and max(tall, broad) > 1:
        tall, broad = (max(1, tall // 2), broad) if tall >= broad else (tall, max(1, broad // 2))
    while 2 * tall * broad * spectrum <= MIN_BLOCK_BYTES and broad < cube.shape[1]:
        broad *= 2
    while 2 * tall * broad * spectrum <= MIN_BLOCK_BYTES and tall < cube.shape[0]:
        tall *= 2
    return tall, broad


def prepared_blocks(
    cube: Cube,
    shape: tuple[int, int],
    itemsize: int,
    prepare: Callable[[np.ndarray], T],
    progress: Progress,
) -> Iterator[tuple[Block, T]]:
    """Read a cube block by block and prepare each one in the thread that read it; yield them in order.

    Parameters
    ----------
    cube : Cube
    shape : tuple of int
        Rows and columns of a block, from `block_shape`.
    itemsize : int
        As for `block_shape`.
    prepare : callable
        Takes the counts of a block (rows, columns, channels); what it returns is yielded.
    progress : callable
        Called after each block.

    Yields
    ------
    block : Block
    prepared
        The result of `prepare`.
    """
    height, width, channels = cube.shape
    blocks = [Block(rows, columns) for rows in steps(height, shape[0]) for columns in steps(width, shape[1])]
    size = math.prod(shape) * channels * itemsize
    readers = max(1, min(MAX_READERS, os.cpu_count() or 1, BUDGET // (COPIES * size)))
    spectrum = channels * cube.dtype.itemsize
    pace, done = Pace(height * width * spectrum), 0

    def read(block: Block) -> T:
        return prepare(cube.read(block.rows, block.columns, slice(0, channels)))

    progress(0.0, _("writing row 0 of {height}").format(height=height))
    with local_workers(readers) as crew:
        for block, prepared in crew.in_order(read, blocks):
            yield block, prepared
            done += (block.rows.stop - block.rows.start) * (block.columns.stop - block.columns.start)
            words = pace.text(done * spectrum)
            told = _("writing row {row} of {height}").format(row=block.rows.stop, height=height)
            progress(0.999 * done / (height * width), told + (f", {words}" if words else ""))
