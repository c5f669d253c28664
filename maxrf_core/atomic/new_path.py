"""Check of the path of a new file."""

from pathlib import Path

from maxrf_core.atomic.changes import write_error
from maxrf_core.errors import DatastackError


def check_new_path(path: Path, overwrite: bool) -> None:
    """Raise DatastackError if no file may be created at `path`: one exists, or its folder does not."""
    try:
        folder, is_folder, exists = path.parent.is_dir(), path.is_dir(), path.exists()
    except OSError as error:  # a name that is too long
        raise write_error(path, error) from error
    if not folder:
        raise DatastackError(
            f"The folder {path.parent.name} does not exist; create it first or choose another."
        )
    if is_folder:
        raise DatastackError(f"{path.name or path} is a folder; choose a name for a file.")
    if exists and not overwrite:
        raise DatastackError(f"{path.name} exists already; choose another name, or allow overwriting.")
