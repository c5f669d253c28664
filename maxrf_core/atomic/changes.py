"""Atomic changes of a file: all of a change reaches the disk, or nothing.

Bytes after the old end are written at once, where no reader looks yet. Bytes that replace older ones are held
in memory. At the end they are written to a journal beside the file, and only then to the file. A kill at any
moment leaves the old file or the new one, at the latest after `recover`, and readers always see one of the
two. See ``docs/reliability.md``.
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
from maxrf_core.atomic.file import FULL, AtomicFile, failed_change
from maxrf_core.atomic.journal import Generation, journal_path
from maxrf_core.atomic.partials import remove_partials
from maxrf_core.errors import DatastackError
from maxrf_core.language import _

__all__ = [
    "FULL",
    "AtomicFile",
    "CommittedView",
    "FileChangedError",
    "changing",
    "consistent",
    "errno_of",
    "generation",
    "reading",
    "recover",
    "remove_partials",
    "replacing",
    "rewriting",
    "write_error",
    "writer_lock",
]

T = TypeVar("T")

LOCK_TIMEOUT = 30.0  # seconds that a writer waits for another one
MAX_RETRIES = 10  # readings that fail because of writers, before a reader takes the writers' lock
log = logging.getLogger(__name__)


def generation(path: PathLike) -> Generation:
    """Return an identifier of the committed state of a file, which changes with each commit or replacement.

    Returns
    -------
    tuple of int
        Inode, committed size and modification time in nanoseconds; suitable as a key of caches.

    Raises
    ------
    DatastackError
        If there is no such file.
    """
    with _errors_as_sentences(real_path(path), "read"):
        return journal.committed_state(real_path(path))[0]


@contextmanager
def reading(path: PathLike) -> Iterator[CommittedView]:
    """Open the committed state of a file for reading, without waiting for writers.

    After a commit further reads raise FileChangedError; `consistent` starts again by itself.

    Raises
    ------
    DatastackError
        If the file cannot be opened.
    """
    with _errors_as_sentences(real_path(path), "read"):
        view = CommittedView(path)
    with view:
        yield view


def consistent(path: PathLike, read: Callable[[Any], T]) -> T:
    """Read from one committed state of a file; start again if a change is committed in between.

    Parameters
    ----------
    path : path_like
        The file.
    read : callable
        Takes the open file, a CommittedView, and returns the result; may be called several times.

    Raises
    ------
    DatastackError
        If the file cannot be opened; also any exception of `read`.
    """
    for _attempt in range(MAX_RETRIES):
        with reading(path) as view:
            try:
                return read(view)
            except FileChangedError:  # another program may have restored it since
                continue
            except Exception:  # a mixture of two states can fail in any way
                if generation(path) == view.generation:
                    raise
    # A busy file is read under the writers' lock, and HDF5's own, which other programs heed.
    with writer_lock(path) as real, locks.shared(real), reading(path) as view:
        return read(view)


@contextmanager
def changing(path: PathLike, timeout: float = LOCK_TIMEOUT) -> Iterator[AtomicFile]:
    """Change an existing file atomically: at the end of the block, or not at all after an exception.

    Ctrl-C takes effect at the end of the block, and leaves the file as it was.

    Parameters
    ----------
    path : path_like
        The file.
    timeout : float
        Seconds to wait for another writer.

    Raises
    ------
    DatastackError
        If another process is writing, the file or its folder is read-only, or the disk is full.

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
    with writer_lock(path, timeout) as real, _deferred_interrupts() as interrupts:
        with _errors_as_sentences(real, "changed"):
            change = AtomicFile(real)
        try:
            yield change
            if interrupts:
                raise KeyboardInterrupt
            change.commit()
        except BaseException as error:
            _abort(real, change, error)
            change.check()  # report a full disk rather than its consequences
            raise


def _abort(path: Path, change: AtomicFile, reason: BaseException) -> None:
    try:
        change.abort()
    except OSError as error:
        change.close()
        raise DatastackError(
            _(
                "{name} could not be put back as it was ({reason}); that will be done when it is next "
                "changed, and until then it is read as it was."
            ).format(name=path.name, reason=error.strerror)
        ) from reason


@contextmanager
def writer_lock(path: PathLike, timeout: float = LOCK_TIMEOUT) -> Iterator[Path]:
    """Hold the writers' lock of a file, which is recovered first; readers are not affected.

    Yields
    ------
    Path
        The path of the file that all its writers use, see `real_path`.

    Raises
    ------
    DatastackError
        If another writer does not finish within `timeout` seconds, another program has the file open for
        writing, it has hard links in other folders, or the folder is read-only.
    """
    path = real_path(path)
    with ExitStack() as held:
        with _errors_as_sentences(path, "changed"):
            try:
                held.enter_context(locks.exclusive(path, timeout))
            except TimeoutError:
                raise DatastackError(
                    _(
                        "{name} is being written by another process, which did not finish within "
                        "{timeout:g} seconds; try again when it has."
                    ).format(name=path.name, timeout=timeout)
                ) from None
            path = real_path(path)  # links may have changed meanwhile
            journal.finish_or_undo(path)
        yield path


