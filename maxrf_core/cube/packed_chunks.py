"""Packing of the chunks of a cube as HDF5's shuffle and gzip filters do."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import h5py
import numpy as np
from numpy.typing import DTypeLike

from maxrf_core.cube import deflate as packing
from maxrf_core.cube.flush_marks import packed_marks
from maxrf_core.cube.slicing import steps
from maxrf_core.names import CUBE

GZIP_LEVEL = 4


def create_cube(
    file: h5py.Group, shape: Sequence[int], dtype: DTypeLike, chunks: tuple[int, int, int], name: str = CUBE
) -> h5py.Dataset:
    """Create the empty dataset of a cube, of shape (height, width, channels), in an open file.

    It is compressed with gzip; numbers of more than one byte are shuffled first (all low bytes, then all high
    bytes), which about halves the file.
    """
    return file.create_dataset(
        name,
        shape=tuple(shape),
        dtype=dtype,
        chunks=chunks,
        compression="gzip",
        compression_opts=GZIP_LEVEL,
        shuffle=np.dtype(dtype).itemsize > 1,
    )


class PackedChunk(NamedTuple):
    """A packed chunk and its part of the cube's index, see `flush_marks`."""

    data: bytes
    marks: bytes


def packed_chunks(
    counts: np.ndarray, corner: tuple[int, int, int], shape: tuple[int, int, int]
) -> Iterator[tuple[tuple[int, int, int], PackedChunk]]:
    """Pack the chunks of one column, padded with 0 at the edges.

    Parameters
    ----------
    counts : ndarray, shape (rows, columns, channels)
        At most one chunk of rows and columns.
    corner : tuple of int
        Place of its first count: row, column, channel.
    shape : tuple of int
        Of a chunk.

    Yields
    ------
    place : tuple of int
        Of the first count of a chunk.
    packed : PackedChunk
    """
    y, x, channel = corner
    whole = np.zeros(shape, counts.dtype)
    for part in steps(counts.shape[2], shape[2]):
        if counts[:, :, part].shape != shape:
            whole[...] = 0
        whole[: counts.shape[0], : counts.shape[1], : part.stop - part.start] = counts[:, :, part]
        data = whole.view(np.uint8).reshape(-1, counts.itemsize).T
        yield (y, x, channel + part.start), packed_chunk(data.tobytes())


def packed_chunk(data: bytes) -> PackedChunk:
    """Pack the shuffled bytes of a chunk."""
    packed, lengths = packing.pack(data)
    return PackedChunk(packed, packed_marks(packed, lengths))
