"""Visitors' uploads: where they are kept, whose they are, how much room they have, how long they stay.

Every visitor has a folder of a name that nobody can guess, and in it a folder for each upload. A file arrives
in a hidden folder inside that one, under its own name, and leaves it only after it was looked over. While it
arrives its whole size is taken at once, so that two that arrive together cannot exceed the quota. The files
are the state: another process that looks finds the same.
"""

import filecmp
import math
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from maxrf_core.errors import DatastackError
from server.file_names import free_number, numbered, safe_name

GIGABYTE = 1_000_000_000
HOUR = 3600.0
ARRIVING = ".arriving"  # the folder of files of which not all is there, or nobody has looked at them yet
BROKEN = ".broken"  # of one that cannot be opened, which waits for a rescue
ABANDONED = 1.0  # hours after which such a file is of no more use
SPARE = GIGABYTE  # of the disk, which uploads leave to the rest of the computer
_OWNER = re.compile(r"[0-9a-f]{32}")
_IDENTIFIER = re.compile(r"upload-[0-9a-f]{32}")
_reserving = threading.Lock()


@dataclass(frozen=True)
class Upload:
    """A file that is wholly there.

    Attributes
    ----------
    identifier : str
        Names it to its owner, and to nobody else.
    path : Path
        Inside the hidden folder until `Uploads.publish`.
    """

    identifier: str
    path: Path


class UploadRefusedError(DatastackError):
    """An upload that is too large, or for which there is no room."""


