"""Which formats of scans can be read, and which one is this file?"""

import os
from pathlib import Path

from maxrf_core import file_signatures
from maxrf_core.datastack.hdf5_store import Hdf5Store
from maxrf_core.errors import DatastackError, ScanError
from maxrf_core.readers import maxrf4u, rpl
from maxrf_core.readers.scan import ALL, ArrayScan, Format, Scan

__all__ = ["ALL", "FORMATS", "ArrayScan", "Format", "Scan", "open_scan"]

FORMATS: tuple[Format, ...] = (rpl.FORMAT, maxrf4u.FORMAT)


def open_scan(*paths: str | os.PathLike[str]) -> Scan:
    """Open a scan of any format that is known; nothing is read but its description.

    Parameters
    ----------
    *paths : path_like
        The scan's file or files. Of a pair such as ``.raw`` and ``.rpl`` either one will do: the other one is
        looked for beside it.

    Returns
    -------
    Scan
        Its counts are read later, block by block.

    Raises
    ------
    ScanError
        When a file is missing, of no known format, or contradicts itself.
    """
    if not paths:
        raise ScanError(f"No file was given. What can be read: {_known()}.")
    files = [Path(path) for path in paths]
    starts = {file: _start(file) for file in files}
    for form in FORMATS:
        if any(form.recognises(file, start) for file, start in starts.items()):
            return form.open(*files)
    for file, start in starts.items():
        if start.startswith(file_signatures.HDF5):
            raise ScanError(_why_no_scan(file))
    raise ScanError(f"{files[0].name} is no scan of a known format. What can be read: {_known()}.")


def _start(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(16)
    except FileNotFoundError as error:
        raise ScanError(f"There is no file {path.name}; check its name and folder.") from error
    except OSError as error:
        raise ScanError(f"{path.name or path} cannot be read: {error.strerror}.") from error


def _why_no_scan(path: Path) -> str:
    try:
        Hdf5Store(path).entries()
    except DatastackError as error:
        return str(error)
    return f"{path.name} is a datastack already: just open it."


def _known() -> str:
    return "; ".join(f"{form.name} ({', '.join(form.endings)})" for form in FORMATS)
