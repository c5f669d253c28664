"""The journal of an atomic change, by which a file is completed or restored after a kill.

The journal of ``name.datastack`` is ``name.datastack-journal``. Its header holds the old size of the file,
and is on disk before any other change. Its second part, the change, holds the bytes that replace older ones,
and those older ones, by which the file is recognised. Without the second part, bytes after the old end are
truncated; with it, the change can be applied at any time, and repeatedly, with the same result.
"""

import errno
import hashlib
import logging
import os
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.atomic import locks

MAGIC = b"maxrfjn2"
MAGIC_1 = b"maxrfjn1"  # of earlier journals, without the bytes that are replaced
HEADER = struct.Struct("<8sQq32s")  # magic, committed size, modification time, fingerprint
CHANGE = struct.Struct("<Qq32sQ")  # new size, new modification time, fingerprint after it, number of records
RECORD = struct.Struct("<QQ")  # offset, length; the new bytes follow, and the old ones
DIGEST_SIZE = 32
HEADER_SIZE = HEADER.size + DIGEST_SIZE
EDGE = 4096  # bytes at both ends of a file by which it is recognised
COARSE_CLOCK = 2_000_000_000  # nanoseconds; FAT stores modification times in steps of two seconds

Bytes = bytes | bytearray | memoryview
Record = tuple[int, Bytes]  # offset and the bytes that belong there
Replaced = tuple[bytes, ...]  # for each record the bytes that it replaces
Generation = tuple[int, int, int]  # inode, committed size, modification time
log = logging.getLogger(__name__)


class Disk:
    """All calls that change the disk, so that tests can simulate a power failure at each."""

    def create(self, path: Path) -> FileIO:
        """Create a new empty file."""
        return FileIO(path, "x+")

    def write(self, file: FileIO, offset: int, data: Bytes) -> None:
        """Write all bytes, if necessary in several calls."""
        rest = memoryview(data)
        file.seek(offset)
        while rest:
            rest = rest[_despite_lock(file, file.write, rest) :]

    def truncate(self, file: FileIO, size: int) -> None:
        """Truncate a file, or extend it with zeros."""
        _despite_lock(file, file.truncate, size)

    def sync(self, file: FileIO) -> None:
        """Flush the file's bytes and size to the disk."""
        os.fsync(file.fileno())

    def sync_folder(self, folder: Path) -> None:
        """Flush a folder's list of names to the disk."""
        if os.name == "nt":  # Windows cannot open folders, and does not need it
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # not supported on some network drives
                raise
        finally:
            os.close(descriptor)

    def set_modified(self, path: Path, nanoseconds: int) -> None:
        """Set the modification time; users who do not own the file can only set it to now."""
        try:
            os.utime(path, ns=(nanoseconds, nanoseconds))
        except PermissionError:
            os.utime(path)

    def replace(self, old: Path, new: Path) -> None:
        """Rename a file, replacing one that has the new name."""
        os.replace(old, new)

    def remove(self, path: Path) -> None:
        """Remove a journal, or empty it while Windows refuses because a reader has it open."""
        try:
            path.unlink()
        except PermissionError:
            os.truncate(path, 0)


def _despite_lock(file: FileIO, work: Callable[[Any], int], argument: Any) -> int:
    """Write; without the lock on network drives (SMB) where a shared lock blocks its own holder."""
    try:
        return work(argument)
    except PermissionError:
        locks.unlock(file.fileno())
        return work(argument)


disk = Disk()


@dataclass(frozen=True)
class Change:
    """The new state of a file.

    Attributes
    ----------
    size, modified : int
        Size and modification time in nanoseconds.
    fingerprint : bytes
        Of the file after the change, see `fingerprint`.
    records : tuple of (int, bytes)
        The bytes to write, with their offsets.
    replaced : tuple of bytes or None
        The bytes that each record replaces; None in journals of the first format.
    """

    size: int
    modified: int
    fingerprint: bytes
    records: tuple[Record, ...]
    replaced: Replaced | None = None