class Uploads:
    """All uploads of all visitors.

    Parameters
    ----------
    folder : Path
        Made when the first upload comes, readable by this user of the computer only.
    limit : int
        Bytes of the largest file taken.
    quota : int
        Bytes of all uploads together.
    hours : float
        How long an upload stays after it was last opened; infinite where it is never removed.
    home : Path, optional
        Where files go after they were looked over, under their own names, instead of staying here.
    """

    def __init__(self, folder: Path, limit: int, quota: int, hours: float, home: Path | None = None) -> None:
        self.folder, self.limit, self.quota, self.hours, self.home = folder, limit, quota, hours, home

    def used(self) -> int:
        """Count the bytes of all uploads, those included that are still arriving."""
        return sum(_size(file) for file in self.folder.glob("*/upload-*/**/*") if file.is_file())

    def check_room(self, size: int) -> None:
        """Raise where there is no room for so many bytes more.

        Raises
        ------
        UploadRefusedError
            In words for the visitor.
        """
        if size > self.limit:
            raise UploadRefusedError(
                f"This file has {_amount(size)}, and at most {_amount(self.limit)} can be uploaded; "
                "ask whoever runs this app to put it into the data folder."
            )
        existing = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
        full = self.used() + size > self.quota or shutil.disk_usage(existing).free < size + SPARE
        if full:
            raise UploadRefusedError(
                f"There is no room for {_amount(size)} more at the moment: all uploads together may take "
                f"{_amount(self.quota)}. Remove uploads that you need no more, or try again later."
            )

    def new_folder(self, owner: str, size: int) -> tuple[str, Path]:
        """Make a folder for something of about so many bytes; give its identifier and path.

        Raises
        ------
        UploadRefusedError
            Where there is no room.
        DatastackError
            Where no folder can be made.
        """
        self.check_room(size)
        identifier = f"upload-{secrets.token_hex(16)}"
        folder = self._of(owner) / identifier
        try:
            for each in (self.folder, folder.parent, folder):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise DatastackError(f"Uploads cannot be kept here: {error.strerror}.") from error
        return identifier, folder

    @contextmanager
    def receive(
        self, owner: str, file_name: str, size: int, beside: str | None = None
    ) -> Iterator["Arrival"]:
        """Take a file in pieces; what is not whole at the end is removed.

        At the end the file waits for `publish`, hidden from `find` and `of`.

        Parameters
        ----------
        owner : str
            Whose it is: 32 hexadecimal digits.
        file_name : str
            As the visitor's computer has it; made harmless.
        size : int
            Bytes that were announced. It counts from the first moment.
        beside : str, optional
            Identifier of an earlier upload of this owner, of which it is the second file.

        Yields
        ------
        Arrival

        Raises
        ------
        UploadRefusedError
            Where it is too large, or other than announced.
        DatastackError
            Where it cannot be written, or there is no such earlier upload.
        """
        name = safe_name(file_name)
        with _reserving:
            if beside is None:
                identifier, folder = self.new_folder(owner, size)
            else:
                identifier, folder = beside, self._folder(owner, beside)
                if not any((folder / ARRIVING).glob("*")):
                    raise _gone()
                self.check_room(size)
            waiting = folder / ARRIVING / name
            try:
                waiting.parent.mkdir(mode=0o700, exist_ok=True)
                file = _reserve(waiting, size)
            except OSError as error:
                raise DatastackError(f"{name} cannot be kept: {error.strerror}.") from error
        arrival = Arrival(Upload(identifier, waiting), file, size)
        try:
            with file:
                yield arrival
            arrival.check_whole()
        except BaseException as error:
            waiting.unlink(missing_ok=True)
            with suppress(OSError):  # the first file of the upload may be there
                waiting.parent.rmdir()
                folder.rmdir()
            if isinstance(error, OSError):
                raise DatastackError(f"{name} cannot be kept: {error.strerror}.") from error
            raise

    def publish(self, upload: Upload) -> Upload:
        """Give the files of an upload that was looked over their place, where its owner finds them.

        Parameters
        ----------
        upload : Upload
            As it arrived; all files that wait beside it go along.

        Returns
        -------
        Upload
            With the file's final path; its identifier is that path inside the data folder where files do not
            stay here.

        Raises
        ------
        DatastackError
            Where that cannot be done.
        """
        waiting = upload.path.parent
        try:
            if self.home is not None:
                return self._moved_home(upload, self.home)
            for file in sorted(waiting.iterdir()):  # .raw before .rpl, by which a raw scan is found
                os.replace(file, waiting.parent / file.name)
            waiting.rmdir()
        except OSError as error:
            raise DatastackError(f"{upload.path.name} cannot be kept: {error.strerror}.") from error
        return Upload(upload.identifier, waiting.parent / upload.path.name)

    def _moved_home(self, upload: Upload, home: Path) -> Upload:
        waiting = upload.path.parent
        files = sorted(waiting.iterdir())
        with _reserving:
            found = home / upload.path.name
            if len(files) > 1 or not found.is_file() or not filecmp.cmp(found, upload.path, shallow=False):
                number = free_number(home, [file.name for file in files])
                for file in files:
                    _move(file, home / numbered(file.name, number))
                found = home / numbered(upload.path.name, number)
        shutil.rmtree(waiting.parent, ignore_errors=True)
        return Upload(found.name, found)

    def removal(self, path: Path) -> float:
        """Return when an upload is removed unless it is opened before, in seconds since 1970."""
        if math.isinf(self.hours) or not self.owns(path):
            return math.inf
        return path.parent.stat().st_mtime + self.hours * HOUR

    def find(self, owner: str, identifier: str, *endings: str) -> Path:
        """Return the file of an upload whose name ends in one of these, and note that it is in use.

        Raises
        ------
        DatastackError
            Where this owner has no such upload.
        """
        folder = self._folder(owner, identifier)
        files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        found = [path for path in files if path.name.endswith(endings)]
        if not found:
            raise _gone()
        with suppress(OSError):
            os.utime(folder)
        return found[0]

    def set_aside(self, upload: Upload) -> None:
        """Put away a file that cannot be opened, until it is rescued or an hour has passed."""
        waiting = upload.path.parent
        upload.path.rename(waiting.parent / (upload.path.name + BROKEN))
        with suppress(OSError):
            waiting.rmdir()

    def of(self, owner: str, ending: str) -> list[Upload]:
        """List what this owner has uploaded, the newest first, as far as its names end so."""
        found = []
        for folder in self._of(owner).glob("upload-*"):
            with suppress(OSError):
                kept = sorted(path for path in folder.glob(f"*{ending}") if not path.name.startswith("."))
                found += [(folder.stat().st_mtime, Upload(folder.name, path)) for path in kept[:1]]
        return [upload for _, upload in sorted(found, key=lambda pair: -pair[0])]

    def remove(self, owner: str, identifier: str) -> None:
        """Remove an upload; one that is gone already is no error."""
        with suppress(DatastackError):
            shutil.rmtree(self._folder(owner, identifier), ignore_errors=True)

    def remove_all(self, owner: str) -> None:
        """Remove all uploads of a visitor."""
        shutil.rmtree(self._of(owner), ignore_errors=True)

    def owns(self, path: Path) -> bool:
        """Whether a file lies in the folder of an upload."""
        return path.is_relative_to(self.folder)

    def discard(self, path: Path) -> None:
        """Remove the upload that a file belongs to; other files are never touched."""
        parts = path.relative_to(self.folder).parts if self.owns(path) else ()
        if len(parts) > 2 and _OWNER.fullmatch(parts[0]) and is_upload(parts[1]):
            shutil.rmtree(self.folder / parts[0] / parts[1], ignore_errors=True)

    def tidy(self, now: float | None = None) -> int:
        """Remove what nobody has opened for too long, and what never became whole; give how many.

        Parameters
        ----------
        now : float, optional
            Seconds since 1970; the clock's time by default.
        """
        now = time.time() if now is None else now
        removed = 0
        for folder in self.folder.glob("*/upload-*"):
            with suppress(OSError):
                if now - folder.stat().st_mtime > self.hours * HOUR:
                    shutil.rmtree(folder)
                    removed += 1
                    continue
                removed += _remove_abandoned(folder, now)
        for owner in self.folder.glob("*"):
            with suppress(OSError):  # one that still holds something stays
                owner.rmdir()
        return removed

    def _folder(self, owner: str, identifier: str) -> Path:
        folder = self._of(owner) / identifier
        if not is_upload(identifier) or not folder.is_dir():
            raise _gone()
        return folder

    def _of(self, owner: str) -> Path:
        if not _OWNER.fullmatch(owner):
            raise ValueError("an owner is 32 hexadecimal digits")
        return self.folder / owner


