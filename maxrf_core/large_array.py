"""Large arrays in unnamed files on the disk, whose memory the system can take back at any time."""

import math
import mmap
import os
import tempfile
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import DTypeLike

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _

MIN_BYTES = 64_000_000  # smaller arrays stay in memory
_BLANK = bytes(1 << 20)


def large_array(shape: Sequence[int], dtype: DTypeLike, min_bytes: int = MIN_BYTES) -> np.ndarray:
    """Return a new array of zeros, which lies in a temporary file if it is large.

    The file has no name and ends with the array. Its place is the system's for temporary files, which
    ``TMPDIR`` changes.

    Parameters
    ----------
    shape : sequence of int
    dtype : data-type
    min_bytes : int
        From which size on it lies in a file.

    Returns
    -------
    ndarray

    Raises
    ------
    MaxrfError
        If the disk has no room for it.

    Examples
    --------
    >>> is_on_disk(large_array((20, 30), np.uint8)), is_on_disk(large_array((20, 30), np.uint8, 1)[5:, 2])
    (False, True)
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < max(1, min_bytes):
        return np.zeros(shape, dtype)
    try:
        with tempfile.TemporaryFile() as file:
            _reserve(file.fileno(), size)
            return np.frombuffer(mmap.mmap(file.fileno(), size), dtype).reshape(shape)
    except OSError as error:
        words = _("There is no room for {size:.1f} GB where temporary files lie ({reason}).")
        reason = error.strerror or str(error)
        raise MaxrfError(words.format(size=size / 1e9, reason=reason)) from error


def on_disk(values: np.ndarray) -> np.ndarray:
    """Return an array whose values lie in a temporary file: the same one, or a copy of one in memory."""
    if is_on_disk(values) or not values.size:
        return values
    kept = large_array(values.shape, values.dtype, 0)
    kept[...] = values
    let_go(kept)
    return kept


def is_on_disk(values: np.ndarray) -> bool:
    """Return True if an array, or the one of which it is a part, was made by `large_array` on the disk."""
    return _file_of(values) is not None


def let_go(*arrays: np.ndarray) -> None:
    """Release the memory of arrays that lie on the disk; their values are read again where needed.

    Nothing is done to others, nor on systems that cannot do it.
    """
    for values in arrays:
        file = _file_of(values)
        if file is not None and hasattr(mmap, "MADV_DONTNEED"):
            file.madvise(mmap.MADV_DONTNEED)


def in_bands(n_rows: int, row_bytes: int, max_bytes: int = MIN_BYTES) -> Iterator[slice]:
    """Yield slices of rows, which together take at most `max_bytes` (but a row at least).

    Examples
    --------
    >>> list(in_bands(5, 10, 20))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, max_bytes // max(1, row_bytes))
    for first in range(0, n_rows, step):
        yield slice(first, min(first + step, n_rows))


def _file_of(values: object) -> mmap.mmap | None:
    while isinstance(values, np.ndarray):
        values = values.base
    if isinstance(values, memoryview):
        values = values.obj
    return values if isinstance(values, mmap.mmap) else None


def _reserve(descriptor: int, size: int) -> None:
    """Reserve a file's space on the disk: without it a full disk would end the process at a later write."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    for first in range(0, size, len(_BLANK)):
        os.write(descriptor, _BLANK[: size - first])
