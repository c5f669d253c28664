"""Default choice of the maps that a photograph is compared with: those of the most prominent elements.

Maps are weighted by their signal over their noise, so empty maps do little harm.
"""

from collections.abc import Sequence

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.names import MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.progress import Progress
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import DEFAULT_TUBE, Tube
from maxrf_core.spectrum.lines import COMMON_ELEMENTS, Line
from maxrf_core.spectrum.peak_labels import label_peaks
from maxrf_core.spectrum.peaks import find_peaks

MAX_BANDS = 6  # so that all maps are made in a second or two
HALF_BAND = 0.15  # keV to each side of a line: a detector's peak is about 0.15 keV wide at half its height
HALF_BAND_CHANNELS = 15.0  # the same for a scan without energies

Band = tuple[float, float]


def band_of_line(line: Line) -> Band:
    """Return the band around an element line, in keV.

    Examples
    --------
    >>> from maxrf_core.spectrum.lines import find_line
    >>> band_of_line(find_line("Fe Ka"))
    (6.25, 6.55)
    """
    return round(line.energy - HALF_BAND, 3), round(line.energy + HALF_BAND, 3)


def prominent_lines(axis: SpectralAxis, peaks: np.ndarray, tube: Tube = DEFAULT_TUBE) -> list[Line]:
    """Return one line of each element that has a peak, the most prominent first.

    Parameters
    ----------
    axis : SpectralAxis
        Without energies no lines are returned.
    peaks : ndarray, (n,), int
        Channels of the peaks, such as from `maxrf_core.datastack.scan_peaks.scan_peaks`.
    tube : Tube
        The scan's.

    Returns
    -------
    list of Line
        Without those of the tube, which are the same everywhere.
    """
    if axis.unit != "keV":
        return []
    found: dict[str, Line] = {}
    for line in label_peaks(axis.values[peaks], tube=tube):
        if line is not None and line.element in COMMON_ELEMENTS and line.element != tube.anode:
            found.setdefault(line.element, line)
    return list(found.values())


def select_bands(
    axis: SpectralAxis,
    spectrum: np.ndarray,
    peaks: np.ndarray | None = None,
    tube: Tube = DEFAULT_TUBE,
) -> list[Band]:
    """Return the bands whose maps are likely to show most of the artwork.

    Parameters
    ----------
    axis : SpectralAxis
    spectrum : ndarray, (channels,)
        Preferably the max spectrum, in which small spots count too.
    peaks : ndarray, (n,), int, optional
        Peaks of the scan above noise, if known. If there are none, the peaks of the spectrum are used: a map
        of noise does little harm.
    tube : Tube
        The scan's.

    Returns
    -------
    list of (lo, hi)
        In the unit of the axis, the most prominent first: around the element lines if known, else around the
        peaks. Empty if the spectrum has no peaks.
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
    return bands[:MAX_BANDS]


def comparison_maps(
    ds: DataStack, bands: Sequence[Band] = (), progress: Progress | None = None
) -> list[np.ndarray]:
    """Compute the maps that a photograph is compared with.

    Parameters
    ----------
    ds : DataStack
    bands : sequence of (lo, hi)
        In the unit of the scan's axis; by default those of `select_bands`. Of a file without spectra the
        stored maps of most structure are taken.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    list of ndarray, (height, width), float64
        Counts per channel.

    Raises
    ------
    CalibrationError
        If a band holds no channel.
    RegistrationError
        If no bands are given and the spectrum has no peaks.
    """
    if not ds.has_spectra and not bands:
        return _structured_maps(ds)
    chosen = list(bands) or select_bands(ds.axis, _overall_spectrum(ds), tube=Tube.from_attributes(ds.about))
    if not chosen:
        raise RegistrationError(
            _("The spectrum has no peaks to make maps of; say with which bands to agree.")
        )
    return list(ds.band_maps(chosen, progress))


def _structured_maps(ds: DataStack) -> list[np.ndarray]:
    """Return the stored maps whose neighbouring pixels are most alike: noise has no such neighbours."""
    alike: list[tuple[float, str]] = []
    for name in ds.map_names:
        values = np.nan_to_num(np.asarray(ds.stored_map(name), np.float64))
        one, other = values[:, :-1].ravel(), values[:, 1:].ravel()
        spread = one.std() * other.std()
        if spread > 0:
            alike.append((float(np.mean((one - one.mean()) * (other - other.mean())) / spread), name))
    best = [name for _alike, name in sorted(alike, reverse=True)[:MAX_BANDS]]
    return [np.nan_to_num(np.asarray(ds.stored_map(name), np.float64)) for name in best]


def _overall_spectrum(ds: DataStack) -> np.ndarray:
    for name in (MAX_SPECTRUM, SUM_SPECTRUM):
        if name in ds.names:
            return ds.read(name)
    return ds.sum_and_max()[1]
