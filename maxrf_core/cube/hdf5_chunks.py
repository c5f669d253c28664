"""Chunks of a cube in its HDF5 file: their positions, and reading that bypasses HDF5.

h5py lets one thread at a time into HDF5. For the layout that we write (chunked, gzip, with or without
shuffle) HDF5 only returns where each chunk lies; any thread then reads and decompresses the bytes. Other
layouts are read by h5py.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import locks
from maxrf_core.atomic.journal import Generation
from maxrf_core.cube import deflate as packing
from maxrf_core.cube.chunk_grid import Number
from maxrf_core.cube.deflate import Bytes
from maxrf_core.cube.flush_marks import ChunkMarks, MarksPlace, index_of, marks_of
from maxrf_core.cube.shuffled_counts import Counts, planes_of
from maxrf_core.cube.stored_chunks import check_values, is_unpacked_here
from maxrf_core.errors import ArrayNotFoundError, DatastackError
from maxrf_core.language import _

DEFLATE, SHUFFLE = h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE
MAX_RUN = 1_000_000  # bytes of neighbouring chunks that are read together
FEW_ROWS = 8  # part of a chunk's rows, below which they are read alone


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions and filters of a cube's chunks in its file.

    Attributes
    ----------
    shape, chunks, dtype
        As of the dataset; `chunks` is None if it is not chunked.
    places : ndarray
        Offset and size of each chunk in the file, (rows, columns, channels, 2); one offset if not chunked.
    packing : tuple of int
        Numbers of the HDF5 filters of its chunks.
    fill : number
        Value of chunks that were never written.
    plain : bool
        True if its chunks can be read without HDF5.
    marks : MarksPlace, optional
        The index of the segments of its chunks, see `flush_marks`.
    """

    shape: tuple[int, int, int]
    chunks: tuple[int, int, int] | None
    dtype: np.dtype
    places: np.ndarray
    packing: tuple[int, ...]
    fill: Any
    plain: bool
    marks: MarksPlace | None = None

    def equals(self, other: "Layout") -> bool:
        """Return True if both layouts are equal."""
        return all(
            np.array_equal(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)
        )

    @cached_property
    def chunk_bytes(self) -> int:
        """Size of a decompressed chunk in bytes."""
        assert self.chunks is not None
        return math.prod(self.chunks) * self.dtype.itemsize

    @cached_property
    def n_planes(self) -> int:
        """Number of parts of a chunk by the shuffle filter: all first bytes, and so on; 1 without it."""
        return self.dtype.itemsize if SHUFFLE in self.packing else 1

    def shape_inside(self, number: Number) -> tuple[int, int, int]:
        """Return the shape of the part of a chunk inside the cube."""
        assert self.chunks is not None
        (row, column, layer), (tall, broad, deep), (height, width, channels) = number, self.chunks, self.shape
        return (
            min(tall, height - row * tall),
            min(broad, width - column * broad),
            min(deep, channels - layer * deep),
        )

    @classmethod
    def of(cls, dataset: h5py.Dataset, shifted: bool) -> "Layout":
        """Return the layout of a dataset; `shifted`: its offsets are not relative to the file's start."""
        properties = dataset.id.get_create_plist()
        packing = tuple(properties.get_filter(number)[0] for number in range(properties.get_nfilters()))
        places, skipped_filters = np.array([dataset.id.get_offset() or 0]), False
        if dataset.chunks is not None:
            found: list[h5py.h5d.StoreInfo] = []
            dataset.id.chunk_iter(found.append)
            places = _places(dataset, found)
            skipped_filters = any(chunk.filter_mask for chunk in found)
        plain = (
            dataset.chunks is not None
            and dataset.dtype.kind in "uif"
            and packing in ((DEFLATE,), (SHUFFLE, DEFLATE))
            and not (shifted or skipped_filters)
        )
        if not (plain or is_unpacked_here(dataset)):
            check_values(dataset)
        return cls(dataset.shape, dataset.chunks, dataset.dtype, places, packing, dataset.fillvalue, plain)


