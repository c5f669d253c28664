"""Copying of a cube to another file while its chunks are packed anew, several at a time.

Chunks of files that were written by older versions, or packed anew by other programs, get segments and an
index of them, see `flush_marks`. For an archive, chunks are packed as small as possible, without segments.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import h5py
import numpy as np

from maxrf_core.cube import deflate
from maxrf_core.cube.binned import is_beside_cube
from maxrf_core.cube.flush_marks import SUFFIX, MarksPlace, NewIndex, index_shape, packed_marks
from maxrf_core.cube.hdf5_chunks import Layout
from maxrf_core.cube.packed_chunks import PackedChunk, packed_chunk
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.progress import Pace, Progress
from maxrf_core.workers import local_workers

Packing = Literal["fast", "smallest"]
SMALLEST: Packing = "smallest"
ATTRIBUTE = "packing"  # of a cube, where it is packed as small as possible
SAMPLES = 3  # chunks that are packed to estimate the time

Corner = tuple[int, ...]


def copy_cube(
    old: h5py.Dataset,
    new: h5py.Group,
    name: str,
    packing: Packing | None,
    report: Progress,
    check: Callable[[], None],
) -> None:
    """Copy a cube with the index of its segments.

    Parameters
    ----------
    old : h5py.Dataset
    new : h5py.Group
        Root of the other file.
    name : str
        Of the cube there.
    packing : {"fast", "smallest"}, optional
        By default as it is, or fast if its chunks have no segments and were not packed as small as possible.
    report : Progress
    check : callable
        Called after each chunk; an exception from it stops the work.

    Raises
    ------
    DatastackError
        If it cannot be packed as asked for.
    """
    layout = Layout.of(old, bool(old.file.userblock_size))
    can_be_packed, is_smallest = _can_be_packed(old, layout), old.attrs.get(ATTRIBUTE) == SMALLEST
    if packing is not None and not can_be_packed:
        raise DatastackError(
            _("The counts cannot be packed anew, as another program has packed them: convert the file first.")
        )
    has_segments = can_be_packed and index_shape(old)[-2] > 1
    if (not has_segments and packing is None) or (is_smallest and packing != "fast"):
        old.file.copy(old, new, name)
        return
    taken = {each for each in old.file if isinstance(each, str) and not is_beside_cube(old.file, each)}
    if packing != SMALLEST and name + SUFFIX not in taken and _has_whole_index(old, layout):
        old.file.copy(old, new, name)
        old.file.copy(old.file[f"{old.name}{SUFFIX}"], new, name + SUFFIX)
        return
    copy = _empty_copy(old, new, name)
    copy.attrs.pop(ATTRIBUTE, None)
    if packing == SMALLEST:
        copy.attrs[ATTRIBUTE] = SMALLEST
    index = None if packing == SMALLEST else NewIndex(copy, taken)
    _copy_chunks(old, copy, layout, index, report, check)
    if index is not None:
        index.write()


def _copy_chunks(
    old: h5py.Dataset,
    copy: h5py.Dataset,
    layout: Layout,
    index: NewIndex | None,
    report: Progress,
    check: Callable[[], None],
) -> None:
    """Pack all chunks anew: in segments if there is an index for them, else as small as possible."""
    total, done = int(layout.places[..., 1].sum()), 0
    pace = Pace(total)
    pack = partial(_packed_anew, size=layout.chunk_bytes, smallest=index is None)
    with local_workers() as crew:
        for (corner, stored), packed in crew.in_order(lambda item: pack(item[1]), _chunks(old, layout)):
            copy.id.write_direct_chunk(corner, packed.data)
            if index is not None and packed.marks:
                index.add(corner, packed.marks)
            check()
            done += len(stored)
            report(done / total, _("packing the counts anew") + _after_comma(pace.text(done)))


def seconds_to_pack(cube: h5py.Dataset) -> float | None:
    """Estimate how long it takes to pack a cube as small as possible; None if that cannot be done."""
    layout = Layout.of(cube, bool(cube.file.userblock_size))
    if not _can_be_packed(cube, layout):
        return None
    corners = [*_corners(layout)]
    sizes, seconds = 0, 0.0
    for corner in corners[:: max(1, len(corners) // SAMPLES)]:
        stored = cube.id.read_direct_chunk(corner)[1]
        begun = time.perf_counter()
        _packed_anew(stored, layout.chunk_bytes, smallest=True)
        seconds += time.perf_counter() - begun
        sizes += len(stored)
    with local_workers() as crew:
        return float(layout.places[..., 1].sum()) * seconds / max(1, sizes) / crew.count


def _after_comma(text: str) -> str:
    return f", {text}" if text else ""


def _can_be_packed(cube: h5py.Dataset, layout: Layout) -> bool:
    """Return True if a cube's chunks are gzip, and its attributes are no references to others."""
    types = (cube.attrs.get_id(key).dtype for key in cube.attrs)
    return layout.plain and all(not dtype.hasobject or h5py.check_string_dtype(dtype) for dtype in types)


def _has_whole_index(cube: h5py.Dataset, layout: Layout) -> bool:
    """Return True if the index beside a cube fits all of its chunks."""
    name = str(cube.name).removeprefix("/")
    if MarksPlace.of(cube.file, name) is None:
        return False
    lengths = cube.file[name + SUFFIX][..., 0].sum(axis=-1, dtype=np.int64)
    sizes = layout.places[..., 1]
    return bool(((lengths + len(deflate.HEADER) + deflate.TAIL_BYTES == sizes) | (sizes == 0)).all())


def _empty_copy(old: h5py.Dataset, new: h5py.Group, name: str) -> h5py.Dataset:
    """Make a dataset of the same type, chunks, filters and attributes."""
    made = h5py.h5d.create(
        new.id, name.encode(), old.id.get_type(), old.id.get_space(), old.id.get_create_plist()
    )
    copy = h5py.Dataset(made)
    for key in old.attrs:
        copy.attrs.create(key, old.attrs[key], dtype=old.attrs.get_id(key).dtype)
    return copy


def _corners(layout: Layout) -> Iterator[Corner]:
    """Yield the place of the first count of each stored chunk."""
    assert layout.chunks is not None
    for number in np.argwhere(layout.places[..., 1]):
        yield tuple((number * layout.chunks).tolist())


def _chunks(cube: h5py.Dataset, layout: Layout) -> Iterator[tuple[Corner, bytes]]:
    for corner in _corners(layout):
        yield corner, cube.id.read_direct_chunk(corner)[1]


def _packed_anew(stored: bytes, size: int, *, smallest: bool) -> PackedChunk:
    """Pack a chunk; one that has segments already, or is damaged, stays as it is."""
    try:
        data = bytes(deflate.unpack(stored, size))
    except ValueError:
        return PackedChunk(stored, b"")
    if smallest:
        packed = deflate.pack_smallest(data)
        return PackedChunk(packed if len(packed) < len(stored) else stored, b"")
    lengths = deflate.lengths_of_segments(stored, size)
    return packed_chunk(data) if lengths is None else PackedChunk(stored, packed_marks(stored, lengths))
