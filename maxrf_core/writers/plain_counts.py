"""Counts as plain numbers, spectrum after spectrum and row after row, as Ripple, NumPy and ENVI have them."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.progress import Progress
from maxrf_core.writers.blocks import block_shape, prepared_blocks


def little_endian(dtype: np.dtype, allowed: Collection[str]) -> np.dtype:
    """Return the smallest of some types that holds every value of a type, in little-endian order.

    Parameters
    ----------
    dtype : numpy.dtype
    allowed : collection of str
        Types without byte order, such as ``"u2"``.

    Raises
    ------
    TypeError
        If none does.

    Examples
    --------
    >>> little_endian(np.dtype("i1"), ("u1", "i2", "f4")).str, little_endian(np.dtype(">u2"), ("u2",)).str
    ('<i2', '<u2')
    """
    candidates = sorted(map(np.dtype, allowed), key=lambda each: (each.kind != dtype.kind, each.itemsize))
    for candidate in candidates:
        if np.can_cast(dtype, candidate, "safe"):
            return candidate.newbyteorder("<")
    raise TypeError(f"none of {allowed} holds {dtype}")


def write_counts(path: Path, cube: Cube, dtype: np.dtype, progress: Progress, offset: int = 0) -> None:
    """Write a cube to an existing file as plain numbers: (rows, columns, channels), the last one fastest.

    Parameters
    ----------
    path : Path
    cube : Cube
    dtype : numpy.dtype
        Of the numbers in the file, with their byte order.
    progress : callable
    offset : int
        Bytes before the first number.
    """
    _height, width, channels = cube.shape
    spectrum = channels * dtype.itemsize
    itemsize = max(dtype.itemsize, cube.dtype.itemsize)

    def prepare(counts: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(counts, dtype=dtype)

    with path.open("r+b") as file:
        for block, counts in prepared_blocks(cube, block_shape(cube, itemsize), itemsize, prepare, progress):
            for y, row in zip(range(block.rows.start, block.rows.stop), counts, strict=True):
                file.seek(offset + (y * width + block.columns.start) * spectrum)
                file.write(row.data)
