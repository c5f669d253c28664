"""The counts of a cube summed over bins of 4 × 4 pixels and 4 channels: a band map in a fraction of the time.

Beside the cube ``maxrf_cube`` lies ``maxrf_cube_binned``. A map of it is as large as it is seen on a screen,
and is shown while a band is dragged, until the exact one is there. Other programs need not know it.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import h5py
import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.cube.flush_marks import is_index, told_beside_cube
from maxrf_core.cube.packed_chunks import create_cube, packed_chunks
from maxrf_core.cube.slicing import steps
from maxrf_core.large_array import is_on_disk, large_array, let_go

SUFFIX = "_binned"
BIN = 4  # pixels along rows and columns, and channels
COLUMNS, CHANNELS = 512, 16  # bins of a chunk, whose rows are those of a tile of the cube
CUBE_BYTES = "cube_bytes"  # attribute: packed size of the cube whose counts these are
MAX_BYTES = 64_000_000  # of sums that wait for the others of their row


def bin_counts(counts: np.ndarray) -> np.ndarray:
    """Sum counts over bins of 4 × 4 pixels and 4 channels.

    Parameters
    ----------
    counts : ndarray, shape (rows, columns, channels), uint8 or uint16

    Returns
    -------
    ndarray, shape (rows / 4, columns / 4, channels / 4), rounded up
        In `sums_dtype`. The last bins along an axis may be smaller.

    Examples
    --------
    >>> bin_counts(np.ones((5, 4, 8), np.uint8)).tolist()
    [[[64, 64]], [[16, 16]]]
    """
    sums = counts.astype(sums_dtype(counts.dtype))
    for axis in range(3):
        parts = [sums[(slice(None),) * axis + (slice(first, None, BIN),)] for first in range(BIN)]
        sums = parts[0].copy()
        for part in parts[1:]:
            sums[tuple(map(slice, part.shape))] += part
    return sums


def sums_dtype(dtype: np.dtype) -> np.dtype:
    """Return the type that holds the sum of the highest counts of a type, uint8 or uint16, over a bin."""
    return np.dtype(np.uint16 if dtype.itemsize == 1 else np.uint32)


def can_be_binned(dtype: np.dtype) -> bool:
    """Return True for cubes of counts of one or two bytes: nearly all there are."""
    return dtype.kind == "u" and dtype.itemsize <= 2


def has_whole_bins(shape: tuple[int, ...], chunks: tuple[int, ...], dtype: np.dtype) -> bool:
    """Return True for a cube that is binned: of small counts, whose chunks hold whole bins."""
    return can_be_binned(dtype) and all(
        size % BIN == 0 or size >= length for size, length in zip(chunks, shape, strict=True)
    )


def binned_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return the number of bins along rows, columns and channels of a cube."""
    rows, columns, channels = (-(-length // BIN) for length in shape)
    return rows, columns, channels


def binned_chunks(shape: tuple[int, ...], chunks: tuple[int, ...]) -> tuple[int, int, int]:
    """Return the shape of the chunks of a cube's binned counts, from the cube's own shape and chunks."""
    _rows, columns, channels = binned_shape(shape)
    return -(-chunks[0] // BIN), min(COLUMNS, columns), min(CHANNELS, channels)


class NewBinned:
    """Binned counts of a cube that is being written.

    Parameters
    ----------
    cube : h5py.Dataset
        In the root of a file that is open for writing; an `Hdf5Cube` if `parent` is given.
    names : collection of str
        Names that the file will hold in its root. Nothing is written if theirs is one of them, or the cube
        cannot be binned.
    parent : h5py.Group, optional
        Where the binned counts are begun; beside the cube by default.
    """

    def __init__(
        self, cube: h5py.Dataset, names: Collection[str] = (), parent: h5py.Group | None = None
    ) -> None:
        self._cube = cube
        self._shape = binned_shape(cube.shape)
        self._bands: dict[int, np.ndarray] = {}
        self._missing: dict[int, int] = {}
        self._dataset: h5py.Dataset | None = None  # None where nothing is written
        name = str(cube.name).removeprefix("/") + SUFFIX
        if name in names or not has_whole_bins(cube.shape, cube.chunks, cube.dtype):
            return
        self._chunk = binned_chunks(cube.shape, cube.chunks)
        place = cube.parent if parent is None else parent
        self._dataset = create_cube(place, self._shape, sums_dtype(cube.dtype), self._chunk, name)

    @property
    def max_bytes(self) -> int:
        """Memory that it takes at most."""
        return 0 if self._dataset is None else min(MAX_BYTES, self._dataset.nbytes)

    @property
    def is_written(self) -> bool:
        """False for a cube that is not binned."""
        return self._dataset is not None

    def add(self, corner: tuple[int, int, int], sums: np.ndarray) -> None:
        """Add the sums of a part of the cube, from `bin_counts`; its rows are those of one row of tiles.

        Parameters
        ----------
        corner : tuple of int
            Row, column and channel of its first count, all of them the first of a bin.
        sums : ndarray, shape (rows, columns, channels)
            Of bins; those beyond the edge of the cube are left out.
        """
        if self._dataset is None:
            return
        row, column, channel = (place // BIN for place in corner)
        if row not in self._bands:
            self._bands[row] = self._new_band(row, sums.dtype)
            self._missing[row] = self._bands[row].size
        place = self._bands[row][:, column : column + sums.shape[1], channel : channel + sums.shape[2]]
        place[...] = sums[tuple(map(slice, place.shape))]
        let_go(self._bands[row])
        self._missing[row] -= place.size
        if not self._missing[row]:
            self._write(row)

    def _new_band(self, row: int, dtype: np.dtype) -> np.ndarray:
        """Return the sums of a row of tiles, on the disk where those of many rows come side by side."""
        shape = min(self._chunk[0], self._shape[0] - row), *self._shape[1:]
        size = math.prod(shape) * dtype.itemsize
        taken = sum(band.nbytes for band in self._bands.values() if not is_on_disk(band))
        return large_array(shape, dtype, 0 if taken + size > MAX_BYTES else size + 1)

    def _write(self, row: int) -> None:
        assert self._dataset is not None
        band = self._bands.pop(row)
        for columns in steps(band.shape[1], self._chunk[1]):
            for place, packed in packed_chunks(band[:, columns], (row, columns.start, 0), self._chunk):
                self._dataset.id.write_direct_chunk(place, packed.data)

    def write(self, cube_bytes: int | None = None) -> None:
        """Write what is left where chunks of zeros were not stored, and bind all to the cube.

        Parameters
        ----------
        cube_bytes : int, optional
            Packed size of the cube; needed if it is no h5py.Dataset.
        """
        if self._dataset is not None:
            for row in [*self._bands]:
                self._write(row)
            size = self._cube.id.get_storage_size() if cube_bytes is None else cube_bytes
            self._dataset.attrs[CUBE_BYTES] = size

    def remove(self) -> None:
        """Remove what was begun, as a chunk of the cube is damaged."""
        if self._dataset is not None:
            del self._dataset.parent[self._dataset.name]
            self._dataset = None


def bin_cube(cube: Cube, binned: NewBinned, check: Callable[[], None]) -> None:
    """Add all counts of a cube.

    Parameters
    ----------
    cube : Cube
    binned : NewBinned
    check : callable
        Called after each chunk; an exception from it stops the work.
    """
    for corner, sums in cube.of_chunks(bin_counts):
        binned.add(corner, sums)
        check()


def is_binned(file: h5py.Group, name: str) -> bool:
    """Return True if a member of a datastack's root is the binned counts of a cube, no array of its own."""
    return told_beside_cube(file, name, SUFFIX, CUBE_BYTES) is not None


def is_beside_cube(file: h5py.Group, name: str) -> bool:
    """Return True if a member of a datastack's root belongs to a cube: its binned counts or its index."""
    return is_binned(file, name) or is_index(file, name)


@dataclass(frozen=True, eq=False)
class BinnedCube:
    """The binned counts of a cube, from which maps are computed.

    Attributes
    ----------
    sums : Cube
        The counts summed over bins.
    shape : tuple of int
        Rows, columns and channels of the cube itself.
    """

    sums: Cube
    shape: tuple[int, int, int]

    def band_map(self, lo: int, hi: int, missing: np.ndarray | None = None) -> np.ndarray:
        """Compute the map of a band, of a pixel for each bin.

        Parameters
        ----------
        lo, hi : int
            Of a bin of channels that lies in the band in part, so much is taken.
        missing : ndarray of bool, shape (rows, columns), optional
            Pixels that were never measured, which hold no counts.

        Returns
        -------
        ndarray, shape (rows / 4, columns / 4), rounded up, float64
            Mean counts per channel of a pixel, over the channels from `lo` to before `hi`; NaN for bins whose
            pixels are all missing.
        """
        channels = self.shape[2]
        weights = np.zeros(self.sums.shape[2])
        for channel in range(lo // BIN, -(-hi // BIN)):
            first, stop = BIN * channel, min(BIN * (channel + 1), channels)
            weights[channel] = (min(hi, stop) - max(lo, first)) / (stop - first)
        found = self.sums.weighted_map(weights / (hi - lo))
        present = self.pixels(missing)
        return np.divide(found, present, out=np.full(found.shape, np.nan), where=present > 0)

    def pixels(self, missing: np.ndarray | None = None) -> np.ndarray:
        """Return the number of pixels of each bin that were measured: (rows / 4, columns / 4), rounded up."""
        height, width, _channels = self.shape
        measured = np.ones((height, width), np.uint8) if missing is None else (~missing).astype(np.uint8)
        return bin_counts(measured[:, :, None])[:, :, 0]
