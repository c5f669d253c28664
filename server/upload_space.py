"""Space of uploads: used and reserved bytes of each visitor.

The folders are walked at the first request, and again by `UploadSpace.measure` every few minutes. In between
the sums are kept in memory, so that a request costs nothing.
"""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.untrusted.limits import GIGABYTE, bytes_text

DISK_RESERVE = GIGABYTE  # of the disk, which uploads leave to the rest of the computer
MAX_UPLOADS = 100  # of one visitor
MAX_ALL_UPLOADS = 5000
MAX_ARRIVING = 3  # files of one visitor at the same time
MAX_ALL_ARRIVING = 32  # each may hold a megabyte of memory
Key = tuple[str, str]  # owner, identifier


class UploadRefusedError(DatastackError):
    """An upload that is too large, or for which there is no room."""


@dataclass(frozen=True)
class Limits:
    """Limits for uploads.

    Attributes
    ----------
    file : int
        Bytes of the largest file taken.
    share : int
        Bytes of all uploads of one visitor.
    quota : int
        Bytes of all uploads together.
    """

    file: int
    share: int
    quota: int


class UploadSpace:
    """The bytes of all uploads, by owner and upload.

    Parameters
    ----------
    folder : Path
        It has a folder for each owner, and in it one for each upload.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._kept: dict[Key, int] = {}  # as measured last
        self._reserved: Counter[Key] = Counter()  # bytes reserved in addition
        self._in_advance: Counter[Key] = Counter()  # the part of these that is not on the disk yet
        self._arriving: Counter[str] = Counter()
        self.measure()

    def measure(self) -> None:
        """Measure all folders, except those in which something is being written."""
        found = {(each.parent.name, each.name): _size(each) for each in self._folder.glob("*/upload-*")}
        with self._lock:
            busy = {key: size for key, size in self._kept.items() if self._reserved[key]}
            self._kept = {**found, **busy}

    def used(self) -> int:
        """Return the bytes of all uploads, with what is reserved."""
        with self._lock:
            return sum(self._kept.values()) + self._reserved.total()

    def check(self, owner: str, size: int, limits: Limits) -> None:
        """Raise if there is no room for so many bytes more.

        Raises
        ------
        UploadRefusedError
            In words for the visitor.
        """
        with self._lock:
            self._check(owner, size, limits)

    @contextmanager
    def arriving(self, owner: str) -> Iterator[None]:
        """Count a file that is arriving.

        Raises
        ------
        UploadRefusedError
            If too many are.
        """
        with self._lock:
            if self._arriving[owner] >= MAX_ARRIVING or self._arriving.total() >= MAX_ALL_ARRIVING:
                raise UploadRefusedError(
                    _("Other files are arriving at the moment; please try again when they are there.")
                )
            self._arriving[owner] += 1
        try:
            yield
        finally:
            with self._lock:
                self._arriving[owner] -= 1
                self._arriving += Counter()  # without those who have none

    def reserve(self, key: Key, size: int, limits: Limits, in_advance: bool = False) -> None:
        """Reserve bytes for an upload, until `release`.

        Parameters
        ----------
        key : (str, str)
            Owner and identifier; a new identifier counts as one upload more.
        size : int
            Bytes.
        limits : Limits
        in_advance : bool
            Whether they are written later: then the disk must have room for all that was reserved so.

        Raises
        ------
        UploadRefusedError
        """
        with self._lock:
            if key not in self._kept:
                self._check_number(key[0])
            self._check(key[0], size, limits)
            self._kept.setdefault(key, 0)
            self._reserved[key] += size
            if in_advance:
                self._in_advance[key] += size

    def reserve_disk(self, key: Key, size: int) -> None:
        """Reserve bytes on the disk alone, for a file outside the uploads, until `release`.

        Raises
        ------
        UploadRefusedError
        """
        with self._lock:
            self._check_disk(size)
            self._in_advance[key] += size

    def release(self, key: Key) -> None:
        """Measure an upload that was written, and release what was reserved for it."""
        folder = self._folder.joinpath(*key)
        size = _size(folder)
        with self._lock:
            del self._reserved[key], self._in_advance[key]
            if folder.is_dir():
                self._kept[key] = size
            else:
                self._kept.pop(key, None)

    def _check(self, owner: str, size: int, limits: Limits) -> None:
        taken = sum(self._kept.values()) + self._reserved.total()
        mine = sum(
            size for (of, _name), size in (*self._kept.items(), *self._reserved.items()) if of == owner
        )
        if mine + size > limits.share:
            words = _(
                "There is no room for {size} more among your uploads, which may take {share} together. "
                "Remove some that you need no more."
            )
            raise UploadRefusedError(words.format(size=bytes_text(size), share=bytes_text(limits.share)))
        if taken + size > limits.quota:
            words = _(
                "There is no room for {size} more at the moment: all uploads together may take {quota}. "
                "Remove uploads that you need no more, or try again later."
            )
            raise UploadRefusedError(words.format(size=bytes_text(size), quota=bytes_text(limits.quota)))
        self._check_disk(size)

    def _check_disk(self, size: int) -> None:
        existing = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        if shutil.disk_usage(existing).free < size + self._in_advance.total() + DISK_RESERVE:
            words = _("There is no room for {size} more on the disk at the moment; try again later.")
            raise UploadRefusedError(words.format(size=bytes_text(size)))

    def _check_number(self, owner: str) -> None:
        mine = sum(of == owner for of, _name in self._kept)
        if mine >= MAX_UPLOADS or len(self._kept) >= MAX_ALL_UPLOADS:
            words = _(
                "There are too many uploads already. Remove some that you need no more, or try again later."
            )
            raise UploadRefusedError(words)


_spaces: dict[Path, UploadSpace] = {}
_spaces_lock = threading.Lock()


def space_in(folder: Path) -> UploadSpace:
    """Return the one `UploadSpace` of a folder."""
    with _spaces_lock:
        if folder not in _spaces:
            _spaces[folder] = UploadSpace(folder)
        return _spaces[folder]


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # gone meanwhile
            continue
    return total
