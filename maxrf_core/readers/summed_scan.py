"""Sum of several detectors of a scan."""

from collections.abc import Iterable, Sequence

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _, marked
from maxrf_core.readers.scan import ALL, Scan
from maxrf_core.transform.scan_picture import ScanPicture

MEAN_LIVE_TIME = marked("Its live time is the mean of that of its detectors.")


def dtype_of_sum(dtypes: Iterable[np.dtype]) -> np.dtype:
    """Return a type that holds the sum of some detectors' counts.

    Examples
    --------
    >>> dtype_of_sum([np.dtype(">u2"), np.dtype("u1")]), dtype_of_sum([np.dtype("f4")])
    (dtype('uint32'), dtype('float64'))
    """
    dtype = np.result_type(*dtypes)
    if dtype.kind == "f":
        return np.dtype(np.float64)
    return np.dtype(np.int64 if dtype.itemsize > 2 or dtype.kind == "i" else np.uint32)


class SummedScan(Scan):
    """The sum of several detectors of a scan.

    Parameters
    ----------
    scans : sequence of Scan
        Of one detector each.
    read_from : str
        What the datastack made states of them.

    Raises
    ------
    ScanError
        If they differ in shape.
    """

    def __init__(self, scans: Sequence[Scan], read_from: str) -> None:
        first = scans[0]
        if any(scan.shape != first.shape for scan in scans):
            raise ScanError(_("{name}: its detectors differ in size.").format(name=first.name))
        self._scans = tuple(scans)
        self.name, self.shape, self.natural_block = first.name, first.shape, first.natural_block
        self.dtype = dtype_of_sum(scan.dtype for scan in scans)
        self.paths = tuple(dict.fromkeys(path for scan in scans for path in scan.paths))
        self.energies, self.energies_source = first.energies, first.energies_source
        self.smoothing_sigma, self.about = first.smoothing_sigma, first.about
        self.cube_attributes = {**first.cube_attributes, "read_from": read_from}
        notes = dict.fromkeys(note for scan in scans for note in scan.notes)
        self.maps = {}
        times = [scan.maps["live_time_s"] for scan in scans if "live_time_s" in scan.maps]
        if len(times) == len(scans):
            self.maps["live_time_s"] = np.mean(times, axis=0, dtype=np.float64).astype(times[0].dtype)
            notes[MEAN_LIVE_TIME] = None
        if any(not _are_equal(scan.energies, first.energies) for scan in scans):
            notes[
                Note("Its detectors have other energies than the first one, which are those of the sum.")
            ] = None
        self.notes = tuple(notes)

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block of each detector, one after another, and sum them."""
        total = self._scans[0].read(rows, columns, channels).astype(self.dtype)
        for scan in self._scans[1:]:
            total += scan.read(rows, columns, channels).astype(self.dtype)
        for scan in self._scans:
            self.unread = {**self.unread, **scan.unread}
        return total

    @property
    def pictures(self) -> tuple[ScanPicture, ...]:
        """Pictures of the scan, which are the same for each detector."""
        return self._scans[0].pictures


def _are_equal(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.allclose(one, other, rtol=0, atol=1e-6)
