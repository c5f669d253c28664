"""Index of the segments of a cube's chunks, by which a part of a chunk is read without the others.

Beside the cube ``maxrf_cube`` lies ``maxrf_cube_marks``: of each segment its packed length and a CRC-32.
Other programs need not know it: if the chunks do not fit it, as after a repack elsewhere, it is not used.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.journal import Generation
from maxrf_core.cube import deflate as packing
from maxrf_core.cube.chunk_grid import Number
from maxrf_core.cube.deflate import Bytes
from maxrf_core.names import CUBE

SUFFIX = "_marks"
DTYPE = np.dtype("<u2")
FIELDS = 3  # of a segment: packed length, low and high half of the CRC-32 of its packed bytes
SIZE_ATTRIBUTE = "segment_bytes"  # by which the index is known


@dataclass(frozen=True)
class MarksPlace:
    """Place of an index in its file.

    Attributes
    ----------
    offset : int
    shape : tuple of int
        Chunks along rows, columns and channels, segments of a chunk, fields.
    """

    offset: int
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Size of the index."""
        return math.prod(self.shape) * DTYPE.itemsize

    @classmethod
    def of(cls, file: h5py.File, cube: str) -> "MarksPlace | None":
        """Return the place of a cube's index; None if there is none that fits the cube's shape."""
        name = cube + SUFFIX
        if not is_index(file, name):
            return None
        stored, offset = file[name], file[name].id.get_offset()
        expected = index_shape(file[cube])
        is_plain = stored.chunks is None and stored.id.get_create_plist().get_external_count() == 0
        if not is_plain or offset is None or (stored.shape, stored.dtype) != (expected, DTYPE):
            return None
        place = cls(offset, expected)
        return place if offset + place.nbytes <= file.id.get_filesize() else None


@dataclass(frozen=True, eq=False, slots=True)
class ChunkMarks:
    """Segments of one chunk.

    Attributes
    ----------
    starts : list of int
        Where each segment begins in the packed chunk; the end of the last one is added.
    checksums : list of int
        CRC-32 of each packed segment.
    """

    starts: list[int]
    checksums: list[int]

    def are_whole(self, packed: Bytes, first: int, stop: int) -> bool:
        """Return True if the bytes of the segments from `first` to before `stop` are as they were written."""
        view, starts = memoryview(packed), self.starts
        low = begin = starts[first]
        if len(view) != starts[stop] - begin:
            return False
        for at in range(first, stop):
            high = starts[at + 1]
            if packing.checksum(view[low - begin : high - begin]) != self.checksums[at]:
                return False
            low = high
        return True


@lru_cache(maxsize=4)  # 8 MB for a scan of 22 GB
def index_of(path: Path, place: MarksPlace, generation: Generation) -> np.ndarray | None:
    """Read an index, of `place.shape`, uint16; None if the file is in another state by now."""
    with atomic.reading(path) as view:
        data = view.unchecked(place.offset, place.nbytes)
        if view.generation != generation or len(data) != place.nbytes:
            return None
        view.check()
    return np.frombuffer(data, DTYPE).reshape(place.shape)


def marks_of(index: np.ndarray, numbers: Sequence[Number], sizes: np.ndarray) -> dict[Number, ChunkMarks]:
    """Return the segments of some chunks, without those whose lengths do not add up to the chunk's size.

    Parameters
    ----------
    index : ndarray, as from `index_of`
    numbers : sequence of tuple of int
        The chunks.
    sizes : ndarray of int
        Packed bytes of each.
    """
    fields = index[tuple(np.array(numbers, int).reshape(-1, 3).T)].astype(np.int64)
    starts = np.zeros((len(numbers), index.shape[3] + 1), np.int64)
    np.cumsum(fields[:, :, 0], axis=1, out=starts[:, 1:])
    starts += len(packing.HEADER)
    fits = starts[:, -1] + packing.TAIL_BYTES == sizes
    checksums = fields[:, :, 1] | fields[:, :, 2] << 16
    return {
        number: ChunkMarks(*marks)
        for number, *marks, is_right in zip(
            numbers, starts.tolist(), checksums.tolist(), fits.tolist(), strict=True
        )
        if is_right
    }


def index_shape(cube: h5py.Dataset) -> tuple[int, ...]:
    """Return the shape of the index of a chunked cube."""
    grid = [-(-length // size) for length, size in zip(cube.shape, cube.chunks, strict=True)]
    segments = -(-math.prod(cube.chunks) * cube.dtype.itemsize // packing.SEGMENT_BYTES)
    return (*grid, segments, FIELDS)


def is_index(file: h5py.Group, name: str) -> bool:
    """Return True if a member of a datastack's root is the index of a cube, which is no array of its own."""
    return told_beside_cube(file, name, SUFFIX, SIZE_ATTRIBUTE) == packing.SEGMENT_BYTES


def told_beside_cube(file: h5py.Group, name: str, suffix: str, attribute: str) -> Any:
    """Return an attribute, one number, of what lies beside a cube under its name with a suffix, else None."""
    if not name.endswith(suffix) or name.removesuffix(suffix).rstrip("_") != CUBE:
        return None
    try:
        stored = file[name] if isinstance(file.get(name, getlink=True), h5py.HardLink) else None
        told = stored.attrs.get(attribute) if isinstance(stored, h5py.Dataset) else None
    except (TypeError, ValueError):  # link or attribute of another program
        return None
    return None if told is None or np.ndim(told) else told


def packed_marks(packed: bytes, lengths: tuple[int, ...]) -> bytes:
    """Return the part of an index that belongs to one chunk.

    Parameters
    ----------
    packed : bytes
        The chunk.
    lengths : tuple of int
        Of its segments.
    """
    fields = np.empty((len(lengths), FIELDS), DTYPE)
    fields[:, 0] = lengths
    ends = np.cumsum(lengths) + len(packing.HEADER)
    view = memoryview(packed)
    sums = [
        packing.checksum(view[end - length : end]) for end, length in zip(ends.tolist(), lengths, strict=True)
    ]
    fields[:, 1:] = np.array(sums, "<u4").view(DTYPE).reshape(-1, 2)
    return fields.tobytes()


class NewIndex:
    """Index of a cube that is being written.

    Parameters
    ----------
    cube : h5py.Dataset
        In the root of a file that is open for writing. The index is begun beside it, and written by `write`.
    names : collection of str
        Names that the file will hold in its root. Nothing is written if the index's is one of them, or if no
        chunk has more than one segment.
    """

    def __init__(self, cube: h5py.Dataset, names: Collection[str] = ()) -> None:
        self._chunks = cube.chunks
        self._fields = np.zeros(index_shape(cube), DTYPE)
        self._dataset: h5py.Dataset | None = None
        name = str(cube.name).removeprefix("/") + SUFFIX
        if name not in names and self._fields.shape[3] > 1:
            self._dataset = cube.parent.create_dataset(name, self._fields.shape, DTYPE)
            self._dataset.attrs[SIZE_ATTRIBUTE] = packing.SEGMENT_BYTES

    def add(self, corner: tuple[int, ...], marks: bytes) -> None:
        """Note the segments of the chunk whose first count is at `corner`, from `packed_marks`."""
        number = tuple(place // size for place, size in zip(corner, self._chunks, strict=True))
        self._fields[number] = np.frombuffer(marks, DTYPE).reshape(-1, FIELDS)

    def write(self) -> None:
        """Write the index, after the last chunk."""
        if self._dataset is not None:
            self._dataset[...] = self._fields
