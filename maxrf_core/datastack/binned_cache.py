"""Cache of a cube's binned counts: a hidden file beside a datastack that holds none, such as an older one.

Beside ``scan.datastack`` it is ``.scan.datastack-binned``. It is used as long as the cube is the one that it
was made from, and can be removed at any time. `binned_cache_making` makes it.
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maxrf_core import file_signatures
from maxrf_core.atomic import changes as atomic
from maxrf_core.cube.binned import (
    CUBE_BYTES,
    SUFFIX,
    BinnedCube,
    binned_chunks,
    binned_shape,
    has_whole_bins,
    sums_dtype,
)
from maxrf_core.cube.flush_marks import told_beside_cube
from maxrf_core.cube.hdf5_chunks import Layout, layout_of, reading_hdf5
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.errors import DatastackError

ENDING = "-binned"
FORMAT = b"maxrf-binned-counts-1"  # root attribute ``format``; of fixed length, so in the file's start
START = 4096  # bytes in which it is looked for
CUBE_CHECKSUM = "cube_checksum"  # attribute of the binned counts
MAX_CHECKED_CHUNKS = 64  # of the cube, whose own checksums are read
ADLER_BYTES = 4  # at the end of a chunk: checksum of its unpacked counts
_NAME = re.compile(rf"\.(?P<datastack>.+){ENDING}", re.DOTALL)


@dataclass(frozen=True)
class CubeState:
    """State of a cube, to which its cache is bound.

    Attributes
    ----------
    packed_bytes : int
        Size of all chunks of the cube.
    checksum : str
        Of the size of each chunk, and of the counts of some.
    """

    packed_bytes: int
    checksum: str


def cache_path(path: Path) -> Path:
    """Return the path of the cache of a datastack's binned counts.

    Examples
    --------
    >>> cache_path(Path("scan.datastack")).name
    '.scan.datastack-binned'
    """
    return path.with_name(f".{path.name}{ENDING}")


def is_cache(path: Path) -> bool:
    """Return True if a file is a cache by its name and its first bytes; HDF5 does not open it."""
    start = b""
    with suppress(OSError):
        if _NAME.fullmatch(path.name) and path.is_file():
            with open(path, "rb") as file:
                start = file.read(START)
    return start.startswith(file_signatures.HDF5) and FORMAT in start


def cache_state(path: Path) -> tuple[int, int, int] | None:
    """Return what changes with the cache of a datastack; None if there is none."""
    try:
        status = cache_path(path).stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def discard_cache(path: Path) -> bool:
    """Remove the cache of a datastack; return False if there is none, or it cannot be removed."""
    cache = cache_path(path)
    with suppress(OSError):
        if is_cache(cache):
            cache.unlink()
            return True
    return False


def remove_orphaned_caches(folder: Path) -> int:
    """Remove the caches of datastacks that are gone, in a folder and below; return their number."""
    removed = 0
    for cache in folder.rglob(f".*{ENDING}"):
        named = _NAME.fullmatch(cache.name)
        if named and not _is_name(cache.with_name(named["datastack"])):
            removed += discard_cache(cache.with_name(named["datastack"]))
    return removed


def cube_state(path: Path, name: str) -> CubeState | None:
    """Return the state of a cube, which appending to its file leaves alone; None if it cannot be binned.

    Raises
    ------
    DatastackError
        If the file cannot be read.
    """

    def state(view: atomic.CommittedView) -> CubeState | None:
        layout = layout_of(path, name, view.generation)
        if not layout.plain or not has_whole_bins(layout.shape, layout.chunks or (), layout.dtype):
            return None
        found = _state_of(layout, view)
        view.check()
        return found

    return atomic.consistent(path, state)


def cached_binned(path: Path, name: str) -> BinnedCube | None:
    """Return access to a cube's binned counts in the cache; None if there is none that fits the cube.

    Parameters
    ----------
    path : Path
        The datastack.
    name : str
        Of its cube.
    """
    cache, beside = cache_path(path), name + SUFFIX
    state = cube_state(path, name) if is_cache(cache) else None
    if state is None:
        return None

    def fits(view: atomic.CommittedView) -> bool:
        with reading_hdf5(cache, view) as file:
            told = [told_beside_cube(file, beside, SUFFIX, key) for key in (CUBE_BYTES, CUBE_CHECKSUM)]
        if told != [state.packed_bytes, state.checksum]:
            return False
        return _is_layout_of_bins(layout_of(cache, beside, view.generation), cube)

    with suppress(DatastackError, OSError):
        cube = Hdf5Cube(path, name)
        if atomic.consistent(cache, fits):
            return BinnedCube(Hdf5Cube(cache, beside), cube.shape)
    return None


def _is_layout_of_bins(binned: Layout, cube: Hdf5Cube) -> bool:
    """Return True if a dataset is laid out as the binned counts of a cube are."""
    return binned.plain and (binned.shape, binned.chunks, binned.dtype) == (
        binned_shape(cube.shape),
        binned_chunks(cube.shape, cube.chunks),
        sums_dtype(cube.dtype),
    )


def _state_of(layout: Layout, view: atomic.CommittedView) -> CubeState:
    digest = hashlib.sha256(repr((layout.shape, layout.chunks, layout.dtype.str, layout.packing)).encode())
    places = layout.places.reshape(-1, 2)
    digest.update(places[:, 1].astype("<i8").tobytes())
    stored = places[places[:, 1] > ADLER_BYTES]
    some = stored[np.linspace(0, len(stored) - 1, min(len(stored), MAX_CHECKED_CHUNKS)).astype(int)]
    for offset, size in some.tolist():
        digest.update(view.unchecked(offset + size - ADLER_BYTES, ADLER_BYTES))
    return CubeState(int(places[:, 1].sum()), digest.hexdigest())


def _is_name(path: Path) -> bool:
    """Return True if there is a file of that name, or a link, if only to a drive that is away."""
    return path.is_symlink() or path.exists()