@dataclass(frozen=True)
class Journal:
    """Contents of a journal: the old state of the file, and, if it is complete, the change."""

    size: int
    modified: int
    fingerprint: bytes
    change: Change | None = None

    def header(self) -> bytes:
        """Return the bytes of the first part, with its checksum."""
        return _sealed(HEADER.pack(MAGIC, self.size, self.modified, self.fingerprint))

    def body(self) -> bytes:
        """Return the bytes of the second part, which end with the checksum of the whole journal."""
        assert self.change is not None
        assert self.change.replaced is not None
        change = self.change
        parts: list[Bytes] = [
            CHANGE.pack(change.size, change.modified, change.fingerprint, len(change.records))
        ]
        for (offset, data), old in zip(change.records, self.change.replaced, strict=True):
            parts += [RECORD.pack(offset, len(data)), data, old]
        header = self.header()
        return _sealed(header + b"".join(parts))[len(header) :]

    def belongs_to(self, file: FileIO) -> bool:
        """Return True if the journal is that of this file, and not of one that was replaced since.

        Its length and both ends must fit, and the bytes that the change replaces must still be there, or be
        replaced already. A kill may leave a mixture of old and new bytes, so each byte may be either.
        """
        change, length = self.change, os.fstat(file.fileno()).st_size
        if change is None:
            return length >= self.size and fingerprint(file, self.size) == self.fingerprint
        if length not in (change.size, max(self.size, change.size)):
            return False
        if change.replaced is None:
            kept = min(self.size, change.size)
            return fingerprint(file, kept, change.records) == change.fingerprint and self._is_begun(file)
        return fingerprint_after(file, self.size, change.size, change.records) == change.fingerprint and all(
            _is_mixture(read_at(file, offset, len(new)), old, new)
            for (offset, new), old in zip(change.records, change.replaced, strict=True)
        )

    def _is_begun(self, file: FileIO) -> bool:
        """Return True if the file is unchanged or partly changed, as far as the first format shows."""
        assert self.change is not None
        return (
            fingerprint(file, self.size) == self.fingerprint
            or os.fstat(file.fileno()).st_size < self.size
            or any(read_at(file, offset, len(new)) == new for offset, new in self.change.records)
        )

    def generation(self, inode: int) -> Generation:
        """Return the state of the file while this journal exists."""
        state = self.change or self
        return inode, state.size, state.modified


def journal_path(path: Path) -> Path:
    """Return the path of a file's journal."""
    return path.with_name(path.name + "-journal")


def parse(data: bytes) -> Journal | None:
    """Return the journal from its bytes; None if the header is incomplete: nothing has been changed yet."""
    if len(data) < HEADER_SIZE or not data.startswith((MAGIC, MAGIC_1)) or not _is_sealed(data[:HEADER_SIZE]):
        return None
    _, size, modified, mark = HEADER.unpack_from(data)
    change = _parse_change(data) if len(data) > HEADER_SIZE and _is_sealed(data) else None
    return Journal(size, modified, mark, change)


def _parse_change(data: bytes) -> Change:
    size, modified, mark, count = CHANGE.unpack_from(data, HEADER_SIZE)
    place, records, replaced = HEADER_SIZE + CHANGE.size, [], []
    knows_old = data.startswith(MAGIC)
    for _ in range(count):
        offset, length = RECORD.unpack_from(data, place)
        place += RECORD.size
        records.append((offset, data[place : place + length]))
        place += length
        if knows_old:
            replaced.append(data[place : place + length])
            place += length
    return Change(size, modified, mark, tuple(records), tuple(replaced) if knows_old else None)


def _sealed(data: bytes) -> bytes:
    return data + hashlib.sha256(data).digest()


def _is_sealed(data: bytes) -> bool:
    return hashlib.sha256(memoryview(data)[:-DIGEST_SIZE]).digest() == data[-DIGEST_SIZE:]


def read_at(file: FileIO, offset: int, length: int) -> bytearray:
    """Read `length` bytes, fewer only at the end of the file."""
    data, done = bytearray(length), 0
    file.seek(offset)
    while done < length and (count := file.readinto(memoryview(data)[done:])):
        done += count
    return data[:done]


def patch(data: bytearray, start: int, records: Iterable[Record]) -> None:
    """Apply records to bytes that begin at `start` in the file."""
    stop = start + len(data)
    for offset, new in records:
        low, high = max(start, offset), min(stop, offset + len(new))
        if low < high:
            data[low - start : high - start] = memoryview(new)[low - offset : high - offset]


def fingerprint(file: FileIO, size: int, records: Iterable[Record] = ()) -> bytes:
    """Return the hash of both ends of a file's first `size` bytes, after applying `records`."""
    return _hashed(file, _ends(0, size), records)


def fingerprint_after(file: FileIO, size: int, new_size: int, records: Iterable[Record]) -> bytes:
    """Return the hash of both ends of the kept part of a file, and of the part that a change adds."""
    kept = min(size, new_size)
    return _hashed(file, _ends(0, kept) + _ends(kept, new_size), records)


def _ends(start: int, stop: int) -> list[tuple[int, int]]:
    return [(start, min(start + EDGE, stop)), (max(start, stop - EDGE), stop)]


