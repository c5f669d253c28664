"""Copying of a cube's binned counts to another file; they are made where there are none."""

from collections.abc import Callable, Collection, Iterator

import h5py
import numpy as np

from maxrf_core.cube import deflate
from maxrf_core.cube.binned import CUBE_BYTES, SUFFIX, NewBinned, bin_counts
from maxrf_core.cube.flush_marks import told_beside_cube
from maxrf_core.cube.hdf5_chunks import Layout
from maxrf_core.cube.shuffled_counts import Counts
from maxrf_core.workers import local_workers

Corner = tuple[int, int, int]


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

    def sums(item: tuple[Corner, bytes]) -> np.ndarray:
        data = bytes(deflate.unpack(item[1], layout.chunk_bytes))
        return bin_counts(Counts.shuffled(data, shape, layout.dtype).values())

    with local_workers() as crew:
        for (corner, _stored), found in crew.in_order(sums, _stored_chunks(cube, layout)):
            binned.add(corner, found)
            check()


def _stored_chunks(cube: h5py.Dataset, layout: Layout) -> Iterator[tuple[Corner, bytes]]:
    """Yield the place of the first count of each stored chunk, and its packed bytes."""
    assert layout.chunks is not None
    for number in np.argwhere(layout.places[..., 1]):
        row, column, channel = (number * layout.chunks).tolist()
        yield (row, column, channel), cube.id.read_direct_chunk((row, column, channel))[1]
