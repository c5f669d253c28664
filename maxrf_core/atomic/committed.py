"""Reading of a file's committed state while another program may be changing it."""

import errno
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from maxrf_core.atomic import journal, locks
from maxrf_core.atomic.journal import journal_path
from maxrf_core.errors import DatastackError
from maxrf_core.language import _

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PathLike = str | os.PathLike[str]


class FileChangedError(DatastackError):
    """A file was changed while it was read; reading it again returns its new state."""


class Positioned(io.RawIOBase):
    """A file object with a position; reads are short only at the end of the file."""

    _position = 0
    _file: io.FileIO | None = None

    def _length(self) -> int:
        raise NotImplementedError

    def _bytes(self, offset: int, length: int) -> bytearray:
        raise NotImplementedError

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Set the position, and return it."""
        start = (0, self._position, self._length())[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._position = start + offset
        return self._position

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        super().close()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read into a buffer, and return the number of bytes."""
        target = memoryview(buffer).cast("B")
        length = max(0, min(len(target), self._length() - self._position))
        data = self._bytes(self._position, length)
        target[: len(data)] = data
        self._position += len(data)
        return len(data)


def real_path(path: PathLike) -> Path:
    """Return the path of a file beside which its journal lies, with all links resolved.

    Of several names in its folder (hard links) it is the one with a journal, or the first.
    """
    real = Path(os.path.realpath(path))
    try:
        names = locks.names_of(real)
    except OSError:  # no such file, or no access
        return real
    return next((name for name in names if journal_path(name).exists()), names[0]) if names[1:] else real


class CommittedView(Positioned):
    """The committed state of a file, read-only, while others may be changing it.

    Parameters
    ----------
    path : path_like
        The file.

    Attributes
    ----------
    generation : tuple
        The state that is read, see `generation`.

    Notes
    -----
    Bytes that an unfinished change has added are not read; those of a complete journal are. Each read checks
    that the state is still the same, so bytes of two states are never mixed.
    """

    _file: io.FileIO

    def __init__(self, path: PathLike) -> None:
        self._path = real_path(path)
        while True:
            self._file = io.FileIO(self._path)
            self.generation, change = journal.committed_state(self._path)
            if os.fstat(self._file.fileno()).st_ino == self.generation[0]:
                break
            self._file.close()  # replaced between the two calls
        self._records = change.records if change else ()

    def _length(self) -> int:
        return self.generation[1]

    @property
    def path(self) -> Path:
        """The file, all links resolved."""
        return self._path

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self._path.name

    def announce(self, places: Iterable[tuple[int, int]]) -> None:
        """Prefetch bytes (offset, length) that will be read next."""
        if hasattr(os, "posix_fadvise"):
            for offset, length in places:
                os.posix_fadvise(self._file.fileno(), offset, length, os.POSIX_FADV_WILLNEED)

    def unchecked(self, offset: int, length: int) -> bytes | bytearray:
        """Read bytes that are valid only after a later `check`, for many small reads in a row."""
        if not self._records and hasattr(os, "pread"):
            return os.pread(self._file.fileno(), length, offset)
        return self._patched(offset, length)

    def check(self) -> None:
        """Check that all bytes that were read belong to one state of the file.

        Raises
        ------
        FileChangedError
            If it was changed meanwhile.
        """
        if journal.committed_state(self._path)[0] != self.generation:
            raise FileChangedError(
                _("{name} was changed while it was being read; read it again.").format(name=self._path.name)
            )

    def _bytes(self, offset: int, length: int) -> bytearray:
        data = self._patched(offset, length)
        self.check()
        return data

    def _patched(self, offset: int, length: int) -> bytearray:
        data = journal.read_at(self._file, offset, length)
        journal.patch(data, offset, self._records)
        return data
