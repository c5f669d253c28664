"""Processing of one tile of a scan: its packed chunks and its part of the spectra.

A tile holds whole chunks, so each chunk of the file is filled once and can be packed by any process, here or
on a cluster. The result does not depend on the division into tiles.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from maxrf_core.conversion.dead_lines import pixel_totals
from maxrf_core.cube.binned import bin_counts, can_be_binned
from maxrf_core.cube.max_spectrum import BAND, MAXRF4U_SIGMA, TRUNCATE, smoothed_bands
from maxrf_core.cube.packed_chunks import PackedChunk, packed_chunks
from maxrf_core.cube.shuffled_counts import sum_of_present, wide, with_nan
from maxrf_core.cube.slicing import steps
from maxrf_core.readers import Scan
from maxrf_core.transform.coordinates import ORIENTATIONS, View
from maxrf_core.workers import one_thread_each

HALO = int(TRUNCATE * MAXRF4U_SIGMA + 0.5)  # channels on either side that smoothing needs
WORTH = 1.25  # times as often may natural blocks be unpacked as with the best tiles


@dataclass(frozen=True)
class Tile:
    """A part of the datastack's cube that starts at the corner of a chunk."""

    rows: slice
    columns: slice
    channels: slice


@dataclass(frozen=True)
class Plan:
    """Type, chunks and orientation of the new cube.

    Attributes
    ----------
    dtype : numpy.dtype
        Of the cube.
    chunk : tuple of int
        Shape of its chunks.
    view : View
        How the scan is mirrored and turned.
    """

    dtype: np.dtype
    chunk: tuple[int, int, int]
    view: View = ORIENTATIONS[0]


@dataclass
class PackedColumn:
    """Packed chunks and spectra of one chunk of rows and columns, over some channels.

    Attributes
    ----------
    chunks : dict
        Packed chunks by the position (row, column, channel) of their first count.
    channels : slice
        Channels of the spectra.
    total : ndarray (channels,)
        The sum over its pixels, exact for integers.
    missing : ndarray (channels,)
        Number of its pixels without a value, which are excluded.
    maximum : ndarray (channels,), float32
        The maximum over its pixels of the smoothed spectra; NaN where all values are missing.
    pixels : (slice, slice)
        Its rows and columns.
    pixel_totals : ndarray (rows, columns), float64
        The sum over its channels, exact for less than 2⁵³ counts; NaN where all values are missing.
    binned : ndarray or None
        Sums over bins, see `maxrf_core.cube.binned`; None for counts that are not binned.
    """

    channels: slice
    total: np.ndarray
    missing: np.ndarray
    maximum: np.ndarray
    pixels: tuple[slice, slice]
    pixel_totals: np.ndarray
    binned: np.ndarray | None = None
    chunks: dict[tuple[int, int, int], PackedChunk] = field(default_factory=dict)

    @property
    def corner(self) -> tuple[int, int, int]:
        """Row, column and channel of the first count."""
        return self.pixels[0].start, self.pixels[1].start, self.channels.start


