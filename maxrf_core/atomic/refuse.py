"""Refusal to make a file where one exists, or where none can be made."""

from pathlib import Path

from maxrf_core.atomic.changes import unwritten
from maxrf_core.errors import DatastackError


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise DatastackError when a file may not be made at ``path``: it exists, or its folder does not."""
    try:
        folder, is_folder, exists = path.parent.is_dir(), path.is_dir(), path.exists()
    except OSError as error:  # a name that is too long
        raise unwritten(path, error) from error
    if not folder:
        raise DatastackError(
            f"The folder {path.parent.name} does not exist; make it first or choose another."
        )
    if is_folder:
        raise DatastackError(f"{path.name or path} is a folder; choose a name for a file.")
    if exists and not overwrite:
        raise DatastackError(
            f"{path.name} exists already; choose another name, or ask for it to be overwritten."
        )
