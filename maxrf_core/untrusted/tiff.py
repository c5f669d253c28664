"""Check of an uploaded TIFF file, which is a stack of channels or a picture."""

from pathlib import Path

from maxrf_core.imaging.read import check_picture
from maxrf_core.readers.tiff_stack import TiffStackScan, is_tiff_stack
from maxrf_core.untrusted.limits import check_array

TRIED_ROWS = 4


def check_tiff(path: Path) -> None:
    """Open a stack and read a few of its rows; check anything else as a picture.

    Raises
    ------
    ScanError, PictureError
        If it is damaged.
    DatastackError
        If it would unpack to more than is taken.
    """
    if not is_tiff_stack(path):
        check_picture(path)
        return
    scan = TiffStackScan(path)
    check_array(path.name, "maxrf_cube", scan.shape, scan.dtype.itemsize, path.stat().st_size, None)
    step = max(1, scan.shape[0] // TRIED_ROWS)
    scan.read(slice(0, None, step), slice(0, None, max(1, scan.shape[1] // TRIED_ROWS)))
