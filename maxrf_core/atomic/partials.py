"""Temporary files and folders of new ones, and removal of those that killed programs have left."""

import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from maxrf_core.atomic import locks
from maxrf_core.atomic.committed import PathLike

MIN_IDLE = 2.0  # seconds without a write after which an unlocked temporary file of the same name is removed
# As returned by `partial_path`, also for temporary files of temporary files.
_PARTIAL = re.compile(r"\.+(?P<target>[^.].*?)(\.[0-9a-f]{8}\.partial)+(-journal)?")


def partial_path(path: Path) -> Path:
    """Return the path of a new temporary file beside a file."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")


@contextmanager
def locked_partial(temporary: Path) -> Iterator[bool]:
    """Create a temporary file and lock it within the block; yield False if locks are not reliable."""
    with open(temporary, "x+b") as file:
        is_locked = locks.lock_new_file(file.fileno(), temporary)
        if not is_locked:  # some drives do not rename open files
            file.close()
        try:
            yield is_locked
        finally:
            if not file.closed:
                locks.unlock(file.fileno())


@contextmanager
def partial_folder(path: Path) -> Iterator[Path]:
    """Make a temporary folder beside a new file or folder, locked within the block.

    It is removed at the end, unless it was renamed. Those that killed programs have left are removed first.

    Parameters
    ----------
    path : Path
        What is being made.

    Yields
    ------
    Path
    """
    folder = partial_path(path)
    folder.mkdir(mode=0o700)
    try:
        with locks.folder_in_use(folder) as is_locked:
            remove_beside(path, at_once=is_locked)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_partials(folder: PathLike, hours: float = 24) -> int:
    """Remove the temporary files and folders of killed programs, in a folder and below.

    A program that writes such a file holds a lock on it; locked files are kept.

    Parameters
    ----------
    folder : path_like
    hours : float
        Hours without a write after which a file is removed.

    Returns
    -------
    int
        Number of removed files and folders.
    """
    return _remove(list(Path(folder).rglob(".*.partial*")), hours)


def remove_beside(path: Path, *, at_once: bool) -> None:
    """Remove temporary files of killed programs in the folder of a file that will be written.

    Parameters
    ----------
    path : Path
        The file.
    at_once : bool
        Remove temporary files of this file whatever their age; only if locks are reliable.
    """
    with suppress(OSError):
        _remove(list(path.parent.glob(".*.partial*")), 24, path.name.lstrip(".") if at_once else "")


def _remove(found: Iterable[Path], hours: float, target: str = "") -> int:
    """Remove files of that age, and at once those of the file `target`."""
    removed, now = 0, time.time()
    for path in found:
        with suppress(OSError):
            named = _PARTIAL.fullmatch(path.name)
            if not named:
                continue
            locked_path = path.with_name(path.name.removesuffix("-journal"))
            locked = locks.is_locked(locked_path) if locked_path.exists() else False
            at_once = named["target"] == target and locked is False
            if not locked and _last_change(path) < now - (MIN_IDLE if at_once else hours * 3600):
                path.unlink() if path.is_symlink() or not path.is_dir() else shutil.rmtree(path)
                removed += 1
    return removed


def _last_change(path: Path) -> float:
    """Return when a file was last written, or a folder or anything in it."""
    inside = path.iterdir() if path.is_dir() else ()
    return max(each.stat().st_mtime for each in (path, *inside))
