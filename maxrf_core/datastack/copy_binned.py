"""Copying of a cube's binned counts to another file; they are made where there are none."""

from collections.abc import Callable, Collection, Iterator
from itertools import groupby
from typing import NamedTuple

import h5py
import numpy as np

from maxrf_core.cube import deflate
from maxrf_core.cube.binned import CUBE_BYTES, SUFFIX, NewBinned, bin_counts
from maxrf_core.cube.flush_marks import told_beside_cube
from maxrf_core.cube.hdf5_chunks import Layout
from maxrf_core.cube.shuffled_counts import Counts
from maxrf_core.workers import local_workers


class Corner(NamedTuple):
    """Place of the first count of a chunk."""

    row: int
    column: int
    channel: int


Chunk = tuple[Corner, bytes]  # as it is packed


def copy_binned(
    old: h5py.Dataset, new: h5py.Dataset, names: Collection[str], check: Callable[[], None]
) -> None:
    """Copy a cube's binned counts to beside its copy, or make them where there are none that fit.

    Parameters
    ----------
    old, new : h5py.Dataset
        Cubes of the same counts in the roots of two files; the file of `new` is open for writing.
    names : collection of str
        Names that the new file will hold in its root.
    check : callable
        Called after each chunk; an exception from it stops the work.
    """
    name, copied = (f"{cube.name}{SUFFIX}".removeprefix("/") for cube in (old, new))
    if told_beside_cube(old.file, name, SUFFIX, CUBE_BYTES) == old.id.get_storage_size():
        if copied not in names:
            old.file.copy(old.file[name], new.parent, copied)
            new.parent[copied].attrs[CUBE_BYTES] = new.id.get_storage_size()
    else:
        make_binned(old, new, names, check)


def make_binned(
    old: h5py.Dataset, new: h5py.Dataset, names: Collection[str], check: Callable[[], None]
) -> None:
    """Make binned counts from a cube beside its copy, unless it can only be read by HDF5 or is damaged.

    Parameters
    ----------
    old, new, names, check
        As in `copy_binned`.
    """
    layout = Layout.of(old, bool(old.file.userblock_size))
    binned = NewBinned(new, names) if layout.plain and layout.chunks else None
    if binned is None or not binned.is_written:
        return
    try:
        _bin_chunks(old, layout, binned, check)
    except ValueError:  # a damaged chunk is copied as it is
        binned.remove()
    else:
        binned.write()


def _bin_chunks(cube: h5py.Dataset, layout: Layout, binned: NewBinned, check: Callable[[], None]) -> None:
    assert layout.chunks is not None
    shape = layout.chunks

    def sums(chunks: list[Chunk]) -> list[np.ndarray]:
        unpacked = (bytes(deflate.unpack(stored, layout.chunk_bytes)) for _corner, stored in chunks)
        return [bin_counts(Counts.shuffled(data, shape, layout.dtype).values()) for data in unpacked]

    with local_workers() as crew:
        for chunks, found in crew.in_order(sums, _stored_chunks(cube, layout)):
            for (corner, _stored), part in zip(chunks, found, strict=True):
                binned.add(corner, part)
            check()


def _stored_chunks(cube: h5py.Dataset, layout: Layout) -> Iterator[list[Chunk]]:
    """Yield the stored chunks of all channels of some pixels, tile by tile."""
    assert layout.chunks is not None
    numbers = np.argwhere(layout.places[..., 1])
    corners = [Corner(*place) for place in (numbers * layout.chunks).tolist()]
    for _tile, same in groupby(corners, key=lambda corner: corner[:2]):
        yield [(corner, cube.id.read_direct_chunk(corner)[1]) for corner in same]
