"""Contents of a datastack as text."""

import os
from collections.abc import Sequence
from pathlib import Path

from maxrf_core.names import Entry


def describe(path: str | os.PathLike[str], entries: Sequence[Entry]) -> str:
    """List a datastack's arrays: name, shape, dtype, size on disk; above them the file and its size."""
    rows = [
        (e.name, " × ".join(map(str, e.shape)) or "one value", e.dtype, size_text(e.stored_bytes))
        for e in entries
    ]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    lines = [f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}" for row in rows]
    return "\n".join([f"{path} ({size_text(Path(path).stat().st_size)})", *lines])


def size_text(size: int) -> str:
    """Return a number of bytes as text.

    Examples
    --------
    >>> size_text(197_000_000)
    '197.0 MB'
    """
    for unit, power in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= power:
            return f"{size / power:.1f} {unit}"
    return f"{size} bytes"
