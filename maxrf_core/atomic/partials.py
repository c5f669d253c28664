"""Temporary files under which new files are written, and what killed programs leave of them."""

import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from maxrf_core.atomic import locks
from maxrf_core.atomic.committed import PathLike

SETTLED = 2.0  # seconds without a write before an unlocked temporary file of the same name counts as left
# As `new_name` gives them, also those made beside a temporary file.
_PARTIAL = re.compile(r"\.+(?P<target>[^.].*?)(\.[0-9a-f]{8}\.partial)+(-journal)?")


def new_name(path: Path) -> Path:
    """Return the path of a temporary file beside another."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")


@contextmanager
def made(temporary: Path) -> Iterator[bool]:
    """Make a temporary file, and hold a lock on it within the block; False where that cannot be relied on."""
    with open(temporary, "x+b") as file:
        is_marked = locks.mark(file.fileno(), temporary)
        if not is_marked:  # some drives rename no file that is open
            file.close()
        try:
            yield is_marked
        finally:
            if not file.closed:
                locks.unlock(file.fileno())


def remove_partials(folder: PathLike, hours: float = 24) -> int:
    """Remove what programs that were killed left of files that they were making, in a folder and below.

    Whoever is at work on such a file holds a lock on it; a file that is locked is left alone.

    Parameters
    ----------
    folder : path_like
    hours : float
        How long nothing may have been written to such a file.

    Returns
    -------
    int
        How many were removed.
    """
    return _remove(Path(folder).rglob(".*.partial*"), hours)


def remove_beside(path: Path, *, at_once: bool) -> None:
    """Remove what is left in the folder of a file that is going to be made.

    Parameters
    ----------
    path : Path
        The file.
    at_once : bool
        Whether what was to become this very file is removed however young it is: if locks can be relied on.
    """
    with suppress(OSError):
        _remove(path.parent.glob(".*.partial*"), 24, path.name if at_once else "")


def _remove(found: Iterable[Path], hours: float, target: str = "") -> int:
    """Remove what is as old as that, and at once what was to become the file `target`."""
    removed, now = 0, time.time()
    for path in found:
        with suppress(OSError):
            named = _PARTIAL.fullmatch(path.name)
            if not named:
                continue
            maker = path.with_name(path.name.removesuffix("-journal"))
            locked = locks.is_locked(maker) if maker.exists() else False
            at_once = named["target"] == target and locked is False
            if not locked and path.stat().st_mtime < now - (SETTLED if at_once else hours * 3600):
                path.unlink()
                removed += 1
    return removed
