"""Small copies of large photographs that have just been uploaded and checked: the first picture on screen.

The process that checks an upload decodes it anyway; so the page need not do that again before it shows it.
"""

import threading
from pathlib import Path

from maxrf_core.imaging.quick_look import QuickLook

MAX_KEPT = 4  # of 6 MB each: a page takes its own at once
_kept: dict[Path, QuickLook] = {}  # the oldest first
_lock = threading.Lock()


def keep(path: Path, looked: QuickLook) -> None:
    """Keep the small copy of an upload until the page takes it, or several more have come.

    Parameters
    ----------
    path : Path
        Of the published upload.
    looked : QuickLook
    """
    with _lock:
        _kept[path] = looked
        while len(_kept) > MAX_KEPT:
            del _kept[next(iter(_kept))]


def take(path: Path) -> QuickLook | None:
    """Return the small copy of an upload, once.

    Parameters
    ----------
    path : Path

    Returns
    -------
    QuickLook or None
        None if there is none.
    """
    with _lock:
        return _kept.pop(path, None)
