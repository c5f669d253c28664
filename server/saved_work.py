"""Work in progress, kept as small JSON files until its visitor takes it up again.

Each visitor has a folder, in it one for each scan, and in that a file for each sitting, so that two open
windows do not write over one another. The newest few are kept.
"""

import errno
import hashlib
import json
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.uploads import HOUR

MAX_KEPT = 5  # sittings of one visitor with one scan
MAX_BYTES = 20_000_000  # of one file, which holds points, settings and the masks of patches
ENDING = ".json"
_SITTING = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Sitting:
    """A visitor's work as it was last saved.

    Attributes
    ----------
    name : str
        16 hexadecimal digits.
    saved_at : float
        Seconds since 1970.
    work : dict
        As it was given to `SavedWork.save`.
    """

    name: str
    saved_at: float
    work: dict[str, Any]


class SavedWork:
    """The work in progress of all visitors.

    Parameters
    ----------
    folder : Path
        Made when the first work is saved, readable by this user of the computer only.

    Examples
    --------
    >>> import tempfile
    >>> saved = SavedWork(Path(tempfile.mkdtemp()))
    >>> saved.save("visitor", "scan.datastack", "00000000000000aa", {"points": [[1, 2]]})
    >>> saved.newest("visitor", "scan.datastack").work
    {'points': [[1, 2]]}
    >>> saved.newest("another visitor", "scan.datastack") is None
    True
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, owner: str, scan: str, name: str, work: dict[str, Any]) -> None:
        """Save the work of a sitting, in place of what was saved of it earlier.

        Parameters
        ----------
        owner : str
            Whose it is.
        scan : str
            Identifier of the scan that it belongs to.
        name : str
            The sitting: 16 hexadecimal digits.
        work : dict
            Anything that JSON holds.

        Raises
        ------
        OSError
            If it cannot be written or is too large; what was saved earlier is still there then.
        """
        content = json.dumps(work).encode()
        if len(content) > MAX_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        place = self._place(owner, scan)
        for folder in (self.folder, place.parent, place):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = place / f"{_checked(name)}{ENDING}"
        waiting = target.with_suffix(".partial")
        with open(waiting, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(waiting, target)
        for path in _newest_first(place)[MAX_KEPT:]:
            path.unlink(missing_ok=True)

    def newest(self, owner: str, scan: str) -> Sitting | None:
        """Return the newest work with a scan that can be read, or None."""
        for path in _newest_first(self._place(owner, scan)):
            with suppress(OSError, ValueError):
                if path.stat().st_size <= MAX_BYTES:
                    work = json.loads(path.read_text(encoding="utf-8"))
                    if isinstance(work, dict):
                        return Sitting(path.stem, path.stat().st_mtime, work)
        return None

    def remove(self, owner: str, scan: str, name: str) -> None:
        """Remove the saved work of a sitting, if it is there."""
        with suppress(OSError):
            (self._place(owner, scan) / f"{_checked(name)}{ENDING}").unlink(missing_ok=True)

    def remove_expired(self, hours: float, now: float | None = None) -> None:
        """Remove what was saved longer ago.

        Parameters
        ----------
        hours : float
        now : float, optional
            Seconds since 1970; the clock's time by default.
        """
        oldest = (time.time() if now is None else now) - hours * HOUR
        for path in self.folder.glob("*/*/*"):
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()
        for pattern in ("*/*", "*"):
            for folder in self.folder.glob(pattern):
                with suppress(OSError):  # one that still holds something stays
                    folder.rmdir()

    def _place(self, owner: str, scan: str) -> Path:
        return self.folder / _hash(owner) / _hash(scan)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _checked(name: str) -> str:
    if not _SITTING.fullmatch(name):
        raise ValueError("a sitting is named by 16 hexadecimal digits")
    return name


def _newest_first(place: Path) -> list[Path]:
    found = []
    for path in place.glob(f"*{ENDING}"):
        with suppress(OSError):
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]
