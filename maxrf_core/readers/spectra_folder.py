"""Folders with a file for each pixel: .mca, .spx, .msa or columns of text."""

import os
from pathlib import Path

from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.readers.format import Choice, Format
from maxrf_core.readers.single_spectrum import ENDINGS, read_spectrum_file
from maxrf_core.readers.spectra_scan import (
    SpectraScan,
    choices_of_spectra,
    files_in_folder,
    is_scan_of_spectra,
)


def open_folder(*paths: str | os.PathLike[str], choice: str | None = None) -> SpectraScan:
    """Open the scan that a folder of spectra is, from one of its files or several.

    Raises
    ------
    ScanError
        If the files make no scan.
    """
    path = Path(paths[0]).absolute()
    files = files_in_folder(path.parent)
    is_alone = files.names == (path.name,)
    if path.suffix.lower() in ENDINGS and (is_alone or not files.holds(path.name)):
        read_spectrum_file(path)  # says what is wrong with it
        raise ScanError(
            _(
                "{name} is a single spectrum: a scan needs a file for each pixel, all named alike. To "
                "compare it with a scan, open the scan, and choose it under Reference spectra there."
            ).format(name=path.name)
        )
    return SpectraScan(files, path.parent.name, choice)


def is_pixel(path: Path) -> bool:
    """Return True if a file is one of those of which each is a pixel of a scan."""
    try:
        files = files_in_folder(path.absolute().parent)
    except ScanError:
        return False
    return files.holds(path.name) and is_scan_of_spectra(files)


def pixels_beside(path: Path) -> tuple[Path, ...]:
    """Return the files of all pixels of the scan that a file belongs to, in the order of their names."""
    return files_in_folder(path.absolute().parent).paths


def scan_in_folder(folder: Path) -> Path | None:
    """Return the first file of the scan that a folder is; None if it is none."""
    try:
        files = files_in_folder(folder)
    except ScanError:
        return None
    return files.paths[0] if is_scan_of_spectra(files) else None


def choices_of_folder(path: Path) -> list[Choice]:
    """Return the grids that the files can make; nothing if there is only one."""
    return choices_of_spectra(files_in_folder(path.absolute().parent))


FORMAT: Format = Format(
    name="Folder of spectra",
    written_by=_(
        "programs that save each pixel: Amptek, SPEC, PyMca (.mca), Bruker (.spx), EMSA/MAS (.msa), text"
    ),
    reads=_(
        "the counts; places from numbers in the names or positions in the files; energies, live times; "
        "damaged files become missing pixels"
    ),
    omits=_("results of a fit; spectra of another length than the first"),
    tested_with=_("Bruker ESPRIT (.spx), NIST (.msa), and this project as Amptek and SPEC write .mca"),
    files=(ENDINGS,),
    open=open_folder,
    untrusted_check="untrusted.spectra:check_spectrum",
    sniff=is_pixel,
    parts=pixels_beside,
    choices=choices_of_folder,
    scan_in_folder=scan_in_folder,
    has_common_ending=True,
)