@dataclass
class PackedTile:
    """Result of processing a tile.

    Attributes
    ----------
    columns : list of PackedColumn
        Empty if its counts do not fit into the plan's dtype.
    found : CountStats
        Statistics of its counts.
    unread : dict
        Pixels of the scan that could not be read, as of `Scan.unread`.
    """

    columns: list[PackedColumn]
    found: "CountStats"
    unread: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class CountStats:
    """Statistics of counts, from which the type of the cube follows.

    Attributes
    ----------
    largest : int or float
        The highest count, at least 0; exact for integers, which float64 is not beyond 2⁵³.
    negative : int
        Number of counts below 0.
    whole : bool
        Whether all are integers.
    missing : int
        Number of NaN or infinite values.
    """

    largest: int | float = 0
    negative: int = 0
    whole: bool = True
    missing: int = 0

    @classmethod
    def of(cls, block: np.ndarray) -> "CountStats":
        """Return the statistics of a block of counts."""
        if block.dtype.kind == "u":
            return cls(int(block.max()))
        missing = 0
        if block.dtype.kind == "f":
            present = block[np.isfinite(block)]
            missing, block = block.size - present.size, present
        whole = not missing and (block.dtype.kind == "i" or bool((block == np.rint(block)).all()))
        return cls(block.max(initial=0).item(), int(np.count_nonzero(block < 0)), whole, missing)

    def __add__(self, other: "CountStats") -> "CountStats":
        """Return the statistics of both sets of counts together."""
        return CountStats(
            max(self.largest, other.largest),
            self.negative + other.negative,
            self.whole and other.whole,
            self.missing + other.missing,
        )

    @property
    def smallest_dtype(self) -> np.dtype:
        """The smallest type that holds all counts: unsigned integer, or float32."""
        if not self.whole or self.largest > np.iinfo(np.uint64).max:
            return np.dtype(np.float32)
        return np.min_scalar_type(int(self.largest))


