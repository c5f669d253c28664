"""Visitors' uploads: folders, owners, limits and expiry.

Every visitor has a folder of a name that nobody can guess, and in it a folder for each upload. A file arrives
in a hidden folder inside that one, under its own name, and leaves it only after it was checked. The files
are the state; the space that they take is counted by `server.upload_space`.
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
from pathlib import Path

from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.readers import place_in_scan
from maxrf_core.untrusted.limits import bytes_text
from server.file_names import free_number, numbered, safe_name
from server.incoming_file import IncomingFile, Upload
from server.upload_space import Limits, UploadRefusedError, UploadSpace, space_in

HOUR = 3600.0
ARRIVING = ".arriving"  # the folder of files that are incomplete or not yet checked
BROKEN = ".broken"  # of one that cannot be opened, which waits for a rescue
ABANDONED_HOURS = 1.0  # hours after which such a file is of no more use
_OWNER = re.compile(r"[0-9a-f]{32}")
_IDENTIFIER = re.compile(r"upload-[0-9a-f]{32}")
_moving = threading.Lock()


class Uploads:
    """All uploads of all visitors.

    Parameters
    ----------
    folder : Path
        Made when the first upload comes, readable by this user of the computer only.
    limits : Limits
        How much visitors may take.
    hours : float
        How long an upload stays after it was last opened; infinite where it is never removed.
    home : Path, optional
        Where files go after they were checked, under their own names, instead of staying here.
    """

    def __init__(self, folder: Path, limits: Limits, hours: float, home: Path | None = None) -> None:
        self.folder, self.limits, self.hours, self.home = folder, limits, hours, home

    @property
    def space(self) -> UploadSpace:
        """Used and reserved space."""
        return space_in(self.folder)

    def check_space(self, owner: str, size: int) -> None:
        """Raise if a file of so many bytes is refused.

        Raises
        ------
        UploadRefusedError
            In words for the visitor.
        """
        if size == 0:
            raise UploadRefusedError(_("This file is empty; choose another one."))
        if size > self.limits.file:
            words = _(
                "This file has {size}, and at most {limit} can be uploaded; ask whoever runs this app to put "
                "it into the data folder."
            )
            raise UploadRefusedError(words.format(size=bytes_text(size), limit=bytes_text(self.limits.file)))
        self.space.check(owner, size, self.limits)

    @contextmanager
    def reserve_new(self, owner: str, size: int) -> Iterator[tuple[str, Path]]:
        """Reserve space for a file that is made here, of at most so many bytes.

        Yields
        ------
        identifier : str
        folder : Path
            A new one; it goes again if nothing is in it at the end.

        Raises
        ------
        UploadRefusedError
            If there is no space.
        DatastackError
            If no folder can be made.
        """
        identifier = _new_identifier()
        self.space.reserve((owner, identifier), size, self.limits, in_advance=True)
        try:
            folder = self._new_folder(owner, identifier)
            yield identifier, folder
        finally:
            with suppress(OSError):  # it holds something
                (self._of(owner) / identifier).rmdir()
            self.space.release((owner, identifier))

    @contextmanager
    def reserve_growth(self, path: Path, size: int) -> Iterator[None]:
        """Reserve space while a file grows, or is rewritten, by at most so many bytes.

        Parameters
        ----------
        path : Path
            Of an upload, which counts for its owner, or elsewhere on the disk.
        size : int

        Raises
        ------
        UploadRefusedError
            If there is no space.
        """
        key = self._key_of(path)
        if key is None:
            key = "", _new_identifier()
            self.space.reserve_disk(key, size)
        else:
            self.space.reserve(key, size, self.limits, in_advance=True)
        try:
            yield
        finally:
            self.space.release(key)

    @contextmanager
    def receive(
        self, owner: str, file_name: str, size: int, beside: str | None = None
    ) -> Iterator["IncomingFile"]:
        """Receive a file in pieces; an incomplete file is removed at the end.

        At the end the file waits for `publish`, hidden from `find` and `of`.

        Parameters
        ----------
        owner : str
            Whose it is: 32 hexadecimal digits.
        file_name : str
            As the visitor's computer has it; made harmless.
        size : int
            Bytes that were announced. Space is reserved as they arrive.
        beside : str, optional
            Identifier of an earlier upload of this owner, of which it is the second file.

        Yields
        ------
        IncomingFile

        Raises
        ------
        UploadRefusedError
            If it is too large, or other than announced.
        DatastackError
            If it cannot be written, or there is no such earlier upload.
        """
        name = safe_name(file_name)
        self.check_space(owner, size)
        identifier = _new_identifier() if beside is None else beside
        folder, key = self._of(owner) / identifier, (owner, identifier)
        if beside is not None and not any((self._folder(owner, beside) / ARRIVING).glob("*")):
            raise _gone()
        with self.space.arriving(owner):
            self.space.reserve(key, 0, self.limits)
            try:
                if beside is None:
                    self._new_folder(owner, identifier)
                yield from self._arrive(Upload(identifier, folder / ARRIVING / name), key, size)
            finally:
                self.space.release(key)

    def _arrive(self, upload: Upload, key: tuple[str, str], size: int) -> Iterator[IncomingFile]:
        waiting = upload.path
        try:
            waiting.parent.mkdir(mode=0o700, exist_ok=True)
            with open(waiting, "xb") as file:
                arrival = IncomingFile(
                    upload, file, size, lambda more: self.space.reserve(key, more, self.limits)
                )
                yield arrival
            arrival.check_whole()
        except FileExistsError as error:  # another one that is arriving
            raise DatastackError(_("{name} is arriving already.").format(name=waiting.name)) from error
        except BaseException as error:
            waiting.unlink(missing_ok=True)
            with suppress(OSError):  # the first file of the upload may be there
                waiting.parent.rmdir()
                waiting.parent.parent.rmdir()
            if isinstance(error, OSError):
                raise _not_kept(waiting, error) from error
            raise

    def publish(self, upload: Upload) -> Upload:
        """Move the files of a checked upload to their place, where its owner finds them.

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
            If that cannot be done.
        """
        waiting = upload.path.parent
        try:
            if self.home is not None:
                return self._moved_home(upload, self.home)
            for file in _first_file_last(waiting):
                os.replace(file, waiting.parent / file.name)
            waiting.rmdir()
        except OSError as error:
            raise _not_kept(upload.path, error) from error
        return Upload(upload.identifier, waiting.parent / upload.path.name)

    def _moved_home(self, upload: Upload, home: Path) -> Upload:
        waiting = upload.path.parent
        files = _first_file_last(waiting)
        with _moving:
            found = home / upload.path.name
            if len(files) > 1 or not found.is_file() or not filecmp.cmp(found, upload.path, shallow=False):
                number = free_number(home, [file.name for file in files])
                for file in files:
                    _move(file, home / numbered(file.name, number))
                found = home / numbered(upload.path.name, number)
        self.discard(upload.path)
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
            If this owner has no such upload.
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
        """Set aside a file that cannot be opened, until it is rescued or an hour has passed."""
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
        return [upload for _time, upload in sorted(found, key=lambda pair: -pair[0])]

    def remove(self, owner: str, identifier: str) -> None:
        """Remove an upload; one that is gone already is no error."""
        with suppress(DatastackError):
            self._remove((owner, identifier), self._folder(owner, identifier))

    def remove_all(self, owner: str) -> None:
        """Remove all uploads of a visitor."""
        for folder in self._of(owner).glob("upload-*"):
            self._remove((owner, folder.name), folder)

    def owns(self, path: Path) -> bool:
        """Return True if a file lies in the folder of an upload."""
        return path.is_relative_to(self.folder)

    def discard(self, path: Path) -> None:
        """Remove the upload that a file belongs to; other files are never touched."""
        key = self._key_of(path)
        if key is not None:
            self._remove(key, self.folder.joinpath(*key))

    def _key_of(self, path: Path) -> tuple[str, str] | None:
        """Return owner and identifier of the upload that a file belongs to."""
        parts = path.relative_to(self.folder).parts if self.owns(path) else ()
        if len(parts) > 2 and _OWNER.fullmatch(parts[0]) and is_upload(parts[1]):
            return parts[0], parts[1]
        return None

    def _remove(self, key: tuple[str, str], folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.space.release(key)

    def remove_expired(self, now: float | None = None) -> int:
        """Remove expired and incomplete uploads; return their number.

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
        self.space.measure()
        return removed

    def _new_folder(self, owner: str, identifier: str) -> Path:
        folder = self._of(owner) / identifier
        try:
            for each in (self.folder, folder.parent, folder):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            words = _("Uploads cannot be kept here: {reason}.")
            raise DatastackError(words.format(reason=error.strerror)) from error
        return folder

    def _folder(self, owner: str, identifier: str) -> Path:
        folder = self._of(owner) / identifier
        if not is_upload(identifier) or not folder.is_dir():
            raise _gone()
        return folder

    def _of(self, owner: str) -> Path:
        if not _OWNER.fullmatch(owner):
            raise ValueError("an owner is 32 hexadecimal digits")
        return self.folder / owner


def _first_file_last(folder: Path) -> list[Path]:
    """Return the files of a folder in the order of their moving: a scan is listed by its first file."""
    return sorted(folder.iterdir(), key=lambda file: (-place_in_scan(file), file.name))


def is_upload(identifier: str) -> bool:
    """Return True if an identifier is that of an upload."""
    return bool(_IDENTIFIER.fullmatch(identifier))


def _new_identifier() -> str:
    return f"upload-{secrets.token_hex(16)}"


def _move(file: Path, to: Path) -> None:
    """Move a file to a name that nothing has; fails where another program was faster."""
    with open(to, "xb"):
        pass
    os.replace(file, to)


def _remove_abandoned(folder: Path, now: float) -> int:
    """Remove what waits in an upload's folder for too long; an empty folder too."""

    def is_old(path: Path) -> bool:
        return now - path.stat().st_mtime > ABANDONED_HOURS * HOUR

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


def _not_kept(path: Path, error: OSError) -> DatastackError:
    words = _("{name:.80} cannot be kept: {reason}.")
    return DatastackError(words.format(name=path.name, reason=error.strerror))


def _gone() -> DatastackError:
    return DatastackError(_("This upload is not here any more; please upload the file again."))
