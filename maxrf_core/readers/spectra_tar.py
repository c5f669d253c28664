"""A folder of spectra, or of rows in EDF files, packed into one .tar file, as the app uploads it."""

import os
from pathlib import Path

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.readers.edf_stack import EdfStackScan, choices_of_edf, edf_stack_in_tar
from maxrf_core.readers.format import Choice, Format
from maxrf_core.readers.scan import Scan
from maxrf_core.readers.spectra_scan import (
    SpectraScan,
    choices_of_spectra,
    files_in_tar,
    is_scan_of_spectra,
)
from maxrf_core.readers.tar_members import TAR


def open_tar(path: str | os.PathLike[str], choice: str | None = None) -> Scan:
    """Open the scan of the files in a .tar file.

    Raises
    ------
    ScanError
        If it is damaged, or its files make no scan.
    """
    path = Path(path)
    if edf_stack_in_tar(path.absolute()) is not None:
        return EdfStackScan(path, choice=choice)
    return SpectraScan(files_in_tar(path), path.stem, choice)


def is_tar_of_spectra(path: Path) -> bool:
    """Return True if the files in a .tar file are the pixels or the rows of a scan."""
    if edf_stack_in_tar(path.absolute()) is not None:
        return True
    try:
        return is_scan_of_spectra(files_in_tar(path))
    except ScanError:
        return False


def choices_of_tar(path: Path) -> list[Choice]:
    """Return the grids, or the detectors, that the files can make; nothing if there is only one."""
    if edf_stack_in_tar(path.absolute()) is not None:
        return choices_of_edf(path)
    return choices_of_spectra(files_in_tar(path))


FORMAT: Format = Format(
    name="Folder of spectra in a .tar file",
    written_by=_("this app when a folder is dropped on it, and tar"),
    reads=_("as of a folder of spectra, where numbers in names of folders count too, or as of an EDF stack"),
    omits=_("compressed .tar files"),
    tested_with=_("tar, with spectra as of a folder, and with an EDF stack"),
    files=((TAR,),),
    open=open_tar,
    untrusted_check="untrusted.spectra:check_tar",
    sniff=is_tar_of_spectra,
    choices=choices_of_tar,
    has_common_ending=True,
)