def cut_tiles(
    shape: tuple[int, int, int],
    itemsize: int,
    plan: Plan,
    memory: float,
    natural: tuple[int, int, int] = (1, 1, 1),
) -> list[Tile]:
    """Divide the new cube into tiles that each use about `memory` bytes while processed.

    Parameters
    ----------
    shape : tuple of int
        (height, width, channels) of the new cube.
    itemsize : int
        Bytes per count in the scan.
    plan : Plan
    memory : float
        A tile has at least one chunk, whatever the limit.
    natural : tuple of int
        Rows, columns and channels of the scan's own chunks: tiles are cut so that few are unpacked twice.
    """
    height, width, channels = shape
    tall, broad, deep = plan.chunk
    cells = memory / (itemsize + 3 * plan.dtype.itemsize)  # as read, as stored, and packed
    columns = broad * max(1, int(cells / (tall * channels)) // broad)
    unit = math.lcm(deep, BAND)  # so that no band of smoothed channels is divided
    depth = (
        channels if tall * broad * channels <= cells else unit * max(1, int(cells / (tall * broad)) // unit)
    )
    size = tall, columns, depth
    if max(natural) > 1:
        size = _fitting(shape, size, _sizes(shape, plan.chunk, unit, cells), natural)
    return [
        Tile(rows, across, deeper)
        for rows in steps(height, size[0])
        for across in steps(width, size[1])
        for deeper in steps(channels, size[2])
    ]


def _sizes(
    shape: tuple[int, int, int], chunk: tuple[int, int, int], unit: int, cells: float
) -> Iterator[tuple[int, int, int]]:
    """Yield sizes of tiles of at most so many cells, with the channels around them that smoothing needs.

    A tile of several rows of chunks is as wide as the cube: sums of fractions depend on their order, which is
    row after row of chunks.
    """
    height, width, channels = shape
    tall, broad, _deep = chunk
    for depth in _doubled(unit, channels):
        needed = channels if depth >= channels else min(channels, depth + 2 * HALO)
        for columns in _doubled(broad, width):
            for rows in _doubled(tall, height) if columns >= width else [tall]:
                if min(rows, height) * min(columns, width) * needed <= cells:
                    yield rows, columns, depth


def _doubled(first: int, length: int) -> Iterator[int]:
    while first < length:
        yield first
        first *= 2
    yield first


def _fitting(
    shape: tuple[int, int, int],
    usual: tuple[int, int, int],
    others: Iterable[tuple[int, int, int]],
    natural: tuple[int, int, int],
) -> tuple[int, int, int]:
    """Return the size of tiles that unpack the fewest natural blocks; the usual one if it is nearly as good.

    Among others that are nearly as good it is the smallest: more tiles share the processors better.
    """
    costs = {size: _unpacked(shape, size, natural) for size in (usual, *others)}
    least = min(costs.values())
    if costs[usual] <= WORTH * least:
        return usual
    return min((size for size in costs if costs[size] <= WORTH * least), key=math.prod)


def _unpacked(
    shape: tuple[int, int, int], size: tuple[int, int, int], natural: tuple[int, int, int]
) -> float:
    """Return how often a natural block is unpacked on average."""
    times = 1.0
    for length, part, block, halo in zip(shape, size, natural, (0, 0, HALO), strict=True):
        touched = sum(
            -(-min(length, each.stop + halo) // block) - max(0, each.start - halo) // block
            for each in steps(length, part)
        )
        times *= touched / -(-length // block)
    return times


def process_tile(scan: Scan, plan: Plan, task: tuple[Tile, bool]) -> PackedTile:
    """Read a tile of a scan and pack its chunks; if the task says False, compute only its statistics."""
    tile, pack = task
    done = pack_tile(scan, plan, tile) if pack else PackedTile([], CountStats.of(_read(scan, plan, tile)))
    if scan.unread:
        down, across = (range(part.start, part.stop) for part in _part_of_scan(scan, plan, tile))
        unread = list(scan.unread.items())  # other threads add to it
        done.unread = {place: name for place, name in unread if place[0] in down and place[1] in across}
    return done


def pack_tile(scan: Scan, plan: Plan, tile: Tile) -> PackedTile:
    """Read a tile of a scan and pack its chunks."""
    sigma = 0.0 if scan.smoothing_sigma else MAXRF4U_SIGMA
    bands = [
        band
        for band in smoothed_bands(scan.shape[2], sigma)
        if band.channels.start < tile.channels.stop and band.channels.stop > tile.channels.start
    ]
    # Smoothing needs channels beyond the tile's own.
    first = min(tile.channels.start, *(band.needed.start for band in bands))
    last = max(tile.channels.stop, *(band.needed.stop for band in bands))
    block = _read(scan, plan, Tile(tile.rows, tile.columns, slice(first, last)))
    own = slice(tile.channels.start - first, tile.channels.stop - first)
    found = CountStats.of(block[:, :, own])
    if plan.dtype.kind == "u" and not (found.whole and found.largest <= np.iinfo(plan.dtype).max):
        return PackedTile([], found)
    if plan.dtype.kind == "u" and block.dtype.kind != "u":
        block = np.maximum(block, 0)
    counts = with_nan(block.astype(plan.dtype, order="C"))
    del block
    columns = []
    with one_thread_each():  # each processor has its own tile
        for down, across in product(*(steps(counts.shape[axis], plan.chunk[axis]) for axis in (0, 1))):
            flat = counts[down, across].reshape(-1, counts.shape[2])
            pixels = _moved(down, tile.rows.start), _moved(across, tile.columns.start)
            column = PackedColumn(
                tile.channels,
                *_sum_of_present(flat[:, own]),
                np.concatenate([band.maximum(flat, first) for band in bands]),
                pixels,
                pixel_totals(counts[down, across, own]),
                bin_counts(counts[down, across, own]) if can_be_binned(counts.dtype) else None,
            )
            column.chunks.update(packed_chunks(counts[down, across, own], column.corner, plan.chunk))
            columns.append(column)
    return PackedTile(columns, found)


def _moved(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


def _read(scan: Scan, plan: Plan, tile: Tile) -> np.ndarray:
    """Read a tile of the datastack from where it lies in the scan."""
    return plan.view.turn(scan.read(*_part_of_scan(scan, plan, tile), tile.channels))


def _part_of_scan(scan: Scan, plan: Plan, tile: Tile) -> tuple[slice, slice]:
    height, width, _ = scan.shape
    return plan.view.part_from_shown(tile.rows, tile.columns, width, height)


def _sum_of_present(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum over pixels; return the sums and how many values are missing."""
    if flat.dtype.kind == "f":
        return sum_of_present(flat, axis=0)
    return flat.sum(axis=0, dtype=wide(flat.dtype)), np.zeros(flat.shape[1], np.int64)
