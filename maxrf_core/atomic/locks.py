"""File locks: between writers of this package, and towards other HDF5 programs.

Writers of this package exclude each other by an empty lock file beside the datastack, one for each name of
the file. While a file is changed it also has a shared ``flock``, as HDF5 uses for reading: other readers
continue, and programs that want to write to it are refused, as we are while they write.
"""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from maxrf_core.errors import DatastackError
from maxrf_core.language import _

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

POLL_INTERVAL = 0.02  # seconds between two attempts to get a lock
MAX_ATTEMPTS = 5  # at a shared lock, which `is_locked` blocks for a moment
REFUSED = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}  # another process holds the lock
UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}  # the file system has no locks
SWITCH = "HDF5_USE_FILE_LOCKING"  # environment variable, also read by HDF5
OFF = ("FALSE", "0")


def names_of(path: Path) -> list[Path]:
    """Return the paths of a file in its folder, sorted: one, unless there are hard links."""
    status = os.stat(path)
    if status.st_nlink < 2 or not stat.S_ISREG(status.st_mode):
        return [path]
    with suppress(PermissionError), os.scandir(path.parent) as entries:
        same = [
            each.name
            for each in entries
            if each.inode() == status.st_ino and os.path.samestat(each.stat(follow_symlinks=False), status)
        ]
        return sorted(map(path.with_name, same)) or [path]
    return [path]


def lock_path(path: Path) -> Path:
    """Return the path of the empty file that a writer locks; it is hidden because it is not removed."""
    return path.with_name(f".{path.name}.lock")


@contextmanager
def exclusive(path: Path, timeout: float) -> Iterator[None]:
    """Hold the writers' lock, for all names of the file in its folder.

    Parameters
    ----------
    path : Path
        The file, an absolute path without symbolic links.
    timeout : float
        Seconds to wait for another writer.

    Raises
    ------
    TimeoutError
        If another writer does not finish in time.
    DatastackError
        If the file has names in other folders, or the file system has no locks.
    OSError
        If the file does not exist, or its folder is read-only.
    """
    deadline = time.monotonic() + timeout
    with ExitStack() as held:
        while True:
            names, status = names_of(path), os.stat(path)
            if stat.S_ISREG(status.st_mode) and status.st_nlink > len(names):
                raise DatastackError(
                    _(
                        "{name} has another name in another folder (a hard link), which would change "
                        "with it; make a copy of the file and change that."
                    ).format(name=path.name)
                )
            for name in names:
                held.enter_context(_lock_file(name, status, deadline))
            if names_of(path) == names:
                break
            held.close()  # links have changed meanwhile
        yield


@contextmanager
def _lock_file(path: Path, status: os.stat_result, deadline: float) -> Iterator[None]:
    lock = lock_path(path)
    while True:
        descriptor = _opened(lock, status)
        try:
            while not _locked(descriptor, path.name):
                if time.monotonic() >= deadline:
                    raise TimeoutError
                time.sleep(POLL_INTERVAL)
            if is_same_file(lock, descriptor):  # the lock file was not removed meanwhile
                yield
                return
        finally:
            unlock(descriptor)
            os.close(descriptor)


def _opened(lock: Path, of: os.stat_result) -> int:
    """Open the lock file, or create it with permissions for all users of the file."""
    flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    while True:
        with suppress(FileNotFoundError):
            try:
                return os.open(lock, flags)
            except PermissionError:  # owned by another user; reading is enough to lock it
                return os.open(lock, flags & ~os.O_RDWR | os.O_RDONLY)
        with suppress(FileExistsError):
            descriptor = os.open(lock, flags | os.O_CREAT | os.O_EXCL, 0o600 | of.st_mode & 0o666)
            copy_permissions(descriptor, of)
            return descriptor


def copy_permissions(descriptor: int, of: os.stat_result) -> None:
    """Set group and permissions of a file to those of another, as far as allowed."""
    if sys.platform != "win32":
        with suppress(OSError):
            os.chown(descriptor, -1, of.st_gid)
        with suppress(OSError):
            os.chmod(descriptor, 0o600 | of.st_mode & 0o666)


