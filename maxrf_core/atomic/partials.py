"""Temporary files of new files, and removal of those that killed programs have left."""

import re
import secrets
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


def remove_partials(folder: PathLike, hours: float = 24) -> int:
    """Remove the temporary files of killed programs, in a folder and below.

    A program that writes such a file holds a lock on it; locked files are kept.

    Parameters
    ----------
    folder : path_like
    hours : float
        Hours without a write after which a file is removed.

    Returns
    -------
    int
        Number of removed files.
    """
    return _remove(Path(folder).rglob(".*.partial*"), hours)


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
        _remove(path.parent.glob(".*.partial*"), 24, path.name.lstrip(".") if at_once else "")


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
            if not locked and path.stat().st_mtime < now - (MIN_IDLE if at_once else hours * 3600):
                path.unlink()
                removed += 1
    return removed
