"""New files that belong together: none appears under its name before all of them are complete."""

import os
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from maxrf_core.atomic.changes import replacing
from maxrf_core.atomic.new_path import check_new_path, is_one_of
from maxrf_core.errors import DatastackError
from maxrf_core.language import _


class NewFiles:
    """The files of one export, as a context manager.

    At its end they appear under their names, the first one last: so the file that describes the others is to
    be asked for first. After an exception none of them appears, and files of these names stay as they were.

    Parameters
    ----------
    path : path_like
        Name of the export; `new` adds to it.
    overwrite : bool
        Replace files that exist.
    sources : iterable of path_like
        Files that are read, and must not be replaced.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with NewFiles(folder / "scan") as files:
    ...     written = files.new(".txt").write_text("counts")
    ...     sorted(path.name for path in folder.iterdir() if path.name == "scan.txt")
    []
    >>> [path.name for path in files.paths]
    ['scan.txt']
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        sources: Iterable[str | os.PathLike[str]] = (),
    ) -> None:
        self._path, self._overwrite, self._sources = Path(path), overwrite, list(sources)
        self._stack = ExitStack()
        self._fresh: list[Path] = []  # nothing was there before
        self.paths: list[Path] = []

    def new(self, ending: str) -> Path:
        """Return the temporary path of a new file, empty, to be written; `ending` completes its name.

        Raises
        ------
        DatastackError
            If it exists and must not be replaced, is one of the sources, or cannot be made.
        """
        path = self._path.with_name(self._path.name + ending)
        check_new_path(path, self._overwrite)
        if is_one_of(path, self._sources):
            raise DatastackError(
                _("{name} is the scan itself; choose another name for the export.").format(name=path.name)
            )
        if not path.exists():
            self._fresh.append(path)
        temporary = self._stack.enter_context(replacing(path))
        self.paths.append(path)
        return temporary

    def __enter__(self) -> "NewFiles":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._stack.__exit__(kind, error, traceback)
        except BaseException:
            for path in self._fresh:  # that appeared before another one failed
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            raise
