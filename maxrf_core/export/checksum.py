"""SHA-256 of a scan, by which a report names exactly one file."""

import hashlib
import os
from typing import Any

from maxrf_core.atomic.changes import consistent
from maxrf_core.progress import Pace, Progress, silent

AT_ONCE = 8 << 20  # bytes


def sha256_of(path: str | os.PathLike[str], progress: Progress = silent) -> str:
    """Return the SHA-256 of the committed state of a file, in hexadecimal digits; it is read in pieces.

    Parameters
    ----------
    path : path_like
    progress : callable, optional

    Raises
    ------
    DatastackError
        If the file cannot be read.
    """

    def read(view: Any) -> str:
        found, done = hashlib.sha256(), 0
        size = view.seek(0, os.SEEK_END)
        view.seek(0)
        pace = Pace(size)
        while piece := view.read(AT_ONCE):
            found.update(piece)
            done += len(piece)
            progress(done / max(size, 1), f"SHA-256 {pace.text(done)}".strip())
        return found.hexdigest()

    return consistent(path, read)
