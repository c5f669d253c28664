"""File locks: one writer at a time, and the lock by which HDF5 programs notice each other.

Writers of this package exclude each other by an empty lock file beside the datastack, one for each name of
the file. While a file is changed it also carries a shared ``flock``, as HDF5 places one on what it reads:
other readers go on, and a program that wants to write to it is refused, as we are while it writes.
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

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

POLL = 0.02  # seconds between two attempts to get a lock
ATTEMPTS = 5  # at a shared lock: `is_locked` refuses one for a moment
REFUSED = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}  # somebody else holds the lock
UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}  # the file system keeps no locks
SWITCH = "HDF5_USE_FILE_LOCKING"  # environment variable that HDF5 reads, too
OFF = ("FALSE", "0")


def names_of(path: Path) -> list[Path]:
    """Return the names of a file in its folder, sorted: one, unless there are hard links."""
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
    """Return the path of the empty file that a writer locks; it is hidden, since it stays."""
    return path.with_name(f".{path.name}.lock")


@contextmanager
def exclusive(path: Path, timeout: float) -> Iterator[None]:
    """Hold the lock that each writer of this package needs, for all names of the file in its folder.

    Parameters
    ----------
    path : Path
        The file, an absolute path without symbolic links.
    timeout : float
        Seconds to wait for another writer.

    Raises
    ------
    TimeoutError
        Where another writer does not finish in time.
    DatastackError
        Where the file has names in other folders, or the file system keeps no locks.
    OSError
        Where the file does not exist, or its folder is read-only.
    """
    deadline = time.monotonic() + timeout
    with ExitStack() as held:
        while True:
            names, status = names_of(path), os.stat(path)
            if stat.S_ISREG(status.st_mode) and status.st_nlink > len(names):
                raise DatastackError(
                    f"{path.name} has another name in another folder (a hard link), which would change with "
                    "it; make a copy of the file and change that."
                )
            for name in names:
                held.enter_context(_lock_file(name, status, deadline))
            if names_of(path) == names:
                break
            held.close()  # a link was made or removed meanwhile
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
                time.sleep(POLL)
            if leads_to(lock, descriptor):  # nobody has removed the lock file meanwhile
                yield
                return
        finally:
            unlock(descriptor)
            os.close(descriptor)


def _opened(lock: Path, of: os.stat_result) -> int:
    """Open the lock file, or make it such that whoever may use the file may lock it."""
    flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    while True:
        with suppress(FileNotFoundError):
            try:
                return os.open(lock, flags)
            except PermissionError:  # a colleague's; reading is enough to lock it
                return os.open(lock, flags & ~os.O_RDWR | os.O_RDONLY)
        with suppress(FileExistsError):
            descriptor = os.open(lock, flags | os.O_CREAT | os.O_EXCL, 0o600 | of.st_mode & 0o666)
            permit(descriptor, of)
            return descriptor


def permit(descriptor: int, of: os.stat_result) -> None:
    """Give a file that lies beside another the group and the permissions of that one, as far as allowed."""
    if sys.platform != "win32":
        with suppress(OSError):
            os.chown(descriptor, -1, of.st_gid)
        with suppress(OSError):
            os.chmod(descriptor, 0o600 | of.st_mode & 0o666)


def _locked(descriptor: int, name: str) -> bool:
    """Try to lock a lock file; True as well where there are no locks and none are wanted."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in REFUSED:
            return False
        if error.errno == errno.EBADF:  # NFS locks only what may be written
            raise DatastackError(
                f"{name} cannot be locked, since .{name}.lock belongs to somebody else; remove that empty "
                "file if nobody is writing."
            ) from error
        _check_support(error, name)
    return True


def share(descriptor: int, name: str, *, needed: bool = True) -> None:
    """Place HDF5's shared lock on an open file; it lasts until `unlock`, or until the file is closed.

    Nothing is done on Windows, which refuses a second writer by itself, nor where the environment variable
    ``HDF5_USE_FILE_LOCKING`` is ``FALSE``.

    Raises
    ------
    DatastackError
        Where another program has the file open for writing, or, if locks are `needed`, the file system keeps
        none.
    """
    if sys.platform == "win32" or _setting() in OFF:
        return
    try:
        _share(descriptor)
    except OSError as error:
        if error.errno in REFUSED:
            raise DatastackError(
                f"{name} is open for writing in another program; close it there and try again."
            ) from error
        if needed:
            _check_support(error, name)


def _share(descriptor: int) -> None:
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in REFUSED or not attempts_left:
                raise
            time.sleep(POLL)


def check_free(path: Path) -> None:
    """Raise DatastackError if another program has a file open for writing, as far as locks tell."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:  # no such file, or not ours to look at
        return
    try:
        share(descriptor, path.name, needed=False)
    finally:
        unlock(descriptor)
        os.close(descriptor)


def mark(descriptor: int, path: Path) -> bool:
    """Place a shared lock on a new, empty file, by which others see that somebody is at work on it.

    Returns
    -------
    bool
        False where that cannot be relied on, and there is no lock. On some network drives (SMB) nobody could
        write to the file while it is locked, not even who has locked it.
    """
    if sys.platform == "win32":
        return False
    other = os.open(path, os.O_WRONLY)
    try:
        _share(descriptor)
        os.write(other, b"-")
        os.ftruncate(other, 0)
        return is_locked(path) is True
    except OSError:
        unlock(descriptor)
        return False
    finally:
        os.close(other)


def is_locked(path: Path) -> bool | None:
    """Return whether anybody holds a lock on a file; None where that cannot be known."""
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
    """Give up a lock, also where a forked process has inherited the file."""
    with suppress(OSError):
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def leads_to(path: Path, descriptor: int) -> bool:
    """Return whether a path still leads to this open file."""
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
            f"{name} is on a drive that keeps no file locks, so another program could write to it at the "
            f"same time; copy it to another drive, or set {SWITCH}=FALSE if nobody else writes to it."
        ) from error
