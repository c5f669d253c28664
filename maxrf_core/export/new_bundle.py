"""Many files that appear together: in one ZIP, or in one new folder."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol
from zipfile import ZipFile, ZipInfo

from maxrf_core.atomic.changes import replacing, write_error
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.atomic.partials import partial_folder
from maxrf_core.errors import DatastackError
from maxrf_core.language import _

AT_ONCE = 1 << 20  # bytes


class Bundle(Protocol):
    """Takes files one by one."""

    def add(self, name: str, write: Callable[[Path], Any]) -> None:
        """Add a file.

        Parameters
        ----------
        name : str
        write : callable
            Writes it to a path.
        """
        ...


@contextmanager
def new_bundle(path: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[Bundle]:
    """Open a ZIP file or a folder for new files; it appears at the end, and only if nothing failed.

    Hidden files and folders that a killed program left of the same one are removed.

    Parameters
    ----------
    path : path_like
        A ZIP file if it ends in ".zip", else a folder.
    overwrite : bool
        Replace a ZIP file that exists. A folder that holds anything is never replaced.

    Yields
    ------
    Bundle

    Raises
    ------
    DatastackError
        If it exists, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with new_bundle(folder / "maps.zip") as bundle:
    ...     bundle.add("iron.txt", lambda file: file.write_text("counts"))
    >>> ZipFile(folder / "maps.zip").namelist()
    ['iron.txt']
    """
    path = Path(path)
    opened = _zip(path, overwrite) if path.suffix.lower() == ".zip" else _folder(path)
    with opened as bundle:
        yield bundle


class _ZipBundle:
    def __init__(self, archive: ZipFile, beside: Path) -> None:
        self._archive, self._beside = archive, beside

    def add(self, name: str, write: Callable[[Path], Any]) -> None:
        """Add a file, which is first written beside the ZIP: TIFF is not written in one go."""
        made = self._beside / name
        write(made)
        entry = ZipInfo(name, time.localtime()[:6])  # the files are compressed already
        with made.open("rb") as source, self._archive.open(entry, "w", force_zip64=True) as member:
            shutil.copyfileobj(source, member, AT_ONCE)
        made.unlink()


class _FolderBundle:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, write: Callable[[Path], Any]) -> None:
        """Add a file."""
        write(self._folder / name)


@contextmanager
def _zip(path: Path, overwrite: bool) -> Iterator[Bundle]:
    check_new_path(path, overwrite)
    with ExitStack() as held:
        held.enter_context(_errors_as_sentences(path))
        archive = held.enter_context(ZipFile(held.enter_context(replacing(path)), "w"))
        yield _ZipBundle(archive, held.enter_context(partial_folder(Path(os.path.realpath(path)))))


@contextmanager
def _folder(path: Path) -> Iterator[Bundle]:
    is_there = path.is_dir()
    if is_there and any(path.iterdir()):
        raise DatastackError(
            _("The folder {name} holds files already; choose a new one.").format(name=path.name)
        )
    if not is_there:
        check_new_path(path, overwrite=False)
    path = Path(os.path.realpath(path))
    with _errors_as_sentences(path), partial_folder(path) as unfinished:
        yield _FolderBundle(unfinished)
        shutil.copymode(path if is_there else path.parent, unfinished)
        if is_there:  # empty
            path.rmdir()
        unfinished.rename(path)


@contextmanager
def _errors_as_sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise write_error(path, error) from error
