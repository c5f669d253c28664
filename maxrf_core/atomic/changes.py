"""Changes of a file that reach the disk wholly or not at all.

Bytes behind the old end go to disk at once, where nobody looks for them yet. Bytes that would replace older
ones are held back in memory. At the end they are written to a journal beside the file and only then put in
place. A kill at any moment leaves the old file or the new one, after `recover` at the latest, and readers see
one or the other at every moment. See ``docs/reliability.md``.
"""

import io
import logging
import os
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from maxrf_core.atomic import journal, locks, partials
from maxrf_core.atomic.committed import CommittedView, FileChangedError, PathLike, real_path
from maxrf_core.atomic.file import FULL, AtomicFile, unchanged
from maxrf_core.atomic.journal import Generation, journal_path
from maxrf_core.atomic.partials import remove_partials
from maxrf_core.errors import DatastackError

__all__ = [
    "FULL",
    "AtomicFile",
    "CommittedView",
    "FileChangedError",
    "changing",
    "consistent",
    "generation",
    "number_of",
    "reading",
    "recover",
    "remove_partials",
    "replacing",
    "rewriting",
    "unwritten",
    "writer_lock",
]

T = TypeVar("T")

WAIT = 30.0  # seconds that a writer waits for another one
TRIES = 10  # readings that writers may spoil before a reader queues up with them
log = logging.getLogger(__name__)


def generation(path: PathLike) -> Generation:
    """Name the committed state of a file: equal as long as nobody commits a change or replaces the file.

    Returns
    -------
    tuple of int
        Inode, committed size and modification time in nanoseconds; good as a key for caches.

    Raises
    ------
    DatastackError
        Where there is no such file.
    """
    with _told(real_path(path), "read"):
        return journal.look(real_path(path))[0]


@contextmanager
def reading(path: PathLike) -> Iterator[CommittedView]:
    """Open the committed state of a file for reading, without waiting for anybody.

    A commit makes further reads raise FileChangedError; `consistent` begins again by itself.

    Raises
    ------
    DatastackError
        Where the file cannot be opened.
    """
    with _told(real_path(path), "read"):
        view = CommittedView(path)
    with view:
        yield view


def consistent(path: PathLike, read: Callable[[Any], T]) -> T:
    """Read from one committed state of a file, beginning again when somebody commits in between.

    Parameters
    ----------
    path : path_like
        The file.
    read : callable
        Takes the open file, a CommittedView, and returns what it read from it; may be called several times.

    Raises
    ------
    DatastackError
        Where the file cannot be opened; besides, whatever `read` raises.
    """
    for _ in range(TRIES):
        with reading(path) as view:
            try:
                return read(view)
            except FileChangedError:  # perhaps changed back since, by another program
                continue
            except Exception:  # half an old and half a new state may fail in any way
                if generation(path) == view.generation:
                    raise
    with writer_lock(path), reading(path) as view:  # so busy a file is read in its turn
        return read(view)


@contextmanager
def changing(path: PathLike, timeout: float = WAIT) -> Iterator[AtomicFile]:
    """Change an existing file: wholly at the end of the block, or not at all after any exception.

    Ctrl-C is obeyed at the end of the block, by leaving the file as it was.

    Parameters
    ----------
    path : path_like
        The file.
    timeout : float
        Seconds to wait for another writer.

    Raises
    ------
    DatastackError
        Where another process is writing, the file or its folder is read-only, or the disk is full.

    Examples
    --------
    >>> import h5py, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "demo.datastack"
    >>> h5py.File(path, "w").close()
    >>> with changing(path) as change, h5py.File(change, "r+") as file:
    ...     file["numbers"] = [1, 2, 3]
    >>> with reading(path) as view, h5py.File(view) as file:
    ...     file["numbers"][:].tolist()
    [1, 2, 3]
    """
    with writer_lock(path, timeout) as real, _interrupts_waiting() as interrupts:
        with _told(real, "changed"):
            change = AtomicFile(real)
        try:
            yield change
            if interrupts:
                raise KeyboardInterrupt
            change.commit()
        except BaseException as error:
            _abort(real, change, error)
            change.check()  # a full disk is told as such, whatever followed from it
            raise


def _abort(path: Path, change: AtomicFile, reason: BaseException) -> None:
    try:
        change.abort()
    except OSError as error:
        change.close()
        raise DatastackError(
            f"{path.name} could not be put back as it was ({error.strerror}); "
            "that will be done when it is next changed, and until then it is read as it was."
        ) from reason


@contextmanager
def writer_lock(path: PathLike, timeout: float = WAIT) -> Iterator[Path]:
    """Be the only writer of a file, which is recovered first; readers do not notice.

    Yields
    ------
    Path
        The name of the file that all its writers use, see `real_path`.

    Raises
    ------
    DatastackError
        Where another writer does not finish within `timeout` seconds, another program has the file open for
        writing, it has names in other folders, or the folder is read-only.
    """
    path = real_path(path)
    with ExitStack() as held:
        with _told(path, "changed"):
            try:
                held.enter_context(locks.exclusive(path, timeout))
            except TimeoutError:
                raise DatastackError(
                    f"{path.name} is being written by another process, which did not finish within "
                    f"{timeout:g} seconds; try again when it has."
                ) from None
            path = real_path(path)  # a link may have been made or removed meanwhile
            journal.settle(path)
        yield path