class Arrival:
    """A file that is arriving.

    Attributes
    ----------
    upload : Upload
        What it will be; the path is there only when it is whole.
    """

    def __init__(self, upload: Upload, file: BinaryIO, size: int) -> None:
        self.upload = upload
        self._file, self._size, self._written = file, size, 0

    def write(self, piece: bytes | memoryview) -> None:
        """Add some bytes.

        Raises
        ------
        UploadRefusedError
            Where they are more than announced.
        """
        self._written += len(piece)
        if self._written > self._size:
            raise UploadRefusedError("More arrived than was announced; please upload the file again.")
        self._file.write(piece)

    def check_whole(self) -> None:
        """Raise where less has arrived than announced."""
        if self._written < self._size:
            raise UploadRefusedError("The upload ended before the file was whole; please upload it again.")


def is_upload(identifier: str) -> bool:
    """Whether an identifier is that of an upload."""
    return bool(_IDENTIFIER.fullmatch(identifier))


def _reserve(path: Path, size: int) -> BinaryIO:
    file = open(path, "xb")  # noqa: SIM115 - the caller closes it
    file.truncate(size)
    return file


def _move(file: Path, to: Path) -> None:
    """Move a file to a name that nothing has; fails where another program was faster."""
    with open(to, "xb"):
        pass
    os.replace(file, to)


def _remove_abandoned(folder: Path, now: float) -> int:
    """Remove what waits in an upload's folder for too long; an empty folder too."""

    def is_old(path: Path) -> bool:
        return now - path.stat().st_mtime > ABANDONED * HOUR

    waiting = folder / ARRIVING
    is_empty = is_old(folder) and not any(folder.iterdir())
    abandoned = [path for path in folder.glob(f"*{BROKEN}") if is_old(path)]
    arrived = list(waiting.glob("*"))
    if waiting.is_dir() and is_old(waiting) and all(map(is_old, arrived)):
        abandoned += arrived
    for path in abandoned:
        path.unlink()
    with suppress(OSError):  # one that still holds something stays
        if is_old(waiting) and abandoned:
            waiting.rmdir()
        if is_empty or abandoned:
            folder.rmdir()
    return len(abandoned)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _gone() -> DatastackError:
    return DatastackError("This upload is not here any more; please upload the file again.")


def _amount(size: int) -> str:
    return f"{size / GIGABYTE:.3g} GB" if size >= GIGABYTE else f"{size / 1e6:.3g} MB"
