"""Making of the cache of a cube's binned counts, also as a process of its own of low priority.

``python -m maxrf_core.datastack.binned_cache_making PATH`` begins when it reads a byte, and ends when its
input does: so it does not outlive the program that has started it.
"""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.locks import copy_permissions
from maxrf_core.cube.binned import SUFFIX, NewBinned, bin_cube
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.datastack.binned_cache import (
    CUBE_CHECKSUM,
    FORMAT,
    cache_path,
    cached_binned,
    cube_state,
    discard_cache,
)
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.hdf5_store import Hdf5Store, filling
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.language import _
from maxrf_core.names import CUBE
from maxrf_core.workers import local_workers

LOW_PRIORITY = 10  # a tenth of a processor where all are busy; with 19 it would take minutes there
STDIN = 0


class _EndedError(Exception):
    """Ends the work together with the program that has started it."""


def needs_cache(path: Path) -> bool:
    """Return True if the newest cube of a datastack has no binned counts, and can have some.

    A cache that is not needed any more, as the datastack itself holds them, is removed.

    Raises
    ------
    DatastackError
        If the file cannot be read.
    """
    ds = DataStack(path)
    if ds.written_by_maxrf4u or not ds.has_spectra:
        return False
    name = ds.latest(CUBE)
    if Hdf5Store(path).own_binned(name) is not None:
        discard_cache(path)
        return False
    return cube_state(path, name) is not None and cached_binned(path, name) is None


def make_cache(path: Path, check: Callable[[], None] = lambda: None) -> None:
    """Make the cache of a datastack's binned counts; it appears when it is complete.

    The datastack is open only while some of it is read, so that it can be changed meanwhile.

    Parameters
    ----------
    path : Path
    check : callable, optional
        Called now and then; an exception from it stops the work, and nothing is left.

    Raises
    ------
    DatastackError
        If the cube cannot be read or binned, was written anew meanwhile, or the cache cannot be written.
    """
    name = DataStack(path).latest(CUBE)
    state, cube = cube_state(path, name), Hdf5Cube(path, name)
    if state is None:
        raise DatastackError(_("The counts of {name} cannot be binned.").format(name=path.name))
    with atomic.replacing(cache_path(path)) as temporary:
        with open(temporary, "rb") as empty:
            copy_permissions(empty.fileno(), os.stat(path))
        with filling(temporary) as file:
            file.attrs["format"] = np.bytes_(FORMAT)
            binned = NewBinned(cube, parent=file)

            def check_both() -> None:
                check()
                file.check()

            with local_workers(1) as crew:
                bin_cube(cube.with_workers(crew), binned, check_both)
            binned.write(state.packed_bytes)
            file[name + SUFFIX].attrs[CUBE_CHECKSUM] = state.checksum
        if cube_state(path, name) != state:
            raise DatastackError(_("{name} was written anew meanwhile.").format(name=path.name))


def main(arguments: Sequence[str]) -> int:
    """Make the cache of one datastack, until this process's input ends; return 1 if it cannot be made."""
    if hasattr(os, "nice"):
        os.nice(LOW_PRIORITY)
    is_left = threading.Event()

    def watch() -> None:
        while os.read(STDIN, 1):
            pass
        is_left.set()

    def check() -> None:
        if is_left.is_set():
            raise _EndedError

    if not os.read(STDIN, 1):
        return 1
    threading.Thread(target=watch, daemon=True).start()
    try:
        make_cache(Path(arguments[0]), check)
    except (MaxrfError, _EndedError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
