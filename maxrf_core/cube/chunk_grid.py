"""The grid of a cube's chunks: their shape, and which part of the cube each of them holds."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

Number = tuple[int, int, int]
"""Index of a chunk along rows, columns and channels."""

CHUNK_SHAPE = (64, 64, 64)  # rows, columns, channels as written; measured in docs/performance.md
MAX_DASK_BLOCK = 16_000_000  # bytes


@dataclass(frozen=True)
class ChunkGrid:
    """The division of a cube into chunks.

    A tile is all chunks of the same pixels.

    Attributes
    ----------
    shape : tuple of int
        Rows, columns and channels of the cube.
    chunks : tuple of int
        Rows, columns and channels of a chunk; the last ones along an axis may be smaller.

    Examples
    --------
    >>> grid = ChunkGrid((100, 90, 200), (64, 64, 128))
    >>> grid.block((1, 0, 1))
    (slice(64, 100, None), slice(0, 64, None), slice(128, 200, None))
    >>> grid.chunks_of([(0, 1)])
    [(0, 1, 0), (0, 1, 1)]
    """

    shape: tuple[int, int, int]
    chunks: tuple[int, int, int]

    @property
    def tiles(self) -> list[tuple[int, int]]:
        """All tiles, row by row."""
        rows, columns, _layers = (
            range(-(-length // size)) for length, size in zip(self.shape, self.chunks, strict=True)
        )
        return list(product(rows, columns))

    def tile(self, row: int, column: int) -> tuple[slice, slice]:
        """Return the rows and columns of the cube that a tile holds."""
        (tall, broad, _), (height, width, _) = self.chunks, self.shape
        y, x = row * tall, column * broad
        return slice(y, min(y + tall, height)), slice(x, min(x + broad, width))

    def tile_shape(self, row: int, column: int) -> tuple[int, int]:
        """Return the numbers of rows and columns of a tile."""
        rows, columns = self.tile(row, column)
        return rows.stop - rows.start, columns.stop - columns.start

    def block(self, number: Number) -> tuple[slice, slice, slice]:
        """Return the part of the cube that a chunk holds."""
        start, channels = number[2] * self.chunks[2], self.shape[2]
        return (*self.tile(number[0], number[1]), slice(start, min(start + self.chunks[2], channels)))

    def chunks_of(self, tiles: Iterable[tuple[int, int]]) -> list[Number]:
        """Return all chunks of some tiles, tile by tile, as they are stored in the file."""
        layers = range(-(-self.shape[2] // self.chunks[2]))
        return [(row, column, layer) for row, column in tiles for layer in layers]

    def dask_blocks(self, itemsize: int) -> tuple[int, int, int]:
        """Return the shape of dask blocks: several chunks, large enough for a task, but few channels.

        Parameters
        ----------
        itemsize : int
            Bytes of one count.
        """
        block = list(self.chunks)
        for axis in (2, 2, 2, 0, 1):
            if 2 * math.prod(block) * itemsize <= MAX_DASK_BLOCK:
                block[axis] *= 2
        row, column, channel = (min(size, length) for size, length in zip(block, self.shape, strict=True))
        return row, column, channel
