"""Peaks of a whole scan, from its mean and its max spectrum."""

import numpy as np

from maxrf_core.cube.max_spectrum import MAXRF4U_SIGMA
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.missing_pixels import averaged_pixels
from maxrf_core.names import CUBE, MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.peaks import find_peaks

MIN_PEAK_DISTANCE = 0.0025  # part of the number of channels; closer peaks of both spectra are one


def smoothing_of(ds: DataStack, name: str) -> float:
    """Return the sigma, in channels, with which an array's spectra were smoothed; 0 for counts.

    Read from the file. Files of maxrf4u are smoothed but do not contain sigma: then its default is returned,
    as for a max spectrum of unknown origin.

    Parameters
    ----------
    ds : DataStack
    name : str
        The newest version of this array is used.
    """
    own = ds.attributes(name).get("smoothing_sigma")
    if own is None and name == SUM_SPECTRUM and CUBE in ds.names:  # of which it is the mean
        own = ds.attributes(CUBE).get("smoothing_sigma")
    if isinstance(own, int | float):
        return float(own)
    return MAXRF4U_SIGMA if ds.written_by_maxrf4u or name == MAX_SPECTRUM else 0.0


def scan_peaks(ds: DataStack, axis: SpectralAxis, count: int = 20) -> np.ndarray:
    """Find the peaks of a scan that are more than noise, the most prominent first.

    Parameters
    ----------
    ds : DataStack
    axis : SpectralAxis
        Axis of the scan.
    count : int
        Largest number of peaks of either spectrum.

    Returns
    -------
    ndarray, shape (n,), int64
        Channels: peaks of the max spectrum, which contains small spots too, then those only in the mean of
        all pixels, which has much less noise.
    """
    found: list[int] = []
    channels = ds.shape[2]
    if channels < 8:
        return np.array(found, dtype=np.int64)
    for name, pixels in ((MAX_SPECTRUM, 1), (SUM_SPECTRUM, averaged_pixels(ds))):
        if name not in ds.names:
            continue
        values, smoothed = np.asarray(ds.read(name)), smoothing_of(ds, name)
        if values.shape != (channels,) or values.dtype.kind not in "fiu":
            continue
        counts = values * (pixels if smoothed else 1)
        near = MIN_PEAK_DISTANCE * channels
        for peak in find_peaks(counts, count, axis.first, smoothed=smoothed).tolist():
            if all(abs(peak - other) > near for other in found):
                found.append(peak)
    return np.array(found, dtype=np.int64)
