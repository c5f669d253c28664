"""Check of uploaded spectra: a single one, or many in a .tar file."""

from pathlib import Path

from maxrf_core.errors import ScanError
from maxrf_core.readers import MAP_FORMATS
from maxrf_core.readers.maps_scan import check_maps
from maxrf_core.readers.single_spectrum import read_spectrum_file
from maxrf_core.readers.spectra_tar import open_tar
from maxrf_core.untrusted.limits import check_array

TRIED = 8  # rows and columns of a scan


def check_spectrum(path: Path) -> None:
    """Read a file with one spectrum; where its ending is also one of element maps, it may hold these.

    Raises
    ------
    ScanError
        If it holds none.
    """
    try:
        read_spectrum_file(path)
    except ScanError:
        if not any(form.has_ending(path) for form in MAP_FORMATS):
            raise
        check_maps(path)


def check_tar(path: Path) -> None:
    """Open the scan of the spectra in a .tar file and read some of them.

    Raises
    ------
    ScanError
        If it is damaged, or its files make no scan.
    DatastackError
        If it would be larger than is taken.
    """
    scan = open_tar(path)
    check_array(path.name, "maxrf_cube", scan.shape, scan.dtype.itemsize, path.stat().st_size, None)
    rows, columns = (slice(0, None, -(-size // TRIED)) for size in scan.shape[:2])
    scan.read(rows, columns)
