"""Which maps is a photograph compared with, when nobody has chosen any?

Those of the highest peaks of the spectrum. What shows on a map weighs by how much it stands out from that
map's noise, so that it does little harm if some of the maps are empty.
"""

from collections.abc import Sequence

import numpy as np

from maxrf_core.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.naming import SUM_SPECTRUM
from maxrf_core.peaks import find_peaks
from maxrf_core.progress import Progress

MOST = 8
HALF = 15 / 4096  # of all channels, to each side of a peak: 0.15 keV where they span 40 keV

Band = tuple[float, float]


def telling_bands(ds: DataStack) -> list[Band]:
    """Choose the bands round the most prominent peaks of a scan.

    Parameters
    ----------
    ds : DataStack

    Returns
    -------
    list of (lo, hi)
        In the unit of the scan's axis: keV, or channel numbers until it is calibrated. From low to high.

    Raises
    ------
    RegistrationError
        Where the spectrum has no peaks.
    """
    spectrum = ds.read(SUM_SPECTRUM) if SUM_SPECTRUM in ds.names else ds.sum_and_max()[0]
    values, count = ds.axis.values, len(spectrum)
    half = max(1, round(HALF * count))
    peaks = np.sort(find_peaks(spectrum, MOST))
    if not len(peaks):
        raise RegistrationError("The spectrum has no peaks to make maps of; say with which bands to agree.")
    ends = [(max(0, peak - half), min(count - 1, peak + half)) for peak in peaks]
    return [(float(values[first]), float(values[last])) for first, last in ends]


def maps_to_agree_with(
    ds: DataStack, bands: Sequence[Band] = (), progress: Progress | None = None
) -> list[np.ndarray]:
    """Make the maps that a photograph is to agree with.

    Parameters
    ----------
    ds : DataStack
    bands : sequence of (lo, hi)
        In the unit of the scan's axis; by default those of `telling_bands`.
    progress : callable, optional
        Called with the fraction done and what is being done; what it raises stops the work.

    Returns
    -------
    list of ndarray, (height, width), float64
        Counts per channel.

    Raises
    ------
    CalibrationError
        Where a band holds no channel.
    RegistrationError
        Where no bands are given and the spectrum has no peaks.
    """
    return list(ds.band_maps(list(bands) or telling_bands(ds), progress))