def _hashed(file: FileIO, places: Iterable[tuple[int, int]], records: Iterable[Record]) -> bytes:
    digest = hashlib.sha256()
    for low, high in places:
        data = read_at(file, low, high - low)
        patch(data, low, records)
        digest.update(data)
    return digest.digest()


def _is_mixture(data: Bytes, old: Bytes, new: Bytes) -> bool:
    """Return True if each byte is the old one or the new one.

    Examples
    --------
    >>> _is_mixture(b"abXY", b"abcd", b"WXXY"), _is_mixture(b"ab?Y", b"abcd", b"WXXY")
    (True, False)
    """
    if len(data) != len(old):
        return False
    now, before, after = (np.frombuffer(each, np.uint8) for each in (data, old, new))
    return bool(((now == before) | (now == after)).all())


def committed_state(path: Path) -> tuple[Generation, Change | None]:
    """Return the committed state of a file, and the change to apply to the bytes that are read.

    The journal is read before and after the file is examined: if it is the same, both are consistent.

    Raises
    ------
    OSError
        If there is no such file.
    """
    journal = _load(path)
    while True:
        state = _committed(path, journal)
        again = _load(path)
        if again == journal:
            return state
        journal = again


def _committed(path: Path, journal: Journal | None) -> tuple[Generation, Change | None]:
    if journal is not None:
        with FileIO(path) as file:
            if journal.belongs_to(file):
                return journal.generation(os.fstat(file.fileno()).st_ino), journal.change
    status = os.stat(path)
    return (status.st_ino, status.st_size, status.st_mtime_ns), None


def _load(path: Path) -> Journal | None:
    try:
        with FileIO(journal_path(path)) as file:
            return parse(file.readall())
    except FileNotFoundError:
        return None


def finish(path: Path, file: FileIO, journal: Journal) -> None:
    """Apply the change of a complete journal, and remove the journal. Can be repeated after a kill."""
    change = journal.change
    assert change is not None
    for offset, data in change.records:
        disk.write(file, offset, data)
    if os.fstat(file.fileno()).st_size != change.size:
        disk.truncate(file, change.size)
    if _close(path, file, change.modified) and os.stat(path).st_mtime_ns == journal.modified:
        disk.set_modified(path, journal.modified + COARSE_CLOCK)  # readers must notice the change
    remove_journal(path)


def undo(path: Path, file: FileIO, journal: Journal) -> None:
    """Truncate the file to the committed end, and remove the journal."""
    if os.fstat(file.fileno()).st_size > journal.size:
        disk.truncate(file, journal.size)
    _close(path, file, journal.modified)
    remove_journal(path)


def _close(path: Path, file: FileIO, modified: int) -> bool:
    """Flush a file and set its time; return False if its path leads to another file, which is not touched."""
    disk.sync(file)
    is_same = locks.is_same_file(path, file.fileno())
    if os.name == "nt":
        file.close()  # first, since Windows sets the time on closing
    if is_same:
        disk.set_modified(path, modified)
    return is_same


def remove_journal(path: Path) -> None:
    """Remove the journal of a file.

    If the folder cannot be flushed, the journal may reappear after a power failure. That is only logged: the
    file is correct, and applying the journal again has the same result.
    """
    disk.remove(journal_path(path))
    try:
        disk.sync_folder(path.parent)
    except OSError as error:
        log.warning("the folder of %s could not be flushed: %s", path, error)


def finish_or_undo(path: Path) -> bool:
    """Finish or undo an interrupted change; the caller holds the lock. Return True if there was one."""
    left = journal_path(path)
    data = b""
    with suppress(FileNotFoundError):
        data = left.read_bytes()
    if not left.exists() or not path.exists():
        return False
    journal = parse(data)
    if len(data) < HEADER_SIZE or not _is_sealed(data[:HEADER_SIZE]):  # killed before the file was changed
        remove_journal(path)
        return True
    with FileIO(path, "r+") as file:
        locks.lock_shared(file.fileno(), path.name)
        try:
            _finish_or_undo(path, file, journal)
        finally:
            if not file.closed:
                locks.unlock(file.fileno())
    return True


def _finish_or_undo(path: Path, file: FileIO, journal: Journal | None) -> None:
    left = journal_path(path)
    if journal is None or not journal.belongs_to(file):
        aside = left.with_name(left.name + ".unused")
        disk.replace(left, aside)
        log.warning("%s does not fit %s as it is; it was put aside as %s", left, path.name, aside.name)
    elif journal.change is None:
        undo(path, file, journal)
    else:
        finish(path, file, journal)
