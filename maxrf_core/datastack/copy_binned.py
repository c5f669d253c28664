"""Copying of a cube's binned counts to another file; they are made where there are none."""

from collections.abc import Callable, Collection

import h5py

from maxrf_core.cube.binned import CUBE_BYTES, SUFFIX, NewBinned, bin_cube
from maxrf_core.cube.flush_marks import told_beside_cube
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.errors import DatastackError


def copy_binned(
    old: h5py.File, cube: Hdf5Cube, new: h5py.Dataset, names: Collection[str], check: Callable[[], None]
) -> None:
    """Copy a cube's binned counts to beside its copy, or make them where there are none that fit.

    Parameters
    ----------
    old : h5py.File
    cube : Hdf5Cube
        In the root of that file.
    new : h5py.Dataset
        A cube of the same counts, in the root of a file that is open for writing.
    names : collection of str
        Names that the new file will hold in its root.
    check : callable
        Called now and then; an exception from it stops the work.
    """
    name, copied = cube.name + SUFFIX, str(new.name).removeprefix("/") + SUFFIX
    if told_beside_cube(old, name, SUFFIX, CUBE_BYTES) == old[cube.name].id.get_storage_size():
        if copied not in names:
            old.copy(old[name], new.parent, copied)
            new.parent[copied].attrs[CUBE_BYTES] = new.id.get_storage_size()
    else:
        make_binned(cube, new, names, check)


def make_binned(cube: Hdf5Cube, new: h5py.Dataset, names: Collection[str], check: Callable[[], None]) -> None:
    """Make binned counts from a cube beside its copy, unless it can only be read by HDF5 or is damaged.

    Parameters
    ----------
    cube, new, names, check
        As in `copy_binned`.
    """
    binned = NewBinned(new, names) if cube.is_plain else None
    if binned is None or not binned.is_written:
        return
    try:
        bin_cube(cube, binned, check)
    except DatastackError:  # a damaged chunk is copied as it is
        binned.remove()
    else:
        binned.write()
