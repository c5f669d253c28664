"""Check of an uploaded .bcf file: its container and all headers of its pixels, by opening it."""

from pathlib import Path

from maxrf_core.readers.bcf import BcfScan
from maxrf_core.readers.bcf_stream import container_of, maps_in
from maxrf_core.untrusted.limits import check_array

TRIED_ROWS = 4


def check_bcf(path: Path) -> None:
    """Open each map of a .bcf file and unpack a few of its rows.

    Raises
    ------
    ScanError
        If it is damaged.
    DatastackError
        If it would unpack to more than is taken.
    """
    for number in maps_in(container_of(path)):
        scan = BcfScan(path, number)
        check_array(path.name, "maxrf_cube", scan.shape, scan.dtype.itemsize, path.stat().st_size, None)
        step = max(1, scan.shape[0] // TRIED_ROWS)
        scan.read(slice(0, None, step), slice(None))
        _ = scan.pictures  # reads them