def _runs(places: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Join chunks (offset, size) that follow one another, to read more with each call.

    Examples
    --------
    >>> _runs([(100, 20), (120, 5), (300, 7), (0, 0)])
    [(100, 25), (300, 7)]
    """
    runs: list[tuple[int, int]] = []
    for offset, size in places:
        start, length = runs[-1] if runs else (0, 0)
        if length and offset == start + length and length + size <= MAX_RUN:
            runs[-1] = start, length + size
        elif size:
            runs.append((offset, size))
    return runs


def _places(dataset: h5py.Dataset, found: list[h5py.h5d.StoreInfo]) -> np.ndarray:
    """Return each chunk's offset and size by its index; those of a damaged file may be invalid."""
    shape = [-(-length // size) for length, size in zip(dataset.shape, dataset.chunks, strict=True)]
    places = np.zeros((*shape, 2), np.int64)
    end = dataset.file.id.get_filesize()
    try:
        corners = np.array([chunk.chunk_offset for chunk in found], np.int64).reshape(-1, len(shape))
        extents = np.array([(chunk.byte_offset, chunk.size) for chunk in found], np.int64).reshape(-1, 2)
        if (extents < 0).any() or (extents.sum(axis=1) > end).any():
            raise IndexError("a chunk lies outside the file")
        places[tuple((corners // dataset.chunks).T)] = extents
    except (IndexError, OverflowError, TypeError) as error:
        raise OSError("its chunks are not where they should be") from error
    return places


@lru_cache(maxsize=16)
def layout_of(path: Path, name: str, generation: Generation) -> Layout:
    """Return the layout of a cube in this state of its file; cached until the file changes.

    Raises
    ------
    FileChangedError
        If the file is in another state by now.
    """
    with atomic.reading(path) as view:
        if view.generation != generation:
            raise atomic.FileChangedError(
                _("{name} was changed while it was being read; read it again.").format(name=path.name)
            )
        with reading_hdf5(path, view) as opened:
            layout = Layout.of(opened[name], bool(opened.userblock_size))
            return replace(layout, marks=MarksPlace.of(opened, name)) if layout.plain else layout


class Chunks:
    """Several chunks of a cube of plain layout, in one state of its file.

    Parameters
    ----------
    view : CommittedView
        The file, used by one thread.
    layout : Layout
    name : str
        Name of the cube, for messages.
    numbers : sequence of tuple of int
        The chunks that will be read, which are prefetched.
    """

    def __init__(
        self, view: atomic.CommittedView, layout: Layout, name: str, numbers: Sequence[Number]
    ) -> None:
        self._view, self._layout, self._name = view, layout, name
        places = layout.places[tuple(np.array(numbers, int).reshape(-1, 3).T)].tolist()
        self._places = dict(zip(numbers, places, strict=True))
        runs = _runs(places)
        self._runs = dict(runs)
        self._at, self._held = 0, memoryview(b"")
        view.announce(runs)

    @cached_property
    def _marks(self) -> dict[Number, ChunkMarks]:
        """The segments of the chunks, of those that have any."""
        place = self._layout.marks
        index = None if place is None else index_of(self._view.path, place, self._view.generation)
        if index is None:
            return {}
        numbers, places = [*self._places], np.array([*self._places.values()], int).reshape(-1, 2)
        return marks_of(index, numbers, places[:, 1])

    def counts(self, number: Number, rows: slice | None = None) -> Counts:
        """Read one chunk, cropped to the cube's bounds; fastest in the order of `numbers`.

        Parameters
        ----------
        number : tuple of int
        rows : slice, optional
            Rows of the chunk, inside the cube, if no others are needed.

        Raises
        ------
        DatastackError
            If it cannot be decompressed.
        """
        layout = self._layout
        assert layout.chunks is not None
        (offset, size), inside = self._places[number], layout.shape_inside(number)
        rows = slice(0, inside[0]) if rows is None else rows
        shape = (rows.stop - rows.start, *inside[1:])
        marks = self._marks.get(number)
        if marks is not None:
            planes = self._segments(offset, size, marks, rows)
            if planes is not None:
                return self._counts(planes, shape[0]).cropped(shape)
        if size:
            planes = self._unpacked(self._packed(offset, size))
            counts = self._counts(planes, layout.chunks[0])
        else:  # HDF5 does not store chunks that were never written
            counts = Counts.plain(np.full(layout.chunks, layout.fill, layout.dtype))
        return (counts if shape[0] == layout.chunks[0] else counts.rows(rows)).cropped(shape)

    def _segments(self, offset: int, size: int, marks: ChunkMarks, rows: slice) -> list[Bytes | None] | None:
        """Read the planes of some rows of a chunk, None for zeros; None if the marks are of another chunk."""
        layout = self._layout
        assert layout.chunks is not None
        plane = layout.chunk_bytes // layout.n_planes
        row = plane // layout.chunks[0]
        many = (rows.stop - rows.start) * FEW_ROWS >= layout.chunks[0]
        whole = self._packed(offset, size) if many else None
        planes: list[Bytes | None] = []
        for begin in range(0, layout.chunk_bytes, plane):
            start, stop = begin + rows.start * row, begin + rows.stop * row
            first, after = start // packing.SEGMENT_BYTES, -(-stop // packing.SEGMENT_BYTES)
            low, high = marks.starts[first], marks.starts[after]
            packed = self._view.unchecked(offset + low, high - low) if whole is None else whole[low:high]
            if not marks.are_whole(packed, first, after):
                self._check_other_chunk(self._packed(offset, size), marks)
                return None
            held = first * packing.SEGMENT_BYTES
            length = min(after * packing.SEGMENT_BYTES, layout.chunk_bytes) - held
            if packing.are_packed_zeros(packed, length):
                planes.append(None)
                continue
            try:
                data = packing.unpack_segments(packed, length)
            except ValueError as error:
                raise self._damaged(error) from error
            planes.append(memoryview(data)[start - held : stop - held])
        return planes

    def _check_other_chunk(self, packed: memoryview, marks: ChunkMarks) -> None:
        """Raise unless the marks are those of another chunk, without a flush at the end of each segment.

        The whole chunk's own checksum would not do: Adler-32 misses some changes of few neighbouring bytes.
        A flush that was changed cannot be unpacked.
        """
        if all(packed[end - len(packing.FLUSH) : end] == packing.FLUSH for end in marks.starts[1:]):
            raise self._damaged(_("its checksum does not match"))

    def _damaged(self, error: object) -> DatastackError:
        return DatastackError(
            _(
                "{name} is damaged: a piece of {array} cannot be unpacked ({error}); use a copy "
                "made earlier, or convert the raw scan again."
            ).format(name=self._view.name, array=self._name, error=error)
        )

    def _packed(self, offset: int, size: int) -> memoryview:
        """Read a chunk, together with the following ones that are needed next."""
        start = offset - self._at
        if not 0 <= start <= len(self._held) - size:
            self._held = memoryview(self._view.unchecked(offset, max(size, self._runs.get(offset, 0))))
            self._at, start = offset, 0
        return self._held[start : start + size]

    def _unpacked(self, packed: memoryview) -> list[Bytes | None]:
        """Return the planes of a whole chunk, None for zeros."""
        layout = self._layout
        try:
            data = packing.unpack(packed, layout.chunk_bytes)
        except ValueError as error:
            raise self._damaged(error) from error
        return [*planes_of(data, layout.n_planes)]

    def _counts(self, planes: list[Bytes | None], rows: int) -> Counts:
        layout = self._layout
        assert layout.chunks is not None
        shape = (rows, *layout.chunks[1:])
        if layout.n_planes == layout.dtype.itemsize:
            return Counts.of_planes(planes, shape, layout.dtype)
        (values,) = planes
        if values is None:
            return Counts.plain(np.zeros(shape, layout.dtype))
        return Counts.plain(np.frombuffer(values, layout.dtype).reshape(shape))


@contextmanager
def reading_hdf5(path: Path, file: Any) -> Iterator[h5py.File]:
    """Open an HDF5 file for reading; turn errors of HDF5 into messages.

    Raises
    ------
    DatastackError
        If another program has the file open for writing and it cannot be read now, or it is damaged.
    ArrayNotFoundError
        If the array that is read does not exist.
    """
    try:
        with h5py.File(file, "r") as opened:
            yield opened
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        if atomic.errno_of(error) in atomic.FULL:  # while copying to another file
            raise
        locks.check_free(path)  # a file that another program is writing may look damaged
        raise damaged(path) from error
    except KeyError as error:
        raise ArrayNotFoundError(
            _("{name} does not hold that array (any more): {error}.").format(name=path.name, error=error)
        ) from error


def damaged(path: Path) -> DatastackError:
    """Return the exception for a file that HDF5 cannot read."""
    return DatastackError(
        _(
            "{name} is damaged or cut off: HDF5 cannot read it. Use a copy made earlier, or convert "
            "the raw scan again."
        ).format(name=path.name)
    )
