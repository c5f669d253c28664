"""Check of the path of a new file."""

import os
from collections.abc import Iterable
from pathlib import Path

from maxrf_core.atomic.changes import write_error
from maxrf_core.errors import DatastackError
from maxrf_core.language import _


def is_one_of(path: Path, sources: Iterable[str | os.PathLike[str]]) -> bool:
    """Return True if a path leads to one of the files that are read for what is to be written there."""
    return path.exists() and any(os.path.exists(each) and path.samefile(each) for each in sources)


def check_new_path(path: Path, overwrite: bool) -> None:
    """Raise DatastackError if no file may be created at `path`: one exists, or its folder does not."""
    try:
        folder, is_folder, exists = path.parent.is_dir(), path.is_dir(), path.exists()
    except OSError as error:  # a name that is too long
        raise write_error(path, error) from error
    if not folder:
        raise DatastackError(
            _("The folder {name} does not exist; create it first or choose another.").format(
                name=path.parent.name
            )
        )
    if is_folder:
        raise DatastackError(
            _("{name} is a folder; choose a name for a file.").format(name=path.name or path)
        )
    if exists and not overwrite:
        raise DatastackError(
            _("{name} exists already; choose another name, or allow overwriting.").format(name=path.name)
        )
