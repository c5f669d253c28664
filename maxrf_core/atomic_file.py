"""What do HDF5 and zip get in place of a file, to change it or to read it while another changes it?"""

import errno
import io
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maxrf_core import journal
from maxrf_core.errors import DatastackError
from maxrf_core.journal import HEADER_SIZE, Change, Journal, fingerprint, journal_path

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PAGE = 4096  # bytes; what is held back is held in pages of this size
CLOCK_STEP = 1000  # nanoseconds by which two states of a file differ in time at least
FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
PathLike = str | os.PathLike[str]


class FileChangedError(DatastackError):
    """A file was changed while it was being read; reading it again gives its new state."""


class _Positioned(io.RawIOBase):
    """What reading and changing share: a position, and reads that are short only at the end of the file."""

    _position = 0
    _file: io.FileIO | None = None

    def _length(self) -> int:
        raise NotImplementedError

    def _bytes(self, offset: int, length: int) -> bytearray:
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = (0, self._position, self._length())[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._position = start + offset
        return self._position

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        length = max(0, min(len(target), self._length() - self._position))
        data = self._bytes(self._position, length)
        target[: len(data)] = data
        self._position += len(data)
        return len(data)


class AtomicFile(_Positioned):
    """An existing file opened for a change that reaches the disk wholly, by `commit`, or not at all.

    It is what `h5py.File` and `zipfile.ZipFile` take in place of a file, and behaves like one that was opened
    with mode ``"r+b"``. The caller holds the file's lock; `changing` does all of it.

    Parameters
    ----------
    path : path_like
        The file, which has been recovered.

    Attributes
    ----------
    failure : BaseException or None
        The first thing that went wrong in writing. It is *not* raised by `write`, because HDF5 crashes the
        process when a write fails: from then on everything is kept in memory, and `check` and `commit` raise.

    Notes
    -----
    One thread at a time may use it. What it holds back stays in memory: some kilobytes for what HDF5 rewrites
    in an append, the table of contents for a zip file.
    """

    _file: io.FileIO
    _journal: io.FileIO | None = None

    def __init__(self, path: PathLike) -> None:
        self._path = real_path(path)
        self._file = io.FileIO(self._path, "r+")
        status = os.fstat(self._file.fileno())
        self._before = Journal(status.st_size, status.st_mtime_ns, fingerprint(self._file, status.st_size))
        self._inode = status.st_ino
        self._size = status.st_size
        # Cut off and lengthened again, a file reads as zeros from the cut to its committed end.
        self._valid = status.st_size
        # Pages are counted from the committed end: those that are held back have negative numbers.
        self._pages: dict[int, bytearray] = {}
        self._sealed = False
        self.failure: BaseException | None = None

    def writable(self) -> bool:
        """Tell that the file can be written: always."""
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
        """Make the file `size` bytes long (the position, if not given); what is new reads as zeros."""
        self._check_open()
        size = self._position if size is None else size
        if size != self._size:
            self._done(self._resize, size)
            self._size = size
        return size

    def check(self) -> None:
        """Raise what has gone wrong so far, so that long work need not go on to its end in vain.

        Raises
        ------
        DatastackError
            Where the disk is full or refused a write.
        """
        if isinstance(self.failure, OSError):
            raise unchanged(self._path, self.failure) from self.failure
        if self.failure is not None:
            raise self.failure

    def commit(self) -> None:
        """Make the change lasting and close the file.

        Raises
        ------
        DatastackError
            Where that failed: the file is as it was, or its journal is whole and `recover` will finish.
        """
        self._check_open()
        self.check()
        if not self._pages and self._journal is None and self._size == self._before.size:
            self.close()
            return
        try:
            whole = self._seal()
        except OSError as error:
            raise unchanged(self._path, error) from error
        try:
            journal.finish(self._path, self._file, whole)
        except OSError as error:
            raise DatastackError(
                f"The change of {self._path.name} is safe on the disk but could not be put in place "
                f"({error.strerror}); that will be done when the file is next changed."
            ) from error
        finally:
            self.close()

    def abort(self) -> None:
        """Leave the file as it was, and close it. After a commit there is nothing to abort."""
        if not self.closed and self._journal is not None and not self._sealed:
            # A journal whose last write was told to have failed may still be whole: it must not count.
            journal.disk.truncate(self._journal, HEADER_SIZE)
            journal.disk.sync(self._journal)
            self._journal.close()
            journal.undo(self._path, self._file, self._before)
        self.close()

    def close(self) -> None:
        """Let go of the file without commit or abort, as a kill would; `recover` then restores it."""
        if self._journal is not None:
            self._journal.close()
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
        """Do a write; False if it fails or an earlier one did: then its bytes must be kept in memory."""
        if self.failure is None:
            try:
                work(*arguments)
            except BaseException as error:  # an exception that leaves through HDF5 would crash the process
                self.failure = error
        return self.failure is None

    def _begin(self) -> None:
        """Put the journal's header on the disk, before anything else is changed."""
        if self._journal is None:
            self._journal = journal.disk.create(journal_path(self._path))
            journal.disk.write(self._journal, 0, self._before.header())
            journal.disk.sync(self._journal)
            journal.disk.sync_folder(self._path.parent)

    def _seal(self) -> Journal:
        """Make the journal whole; from its last byte on, the change is done."""
        if os.stat(self._path).st_ino != self._inode:
            raise DatastackError(
                f"{self._path.name} was replaced by another file while it was being changed; the new file is "
                "untouched, so make the change again if it is still wanted."
            )
        self._begin()
        assert self._journal is not None
        journal.disk.sync(self._file)
        whole = replace(self._before, change=self._change())
        journal.disk.write(self._journal, HEADER_SIZE, whole.body())
        journal.disk.sync(self._journal)
        self._sealed = True
        self._journal.close()
        return whole

    def _change(self) -> Change:
        kept = min(self._size, self._before.size)
        if self._valid < kept:  # cut off and lengthened again: the zeros must be written too
            for number in self._numbers(self._valid, kept):
                self._page(number)
        records = []
        for number, page in sorted(self._pages.items()):
            start = self._start(number)
            low, high = max(0, start), min(start + PAGE, kept)
            if low < high:
                records.append((low, bytes(page[low - start : high - start])))
        modified = max(time.time_ns(), self._before.modified + CLOCK_STEP)
        return Change(self._size, modified, fingerprint(self._file, kept, records), tuple(records))

    def _put(self, offset: int, data: memoryview) -> None:
        below = max(0, min(len(data), self._before.size - offset))
        if below:
            self._hold(offset, data[:below])
        if below < len(data):
            self._begin()
            journal.disk.write(self._file, offset + below, data[below:])

    def _resize(self, size: int) -> None:
        committed = self._before.size
        if max(size, self._size) > committed:
            self._begin()
            journal.disk.truncate(self._file, max(size, committed))
        self._valid = min(self._valid, size)
        for number, page in self._pages.items():
            start = max(0, size - self._start(number))
            page[start:] = bytes(len(page[start:]))

    def _start(self, page: int) -> int:
        return self._before.size + page * PAGE

    def _numbers(self, low: int, high: int) -> range:
        """List the pages that hold the bytes from `low` to `high`."""
        committed = self._before.size
        return range((low - committed) // PAGE, -((committed - high) // PAGE))

    def _page(self, number: int) -> bytearray:
        if number not in self._pages:
            start = self._start(number)
            low = max(0, start)
            self._pages[number] = bytearray(low - start) + self._stored(low, start + PAGE - low)
        return self._pages[number]

    def _hold(self, offset: int, data: memoryview) -> None:
        for number in self._numbers(offset, offset + len(data)):
            journal.patch(self._page(number), self._start(number), [(offset, data)])

    def _stored(self, offset: int, length: int) -> bytearray:
        """Read from the disk; zeros where it holds nothing, or nothing that still counts."""
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


class CommittedView(_Positioned):
    """The committed state of a file, read-only, while others may be changing it.

    Parameters
    ----------
    path : path_like
        The file.

    Attributes
    ----------
    generation : tuple
        The state that is shown, see `generation`.

    Notes
    -----
    What an unfinished change has added is not shown; what a whole journal is about to put in place is. After
    each read it is made sure that the state is still the same: bytes of two states never come together.
    """

    _file: io.FileIO

    def __init__(self, path: PathLike) -> None:
        self._path = real_path(path)
        while True:
            self._file = io.FileIO(self._path)
            self.generation, change = journal.look(self._path)
            if os.fstat(self._file.fileno()).st_ino == self.generation[0]:
                break
            self._file.close()  # replaced between the two
        self._records = change.records if change else ()

    def _length(self) -> int:
        return self.generation[1]

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self._path.name

    def announce(self, places: Iterable[tuple[int, int]]) -> None:
        """Tell the system which bytes (offset, length) are read next, to be fetched all at once."""
        if hasattr(os, "posix_fadvise"):
            for offset, length in places:
                os.posix_fadvise(self._file.fileno(), offset, length, os.POSIX_FADV_WILLNEED)

    def unchecked(self, offset: int, length: int) -> bytes | bytearray:
        """Read bytes that count only once a later `check` has passed: for many small reads in a row."""
        if not self._records and hasattr(os, "pread"):
            return os.pread(self._file.fileno(), length, offset)
        return self._patched(offset, length)

    def check(self) -> None:
        """Make sure that all that was read belongs to one state of the file.

        Raises
        ------
        FileChangedError
            Where somebody has changed it meanwhile.
        """
        if journal.look(self._path)[0] != self.generation:
            raise FileChangedError(f"{self._path.name} was changed while it was being read; read it again.")

    def _bytes(self, offset: int, length: int) -> bytearray:
        data = self._patched(offset, length)
        self.check()
        return data

    def _patched(self, offset: int, length: int) -> bytearray:
        data = journal.read_at(self._file, offset, length)
        journal.patch(data, offset, self._records)
        return data


def real_path(path: PathLike) -> Path:
    """Follow links, so that all names of a file share one lock and one journal."""
    return Path(os.path.realpath(path))


def unchanged(path: Path, error: OSError) -> DatastackError:
    """Say that a change failed and the file is as it was."""
    if error.errno in FULL:
        return DatastackError(
            f"There is no room on the disk to change {path.name}, which is as it was before; "
            "free some space and try again."
        )
    return DatastackError(f"{path.name} could not be changed ({error.strerror}) and is as it was before.")