def _locked(descriptor: int, name: str) -> bool:
    """Try to lock a lock file; return True also if there are no locks and none are required."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in REFUSED:
            return False
        if error.errno == errno.EBADF:  # NFS locks only files that are open for writing
            raise DatastackError(
                _(
                    "{name} cannot be locked, since .{name}.lock belongs to another user; remove that "
                    "empty file if nobody is writing."
                ).format(name=name)
            ) from error
        _check_support(error, name)
    return True


def lock_shared(descriptor: int, name: str, *, needed: bool = True) -> None:
    """Set HDF5's shared lock on an open file, until `unlock` or until the file is closed.

    Without effect on Windows, which refuses a second writer by itself, and if the environment variable
    ``HDF5_USE_FILE_LOCKING`` is ``FALSE``.

    Raises
    ------
    DatastackError
        If another program has the file open for writing, or, if locks are `needed`, the file system has none.
    """
    if sys.platform == "win32" or _setting() in OFF:
        return
    try:
        _try_lock_shared(descriptor)
    except OSError as error:
        if error.errno in REFUSED:
            raise DatastackError(
                _("{name} is open for writing in another program; close it there and try again.").format(
                    name=name
                )
            ) from error
        if needed:
            _check_support(error, name)


def _try_lock_shared(descriptor: int) -> None:
    for attempts_left in reversed(range(MAX_ATTEMPTS)):
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in REFUSED or not attempts_left:
                raise
            time.sleep(POLL_INTERVAL)


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold HDF5's shared lock on a file, as its readers do: programs that heed it write nothing meanwhile.

    Raises
    ------
    DatastackError
        If another program has the file open for writing.
    """
    try:
        descriptor = None if sys.platform == "win32" else os.open(path, os.O_RDONLY)
    except OSError:  # no such file, or no access
        descriptor = None
    if descriptor is None:
        yield
        return
    try:
        lock_shared(descriptor, path.name, needed=False)
        yield
    finally:
        unlock(descriptor)
        os.close(descriptor)


def check_free(path: Path) -> None:
    """Raise DatastackError if another program has a file open for writing, as far as locks show."""
    with shared(path):
        pass


def lock_new_file(descriptor: int, path: Path) -> bool:
    """Set a shared lock on a new, empty file, which shows others that it is being written.

    Returns
    -------
    bool
        False if locks are not reliable, and none is set. On some network drives (SMB) a locked file cannot be
        written, not even by the holder of the lock.
    """
    if sys.platform == "win32":
        return False
    other = os.open(path, os.O_WRONLY)
    try:
        _try_lock_shared(descriptor)
        os.write(other, b"-")
        os.ftruncate(other, 0)
        return is_locked(path) is True
    except OSError:
        unlock(descriptor)
        return False
    finally:
        os.close(other)


@contextmanager
def folder_in_use(folder: Path) -> Iterator[bool]:
    """Hold a shared lock on a folder, which shows others that it is being filled.

    Yields
    ------
    bool
        False if locks are not reliable there; then it has none.
    """
    if sys.platform == "win32":
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            _try_lock_shared(descriptor)
            is_reliable = is_locked(folder) is True
        except OSError:
            is_reliable = False
        yield is_reliable
    finally:
        unlock(descriptor)
        os.close(descriptor)


def is_locked(path: Path) -> bool | None:
    """Return True if any process holds a lock on a file or folder; None if that is unknown."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return True if error.errno in REFUSED else None
    finally:
        os.close(descriptor)
    return False


def unlock(descriptor: int) -> None:
    """Release a lock, also if a forked process has inherited the file."""
    with suppress(OSError):
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_same_file(path: Path, descriptor: int) -> bool:
    """Return True if a path still leads to this open file."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _setting() -> str:
    return os.environ.get(SWITCH, "").upper()


def _check_support(error: OSError, name: str) -> None:
    if error.errno not in UNSUPPORTED:
        raise error
    if _setting() not in (*OFF, "BEST_EFFORT"):
        raise DatastackError(
            _(
                "{name} is on a drive that keeps no file locks, so another program could write to it "
                "at the same time; copy it to another drive, or set {switch}=FALSE if nobody else "
                "writes to it."
            ).format(name=name, switch=SWITCH)
        ) from error
