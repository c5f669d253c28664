"""The file object of an atomic change, used by HDF5 and zip in place of a file."""

import errno
import io
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maxrf_core.atomic import journal, locks
from maxrf_core.atomic.committed import PathLike, Positioned, real_path
from maxrf_core.atomic.journal import (
    HEADER_SIZE,
    Change,
    Journal,
    fingerprint,
    fingerprint_after,
    journal_path,
)
from maxrf_core.errors import DatastackError
from maxrf_core.language import _

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PAGE = 4096  # bytes of a page held in memory
CLOCK_STEP = 1000  # nanoseconds; smallest difference between the times of two states
FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


class AtomicFile(Positioned):
    """An existing file opened for an atomic change: `commit` makes all of it permanent, `abort` nothing.

    `h5py.File` and `zipfile.ZipFile` accept it as a file opened with mode ``"r+b"``. The caller holds the
    file's lock; use `changing`, which does both.

    Parameters
    ----------
    path : path_like
        The file, after `recover`.

    Attributes
    ----------
    failure : BaseException or None
        The first failure of a write. It is *not* raised by `write`, because HDF5 crashes if a write fails:
        after it all bytes are kept in memory, and `check` and `commit` raise.

    Notes
    -----
    One thread at a time may use it. Replacing bytes, and those that they replace, stay in memory: some
    kilobytes when HDF5 appends, the central directory of a zip file.

    While it is open the file has HDF5's shared lock: other programs may read the file, not write to it.
    Programs that do not use locks are detected by the file's length, its ends, and the bytes to be replaced.
    """

    _file: io.FileIO
    _journal: io.FileIO | None = None

    def __init__(self, path: PathLike) -> None:
        self._path = real_path(path)
        self._file = io.FileIO(self._path, "r+")
        try:
            locks.lock_shared(self._file.fileno(), self._path.name)
        except BaseException:
            self._file.close()
            raise
        status = os.fstat(self._file.fileno())
        self._before = Journal(status.st_size, status.st_mtime_ns, fingerprint(self._file, status.st_size))
        self._size = status.st_size
        self._disk_size = status.st_size  # unless another program writes to it
        # A file that was truncated and extended reads as zeros from the cut to its committed end.
        self._valid = status.st_size
        # Pages are counted from the committed end: those that replace bytes have negative numbers.
        self._pages: dict[int, bytearray] = {}
        self._replaced: dict[int, bytearray] = {}  # the bytes on disk that they replace
        self._sealed = False
        self.failure: BaseException | None = None

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: "ReadableBuffer") -> int:
        """Write at the position; all bytes are taken."""
        self._check_open()
        view = memoryview(data).cast("B")
        end = self._position + len(view)
        if len(view):
            if not self._done(self._put, self._position, view):
                self._hold(self._position, view)
            self._size = max(self._size, end)
        self._position = end
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Set the file's size (by default to the position); new bytes are zeros."""
        self._check_open()
        size = self._position if size is None else size
        if size != self._size:
            self._done(self._resize, size)
            self._size = size
        return size

    def check(self) -> None:
        """Raise the failure of an earlier write, so that long work can stop.

        Raises
        ------
        DatastackError
            If the disk is full or refused a write.
        """
        if isinstance(self.failure, OSError):
            raise failed_change(self._path, self.failure) from self.failure
        if self.failure is not None:
            raise self.failure

    def commit(self) -> None:
        """Make the change permanent and close the file.

        Raises
        ------
        DatastackError
            If that failed: the file is as it was, or its journal is complete and `recover` will finish; or if
            another program has replaced the file or written to it meanwhile.
        """
        self._check_open()
        self.check()
        if not self._pages and self._journal is None and self._size == self._before.size:
            self.close()
            return
        try:
            whole = self._seal()
        except OSError as error:
            raise failed_change(self._path, error) from error
        try:
            journal.finish(self._path, self._file, whole)
            assert whole.change is not None
            self._check_kept(whole.change)
        except OSError as error:
            raise DatastackError(
                _(
                    "The change of {name} is safe on the disk but could not be put in place "
                    "({reason}); that will be done when the file is next changed."
                ).format(name=self._path.name, reason=error.strerror)
            ) from error
        finally:
            self.close()

    def abort(self) -> None:
        """Leave the file as it was, and close it; without effect after a commit."""
        if not self.closed and self._journal is not None and not self._sealed:
            # A journal whose last write failed may still be complete: invalidate it.
            journal.disk.truncate(self._journal, HEADER_SIZE)
            journal.disk.sync(self._journal)
            self._journal.close()
            if self._before.belongs_to(self._file):
                journal.undo(self._path, self._file, self._before)
            else:  # another program has written to it: do not truncate
                journal.remove_journal(self._path)
        self.close()

    def close(self) -> None:
        """Close the file without commit or abort, as a kill would; `recover` then restores it."""
        if self._journal is not None:
            self._journal.close()
        if not self._file.closed:
            locks.unlock(self._file.fileno())
        super().close()

    def __exit__(self, kind: Any, *_: Any) -> None:
        """Commit, or abort after an exception."""
        if kind is None:
            try:
                self.commit()
            except BaseException:
                self.abort()
                raise
        else:
            self.abort()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError(f"{self._path.name} is closed: its change is over.")

    def _length(self) -> int:
        return self._size

    def _done(self, work: Callable[..., None], *arguments: Any) -> bool:
        """Run a write; return False if this or an earlier one failed, and its bytes must stay in memory."""
        if self.failure is None:
            try:
                work(*arguments)
            except BaseException as error:  # an exception passing through HDF5 would crash the process
                self.failure = error
        return self.failure is None

    def _begin(self) -> None:
        """Write the journal's header to disk, before any other change."""
        if self._journal is None:
            self._journal = journal.disk.create(journal_path(self._path))
            locks.copy_permissions(self._journal.fileno(), os.fstat(self._file.fileno()))
            journal.disk.write(self._journal, 0, self._before.header())
            journal.disk.sync(self._journal)
            journal.disk.sync_folder(self._path.parent)

    def _seal(self) -> Journal:
        """Complete the journal; once its last byte is on disk, the change is committed."""
        self._check_name()
        self._begin()
        assert self._journal is not None
        journal.disk.sync(self._file)
        self._check_untouched()
        whole = replace(self._before, change=self._change())
        journal.disk.write(self._journal, HEADER_SIZE, whole.body())
        journal.disk.sync(self._journal)
        self._sealed = True
        self._journal.close()
        return whole

    def _check_name(self) -> None:
        """Check that the path still leads to this file."""
        if not locks.is_same_file(self._path, self._file.fileno()):
            what = _("replaced by another file") if self._path.exists() else _("removed or renamed")
            raise DatastackError(
                _(
                    "{name} was {what} while it was being changed; what is there now is untouched, so "
                    "make the change again if it is still wanted."
                ).format(name=self._path.name, what=what)
            )

    def _check_size(self) -> None:
        """Check that no other program has truncated or extended the file."""
        if os.fstat(self._file.fileno()).st_size != self._disk_size:
            raise self._written_by_another()

    def _check_untouched(self) -> None:
        """Check by length, ends and replaced bytes that no other program has written to the file."""
        self._check_size()
        if fingerprint(self._file, self._before.size) != self._before.fingerprint or any(
            journal.read_at(self._file, max(0, self._start(number)), len(old)) != old
            for number, old in self._replaced.items()
        ):
            raise self._written_by_another()

    def _written_by_another(self) -> DatastackError:
        return DatastackError(
            _(
                "{name} was written to by another program while it was being changed; the change was "
                "cancelled, so check that the file is intact before making it again."
            ).format(name=self._path.name)
        )

    def _check_kept(self, change: Change) -> None:
        """Check that the file's path leads to the changed file."""
        if self._file.closed:  # on Windows, which does not replace open files
            return
        size = os.fstat(self._file.fileno()).st_size
        mark = fingerprint_after(self._file, self._before.size, change.size, ())
        if not locks.is_same_file(self._path, self._file.fileno()) or (size, mark) != (
            change.size,
            change.fingerprint,
        ):
            raise DatastackError(
                _(
                    "{name} was replaced or rewritten by another program while it was being changed; "
                    "check that what was added is there, and add it again if it is not."
                ).format(name=self._path.name)
            )

    def _change(self) -> Change:
        kept = min(self._size, self._before.size)
        if self._valid < kept:  # truncated and extended: write the zeros, too
            for number in self._numbers(self._valid, kept):
                self._page(number)
        records, replaced = [], []
        for number, page in sorted(self._pages.items()):
            start = self._start(number)
            low, high = max(0, start), min(start + PAGE, kept)
            if low < high:
                records.append((low, bytes(page[low - start : high - start])))
                replaced.append(bytes(self._replaced[number][: high - low]))
        modified = max(time.time_ns(), self._before.modified + CLOCK_STEP)
        mark = fingerprint_after(self._file, self._before.size, self._size, records)
        return Change(self._size, modified, mark, tuple(records), tuple(replaced))

    def _put(self, offset: int, data: memoryview) -> None:
        below = max(0, min(len(data), self._before.size - offset))
        if below:
            self._hold(offset, data[:below])
        if below < len(data):
            self._begin()
            self._check_size()
            journal.disk.write(self._file, offset + below, data[below:])
            self._disk_size = max(self._disk_size, offset + len(data))

    def _resize(self, size: int) -> None:
        committed = self._before.size
        if max(size, self._size) > committed:
            self._begin()
            self._check_size()
            journal.disk.truncate(self._file, max(size, committed))
            self._disk_size = max(size, committed)
        self._valid = min(self._valid, size)
        for number, page in self._pages.items():
            start = max(0, size - self._start(number))
            page[start:] = bytes(len(page[start:]))

    def _start(self, page: int) -> int:
        return self._before.size + page * PAGE

    def _numbers(self, low: int, high: int) -> range:
        """Return the numbers of the pages that hold the bytes from `low` to `high`."""
        committed = self._before.size
        return range((low - committed) // PAGE, -((committed - high) // PAGE))

    def _page(self, number: int) -> bytearray:
        if number not in self._pages:
            start = self._start(number)
            low = max(0, start)
            self._replaced[number] = journal.read_at(self._file, low, start + PAGE - low)
            self._pages[number] = bytearray(low - start) + self._stored(low, start + PAGE - low)
        return self._pages[number]

    def _hold(self, offset: int, data: memoryview) -> None:
        for number in self._numbers(offset, offset + len(data)):
            journal.patch(self._page(number), self._start(number), [(offset, data)])

    def _stored(self, offset: int, length: int) -> bytearray:
        """Read from the disk; zeros where it holds no valid bytes."""
        data = journal.read_at(self._file, offset, length)
        data.extend(bytes(length - len(data)))
        low, high = max(offset, self._valid), min(offset + length, self._before.size)
        if low < high:
            data[low - offset : high - offset] = bytes(high - low)
        return data

    def _bytes(self, offset: int, length: int) -> bytearray:
        self._check_open()
        data = self._stored(offset, length)
        for number in self._pages.keys() & self._numbers(offset, offset + length):
            journal.patch(data, offset, [(self._start(number), self._pages[number])])
        return data


def failed_change(path: Path, error: OSError) -> DatastackError:
    """Return the exception for a change that failed and left the file as it was."""
    if error.errno in FULL:
        return DatastackError(
            _(
                "There is no room on the disk to change {name}, which is as it was before; free some "
                "space and try again."
            ).format(name=path.name)
        )
    return DatastackError(
        _("{name} could not be changed ({reason}) and is as it was before.").format(
            name=path.name, reason=error.strerror
        )
    )
