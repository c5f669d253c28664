"""Which maps is a photograph compared with, when nobody has chosen any?

Those of the elements that stand out. What shows on a map weighs by how much it stands out from that map's
noise, so that it does little harm if some of the maps are empty.
"""

from collections.abc import Sequence

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.names import MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.progress import Progress
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import RHODIUM_TUBE, Tube
from maxrf_core.spectrum.lines import COMMON_ELEMENTS, Line, label_peaks
from maxrf_core.spectrum.peaks import find_peaks

MOST = 6  # bands, so that all their maps are made in a second or two
HALF_BAND = 0.15  # keV to each side of a line: a detector's peak is about 0.15 keV wide at half its height
HALF_BAND_CHANNELS = 15.0  # the same of a scan without energies

Band = tuple[float, float]


def band_of_line(line: Line) -> Band:
    """Give the band around an element line, in keV.

    Examples
    --------
    >>> from maxrf_core.spectrum.lines import find_line
    >>> band_of_line(find_line("Fe Ka"))
    (6.25, 6.55)
    """
    return round(line.energy - HALF_BAND, 3), round(line.energy + HALF_BAND, 3)


def prominent_lines(axis: SpectralAxis, peaks: np.ndarray, tube: Tube = RHODIUM_TUBE) -> list[Line]:
    """Return one line of each element that has a peak, the most prominent first.

    Parameters
    ----------
    axis : SpectralAxis
        Of a scan without energies there are none.
    peaks : ndarray, (n,), int
        Their channels, such as `maxrf_core.datastack.scan_peaks.scan_peaks`.
    tube : Tube
        The scan's.

    Returns
    -------
    list of Line
        Not those of the tube, which are the same everywhere.
    """
    if axis.unit != "keV":
        return []
    found: dict[str, Line] = {}
    for line in label_peaks(axis.values[peaks], tube=tube):
        if line is not None and line.element in COMMON_ELEMENTS and line.element != tube.anode:
            found.setdefault(line.element, line)
    return list(found.values())


def telling_bands(
    axis: SpectralAxis,
    spectrum: np.ndarray,
    peaks: np.ndarray | None = None,
    tube: Tube = RHODIUM_TUBE,
) -> list[Band]:
    """Choose the bands whose maps are likely to show most of what is on the artwork.

    Parameters
    ----------
    axis : SpectralAxis
    spectrum : ndarray, (channels,)
        The max spectrum is best: a small spot counts there, too.
    peaks : ndarray, (n,), int, optional
        Those of the scan that are more than noise, where they are known. Where there are none, those of the
        spectrum are taken: a map of noise does little harm.
    tube : Tube
        The scan's.

    Returns
    -------
    list of (lo, hi)
        In the unit of the axis, the most prominent first: around the element lines where they are known, else
        around the peaks. None where the spectrum has no peaks.
    """
    if peaks is None or not len(peaks):
        peaks = find_peaks(spectrum, first=axis.first)
    bands = [band_of_line(line) for line in prominent_lines(axis, peaks, tube)]
    if not bands:
        half = HALF_BAND if axis.unit == "keV" else HALF_BAND_CHANNELS
        first, last = axis.values[[0, -1]]
        bands = [
            (max(float(first), float(centre - half)), min(float(last), float(centre + half)))
            for centre in axis.values[peaks]
        ]
    return bands[:MOST]


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
    chosen = list(bands) or telling_bands(ds.axis, _overall_spectrum(ds), tube=Tube.of(ds.about))
    if not chosen:
        raise RegistrationError("The spectrum has no peaks to make maps of; say with which bands to agree.")
    return list(ds.band_maps(chosen, progress))


def _overall_spectrum(ds: DataStack) -> np.ndarray:
    for name in (MAX_SPECTRUM, SUM_SPECTRUM):
        if name in ds.names:
            return ds.read(name)
    return ds.sum_and_max()[1]
