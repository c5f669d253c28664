"""Datastacks of this program, which are opened as they are and never converted."""

import os
from pathlib import Path

from maxrf_core import file_signatures
from maxrf_core.datastack.hdf5_store import Hdf5Store
from maxrf_core.errors import DatastackError, ScanError
from maxrf_core.language import _
from maxrf_core.readers.format import Format
from maxrf_core.readers.scan import Scan


def is_datastack(path: Path) -> bool:
    """Return True if an HDF5 file is a datastack."""
    try:
        Hdf5Store(path).entries()
    except DatastackError:
        return False
    return True


def open_datastack(*paths: str | os.PathLike[str]) -> Scan:
    """Raise the sentence that says why an HDF5 file is not converted.

    Raises
    ------
    ScanError
        It is a datastack already, is damaged, or holds something else.
    """
    path = Path(paths[0])
    try:
        Hdf5Store(path).entries()
    except DatastackError as error:
        raise ScanError(str(error)) from error
    raise ScanError(_("{name} is a datastack already: just open it.").format(name=path.name))


FORMAT: Format = Format(
    name="Datastack",
    written_by="maxrf4all",
    reads="everything, as it is",
    omits=_("nothing is left out"),
    tested_with="maxrf4all",
    files=((".datastack",),),
    open=open_datastack,
    untrusted_check="untrusted.hdf5:check_hdf5",
    signature=file_signatures.HDF5,
    sniff=is_datastack,
    is_datastack=True,
)
