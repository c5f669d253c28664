"""Fast and exact sums of the counts of one chunk, in the byte planes in which HDF5 stores them.

HDF5 stores counts of two bytes with all low bytes first and all high bytes after them, which compresses well.
Their sum is that of the low bytes plus 256 times that of the high bytes, which are nearly always all zero, so
the counts need not be reassembled.

A float that is NaN or infinite is a missing value: it is left out of sums, means and maxima. The result of
missing values alone is NaN.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from maxrf_core.cube.deflate import Bytes

Where = tuple[slice, slice] | np.ndarray
"""Pixels of a chunk: rows and columns, or a mask (rows, columns)."""

EVERYWHERE = (slice(None), slice(None))

Sums = tuple[np.ndarray, np.ndarray | None]
"""Sums, and the number of missing values of each; None if no value is missing."""

_EXACT_IN_32_BITS = 2**31 // 255  # bytes whose sum fits into 32 bits
MAX_FOLDED = 64  # pixels; measured as the fastest of 1 to 512


@dataclass(eq=False, slots=True)
class Counts:
    """The counts of a chunk.

    Attributes
    ----------
    planes : tuple of (int, ndarray)
        Factors and arrays (rows, columns, channels) of one shape; the counts are the sum of the products.
    dtype : numpy.dtype
        Dtype of the counts.
    """

    planes: tuple[tuple[int, np.ndarray], ...]
    dtype: np.dtype

    @classmethod
    def plain(cls, values: np.ndarray) -> "Counts":
        """Return counts from an array."""
        return cls(((1, values),), values.dtype)

    @classmethod
    def shuffled(cls, data: bytes | bytearray, shape: tuple[int, int, int], dtype: np.dtype) -> "Counts":
        """Return unsigned counts from bytes shuffled by HDF5: first all first bytes, and so on."""
        return cls.of_planes(planes_of(data, dtype.itemsize), shape, dtype)

    @classmethod
    def of_planes(
        cls, parts: Sequence[Bytes | None], shape: tuple[int, int, int], dtype: np.dtype
    ) -> "Counts":
        """Return counts from their first bytes, their second bytes and so on; None for zeros.

        They are left as planes if the counts are unsigned.
        """
        if dtype.kind != "u":
            size = math.prod(shape)
            whole = b"".join(bytes(size) if part is None else part for part in parts)
            values = np.frombuffer(whole, np.uint8).reshape(dtype.itemsize, size).T.tobytes()
            return cls.plain(np.frombuffer(values, dtype).reshape(shape))
        lowest = dtype.itemsize - 1 if dtype.str.startswith(">") else 0
        planes = []
        for place, part in enumerate(parts):
            if place == lowest and part is None:
                planes.append((1, np.zeros(shape, np.uint8)))
            elif part is not None:
                planes.append((256 ** abs(place - lowest), np.frombuffer(part, np.uint8).reshape(shape)))
        return cls(tuple(planes), dtype)

    def cropped(self, shape: tuple[int, ...]) -> "Counts":
        """Return the counts cropped to `shape` (rows, columns, channels)."""
        if shape == self.planes[0][1].shape:
            return self
        inside = tuple(slice(length) for length in shape)
        return Counts(tuple((factor, plane[inside]) for factor, plane in self.planes), self.dtype)

    def rows(self, part: slice) -> "Counts":
        """Return the counts of some rows."""
        return Counts(tuple((factor, plane[part]) for factor, plane in self.planes), self.dtype)

    def only(self, where: Where) -> "Counts":
        """Return the counts of some pixels in one row, (1, pixels, channels), where they are quick to add."""
        planes = ((factor, _flat(plane, where)[np.newaxis]) for factor, plane in self.planes)
        return Counts(tuple(planes), self.dtype)

    def values(self) -> np.ndarray:
        """Return the counts as an array (rows, columns, channels)."""
        return self._assembled(np.s_[:, :, :])

    def of_pixels(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the spectra of several pixels: (pixels, channels); missing values are NaN."""
        return with_nan(self._assembled((rows, columns)))

    def over_channels(self, first: int, stop: int) -> Sums:
        """Compute the sum over the channels from `first` to before `stop`: (rows, columns), exact."""
        with np.errstate(invalid="ignore"):  # missing values
            sums = self._total([row_sums(plane[:, :, first:stop]) for _, plane in self.planes])
        if self._holds_all(sums):
            return sums, None
        return sum_of_present(self.values()[:, :, first:stop], axis=2)

    def weighted(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Compute the weighted sum over all channels.

        Returns
        -------
        sums : ndarray, (rows, columns), float64
        missing : ndarray, (rows, columns, channels), bool, or None
            Which values were left out; None for none.
        """
        with np.errstate(invalid="ignore"):
            sums = sum(factor * (plane @ weights) for factor, plane in self.planes)
        if self._holds_all(sums):
            return sums, None
        values = self.values()
        missing = ~np.isfinite(values)
        return np.where(missing, 0, values) @ weights, missing

    def weighted_by_all(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Compute several weighted sums over all channels by one matrix product.

        Parameters
        ----------
        weights : ndarray, (channels, sums), float32

        Returns
        -------
        sums : ndarray, (pixels, sums), float32
        missing : ndarray, (pixels, channels), float32, or None
            1 where a value was left out; None for none.
        """
        (factor, plane), *others = self.planes
        with np.errstate(invalid="ignore", over="ignore"):  # missing values
            values = plane.reshape(-1, plane.shape[2]).astype(np.float32)
            if factor != 1:
                values *= np.float32(factor)
            for factor, plane in others:
                values += plane.reshape(values.shape).astype(np.float32) * np.float32(factor)
            sums = values @ weights
        if self._holds_all(sums):
            return sums, None
        missing = ~np.isfinite(values)
        values[missing] = 0
        return values @ weights, missing.astype(np.float32)

    def over_pixels(self, where: Where) -> Sums:
        """Compute the sum over pixels: (channels,), exact."""
        with np.errstate(invalid="ignore"):
            sums = self._total([_column_sums(_flat(plane, where)) for _, plane in self.planes])
        if self._holds_all(sums):
            return sums, None
        return sum_of_present(_flat(self.values(), where), axis=0)

    def highest(self, where: Where) -> np.ndarray:
        """Return the maximum over pixels at each channel: (channels,); `where` holds at least one pixel."""
        if len(self.planes) == 1 and self.planes[0][0] == 1:
            return highest(_flat(self.planes[0][1], where)).astype(self.dtype)
        return highest(_flat(self.values(), where))

    def _holds_all(self, sums: np.ndarray) -> bool:
        """Return False if a value may be missing, which makes sums not finite."""
        return self.dtype.kind != "f" or bool(np.isfinite(sums).all())

    def _total(self, sums: list[np.ndarray]) -> np.ndarray:
        """Return the total of the planes' sums, each times its plane's factor."""
        exact = wide(self.dtype)
        if len(sums) == 1 and self.planes[0][0] == 1:
            return sums[0] if exact == np.int64 else sums[0].astype(exact, copy=False)
        total: np.ndarray = np.zeros(sums[0].shape, exact)
        for (factor, _), part in zip(self.planes, sums, strict=True):
            total += part.astype(exact) * exact(factor)
        return total

    def _assembled(self, part: tuple) -> np.ndarray:
        (factor, first), *others = self.planes
        if first.dtype == self.dtype:
            return first[part]
        whole = first[part].astype(self.dtype.newbyteorder("=")) * self.dtype.type(factor)
        for factor, plane in others:
            whole += plane[part].astype(whole.dtype) * whole.dtype.type(factor)
        return whole


def planes_of(data: bytes | bytearray, n_planes: int) -> list[Bytes | None]:
    """Return the planes of shuffled bytes; None for one of zeros."""
    if n_planes == 1:
        return [data]
    size = len(data) // n_planes
    zeros = bytes(size)
    parts = (data[place * size : (place + 1) * size] for place in range(n_planes))
    return [None if part == zeros else part for part in parts]


@cache
def wide(dtype: np.dtype) -> type:
    """Return the dtype for sums of `dtype`: int64, or float64 if that could overflow.

    Sums of 64-bit integers are exact up to 2**53, and rounded beyond.
    """
    return np.float64 if dtype.kind == "f" or dtype.itemsize == 8 else np.int64


def with_nan(values: np.ndarray) -> np.ndarray:
    """Return counts with NaN for all missing values, infinite ones, too."""
    if values.dtype.kind != "f" or not np.isinf(values).any():
        return values
    return np.where(np.isfinite(values), values, np.nan).astype(values.dtype)


def sum_of_present(values: np.ndarray, axis: int | tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums along axes without missing values, float64, and the numbers of missing values."""
    missing = ~np.isfinite(values)
    sums = np.where(missing, 0, values).sum(axis=axis, dtype=np.float64)
    return sums, np.count_nonzero(missing, axis=axis)


def mean_of_present(sums: np.ndarray, missing: np.ndarray, n: int) -> np.ndarray:
    """Return means from sums of `n` values, some of them missing; NaN if all are missing."""
    present = n - missing
    return np.divide(sums, present, out=np.full(sums.shape, np.nan), where=present > 0)


def row_sums(plane: np.ndarray) -> np.ndarray:
    """Compute sums over channels of integers; OpenCV sums bytes ten times as fast as numpy."""
    rows, columns, channels = plane.shape
    if plane.dtype == np.uint8 and channels < _EXACT_IN_32_BITS:
        flat = plane.reshape(rows * columns, channels)
        sums = cv2.reduce(flat, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
        return sums.reshape(rows, columns)
    return plane.sum(axis=2, dtype=wide(plane.dtype))


def _column_sums(flat: np.ndarray) -> np.ndarray:
    """Compute sums over pixels."""
    if flat.dtype == np.uint8 and 0 < len(flat) < _EXACT_IN_32_BITS:
        rows = _folded(flat)
        sums = cv2.reduce(rows, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
        return sums.reshape(-1, flat.shape[1]).sum(axis=0, dtype=np.int64)
    return flat.sum(axis=0, dtype=wide(flat.dtype))


def highest(flat: np.ndarray) -> np.ndarray:
    """Return the maximum over pixels of spectra (pixels, channels); NaN if all values are missing."""
    found = _folded(flat).max(axis=0).reshape(-1, flat.shape[1]).max(axis=0)
    if flat.dtype.kind == "f" and not np.isfinite(found).all():
        return np.fmax.reduce(with_nan(flat), axis=0)
    return found


def _folded(flat: np.ndarray) -> np.ndarray:
    """Join several pixels in a row: few long rows are summed ten times as fast as many short ones."""
    n_joined = math.gcd(len(flat), MAX_FOLDED)
    return flat.reshape(len(flat) // n_joined, -1)


def _flat(plane: np.ndarray, where: Where) -> np.ndarray:
    """Return the spectra of several pixels: (pixels, channels)."""
    return plane[where].reshape(-1, plane.shape[2])