def recover(path: PathLike) -> bool:
    """Finish or undo a change that was interrupted by a kill.

    Takes almost no time if there is none. A change in progress is not touched, also in another program; nor
    is a file in a read-only folder, whose committed state `reading` shows, too.

    Returns
    -------
    bool
        True if there was a change to finish or undo.
    """
    path = real_path(path)
    if not journal_path(path).exists():
        return False
    try:
        with locks.exclusive(path, timeout=0):
            return journal.finish_or_undo(path)
    except TimeoutError:
        return False
    except (OSError, DatastackError) as error:
        log.warning(
            "%s was left by a killed writer and cannot be removed here: %s", journal_path(path), error
        )
        return False


@contextmanager
def rewriting(path: PathLike) -> Iterator[Generation]:
    """Hold the writers' lock of a file that will be replaced by a new one made from its contents.

    Yields
    ------
    Generation
        The state of the file, to be passed to `replacing`.

    Raises
    ------
    DatastackError
        As in `writer_lock`, and if the file has several names (hard links): only one would be replaced.
    """
    with writer_lock(path) as real:
        names = ", ".join(name.name for name in locks.names_of(real))
        if os.stat(real).st_nlink > 1:
            raise DatastackError(
                _(
                    "{name} has several names ({names}), of which only one would lead to the file that "
                    "is written anew; remove the others first, or make a copy and repack that."
                ).format(name=real.name, names=names)
            )
        yield generation(real)


@contextmanager
def replacing(path: PathLike, *, state: Generation | None = None) -> Iterator[Path]:
    """Write a new file under a temporary name beside `path`; it is renamed when it is complete and on disk.

    Any exception, Ctrl-C included, removes the temporary file and leaves `path` as it was. Temporary files of
    killed programs are removed first, see `remove_partials`.

    Parameters
    ----------
    path : path_like
    state : Generation, optional
        The state that the file must still have when it is replaced.

    Yields
    ------
    Path
        The temporary file, empty, to be written or replaced.

    Raises
    ------
    DatastackError
        If the system refuses, as with a full disk or a name that is too long, another program has the file
        open for writing, or it is not in the expected `state`.
    """
    path = Path(os.path.realpath(path))
    temporary = partials.partial_path(path)
    try:
        locks.check_free(path)  # fails early rather than after the work
        with partials.locked_partial(temporary) as is_locked:
            partials.remove_beside(path, at_once=is_locked)
            yield temporary
            if path.exists():
                shutil.copymode(path, temporary)
            with io.FileIO(temporary, "r+") as file:
                journal.disk.sync(file)
            locks.check_free(path)
            if state is not None and state != generation(path):
                raise DatastackError(
                    _(
                        "{name} was changed by another program while it was being written anew; it is "
                        "left as it is, so try again."
                    ).format(name=path.name)
                )
            journal.disk.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
            journal_path(temporary).unlink(missing_ok=True)
        if errno_of(error):
            raise write_error(path, error) from error
        raise
    try:
        journal.disk.sync_folder(path.parent)
    except OSError as error:
        raise DatastackError(
            _(
                "{name} is written and whole, but the disk did not confirm its name ({reason}): only a "
                "power failure could bring back what was there before."
            ).format(name=path.name, reason=error.strerror)
        ) from error


def errno_of(error: BaseException) -> int:
    """Return the errno of an exception, or 0; HDF5 has it only in the text of its errors."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    found = re.search(r"errno = (\d+)", str(error)) if isinstance(error, (OSError, RuntimeError)) else None
    return int(found[1]) if found else 0


def write_error(path: Path, error: BaseException) -> DatastackError:
    """Return the exception for a new file that could not be written."""
    number = errno_of(error)
    if number in FULL:
        return DatastackError(
            _("There is no room on the disk to write {name}; free some space and try again.").format(
                name=path.name
            )
        )
    return DatastackError(
        _(
            "{name:.80} cannot be written ({reason}); choose another name or folder, or check that "
            "this folder exists and is writable."
        ).format(name=path.name, reason=os.strerror(number))
    )


@contextmanager
def _deferred_interrupts() -> Iterator[list[int]]:
    """Record Ctrl-C instead of raising KeyboardInterrupt, which would crash HDF5 during a write."""
    recorded: list[int] = []
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield recorded
        return
    signal.signal(signal.SIGINT, lambda number, _: recorded.append(number))
    try:
        yield recorded
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if recorded:  # during the commit
        raise KeyboardInterrupt


@contextmanager
def _errors_as_sentences(path: Path, what: str) -> Iterator[None]:
    """Turn exceptions of the system into sentences."""
    try:
        yield
    except FileNotFoundError as error:
        raise DatastackError(_("{name} does not exist.").format(name=path.name)) from error
    except IsADirectoryError as error:
        raise DatastackError(_("{name} is a folder, not a file.").format(name=path.name)) from error
    except OSError as error:
        if error.errno in FULL:
            raise failed_change(path, error) from error
        raise DatastackError(
            _("{name:.80} cannot be {what} ({reason}); check that its folder exists and is writable.").format(
                name=path.name, what=what, reason=error.strerror
            )
        ) from error
