"""A folder of spectra packed into one .tar file, as the app uploads it."""

import os
from pathlib import Path

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.readers.format import Choice, Format
from maxrf_core.readers.spectra_scan import (
    SpectraScan,
    choices_of_spectra,
    files_in_tar,
    is_scan_of_spectra,
)


def open_tar(path: str | os.PathLike[str], choice: str | None = None) -> SpectraScan:
    """Open the scan of the spectra in a .tar file.

    Raises
    ------
    ScanError
        If it is damaged, or its files make no scan.
    """
    path = Path(path)
    return SpectraScan(files_in_tar(path), path.stem, choice)


def is_tar_of_spectra(path: Path) -> bool:
    """Return True if the files in a .tar file are the pixels of a scan."""
    try:
        return is_scan_of_spectra(files_in_tar(path))
    except ScanError:
        return False


def choices_of_tar(path: Path) -> list[Choice]:
    """Return the grids that the files can make; nothing if there is only one."""
    return choices_of_spectra(files_in_tar(path))


FORMAT: Format = Format(
    name="Folder of spectra in a .tar file",
    written_by=_("this app when a folder is dropped on it, and tar"),
    reads=_("as of a folder of spectra; numbers in the names of its folders count too"),
    omits=_("compressed .tar files"),
    tested_with=_("tar, with spectra as of a folder"),
    files=((".tar",),),
    open=open_tar,
    untrusted_check="untrusted.spectra:check_tar",
    sniff=is_tar_of_spectra,
    choices=choices_of_tar,
    has_common_ending=True,
)