def recover(path: PathLike) -> bool:
    """Finish or undo what a writer that was killed left behind.

    Costs next to nothing where there is nothing to do. A writer at work is left alone, in another program as
    well; so is a file in a read-only folder, which `reading` shows in its committed state all the same.

    Returns
    -------
    bool
        Whether there was something to finish or undo.
    """
    path = real_path(path)
    if not journal_path(path).exists():
        return False
    try:
        with locks.exclusive(path, timeout=0):
            return journal.settle(path)
    except TimeoutError:
        return False
    except (OSError, DatastackError) as error:
        log.warning(
            "%s was left by a killed writer and cannot be cleared up here: %s", journal_path(path), error
        )
        return False


@contextmanager
def rewriting(path: PathLike) -> Iterator[Generation]:
    """Be the only writer of a file that is going to be replaced by a new one, made of what is in it.

    Yields
    ------
    Generation
        The state of the file, to be given to `replacing`.

    Raises
    ------
    DatastackError
        As `writer_lock` does, and where the file has several names: only one would lead to the new one.
    """
    with writer_lock(path) as real:
        names = ", ".join(name.name for name in locks.names_of(real))
        if os.stat(real).st_nlink > 1:
            raise DatastackError(
                f"{real.name} has several names ({names}), of which only one would lead to the file that is "
                "written anew; remove the others first, or make a copy and repack that."
            )
        yield generation(real)


@contextmanager
def replacing(path: PathLike, *, state: Generation | None = None) -> Iterator[Path]:
    """Write a file anew under a temporary name beside it; it takes the name when it is whole and safe.

    Any exception on the way, Ctrl-C included, removes the temporary file and leaves `path` as it was. What
    programs that were killed have left of such files is removed first, see `remove_partials`.

    Parameters
    ----------
    path : path_like
    state : Generation, optional
        The state in which the file must still be when it is replaced.

    Yields
    ------
    Path
        The temporary file, empty, to be filled or replaced.

    Raises
    ------
    DatastackError
        Where the system refuses, as with a full disk or a name that is too long, where another program has
        the file open for writing, or where it is not in the expected `state`.
    """
    path = Path(os.path.realpath(path))
    temporary = partials.new_name(path)
    try:
        locks.check_free(path)  # refused now rather than when all is done
        with partials.made(temporary) as is_marked:
            partials.remove_beside(path, at_once=is_marked)
            yield temporary
            if path.exists():
                shutil.copymode(path, temporary)
            with io.FileIO(temporary, "r+") as file:
                journal.disk.sync(file)
            locks.check_free(path)
            if state is not None and state != generation(path):
                raise DatastackError(
                    f"{path.name} was changed by another program while it was being written anew; it is left "
                    "as it is, so try again."
                )
            journal.disk.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
            journal_path(temporary).unlink(missing_ok=True)
        if number_of(error):
            raise unwritten(path, error) from error
        raise
    try:
        journal.disk.sync_folder(path.parent)
    except OSError as error:
        raise DatastackError(
            f"{path.name} is written and whole, but the disk did not confirm its name ({error.strerror}): "
            "only a power failure could bring back what was there before."
        ) from error


def number_of(error: BaseException) -> int:
    """Give the system's number for what went wrong, or 0; HDF5 tells it only in the text of its errors."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    told = re.search(r"errno = (\d+)", str(error)) if isinstance(error, (OSError, RuntimeError)) else None
    return int(told[1]) if told else 0


def unwritten(path: Path, error: BaseException) -> DatastackError:
    """Say that a new file could not be written."""
    number = number_of(error)
    if number in FULL:
        return DatastackError(
            f"There is no room on the disk to write {path.name}; free some space and try again."
        )
    return DatastackError(
        f"{path.name:.80} cannot be written ({os.strerror(number)}); choose another name or folder, or see "
        "whether this folder is there and may be written."
    )


@contextmanager
def _interrupts_waiting() -> Iterator[list[int]]:
    """Note Ctrl-C instead of raising KeyboardInterrupt, which would crash HDF5 in the middle of a write."""
    noted: list[int] = []
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield noted
        return
    signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if noted:  # it came while the change was being committed
        raise KeyboardInterrupt


@contextmanager
def _told(path: Path, what: str) -> Iterator[None]:
    """Turn the system's errors into sentences."""
    try:
        yield
    except FileNotFoundError as error:
        raise DatastackError(f"{path.name} does not exist.") from error
    except IsADirectoryError as error:
        raise DatastackError(f"{path.name} is a folder, not a file.") from error
    except OSError as error:
        if error.errno in FULL:
            raise unchanged(path, error) from error
        raise DatastackError(
            f"{path.name:.80} cannot be {what} ({error.strerror}); see whether its folder is there "
            "and may be written."
        ) from error
