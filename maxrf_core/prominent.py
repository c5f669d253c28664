"""Which elements stand out most in a scan, and in which bands do they show?"""

from collections.abc import Sequence

import numpy as np

from maxrf_core.energy import SpectralAxis
from maxrf_core.lines import COMMON_ELEMENTS, Line, label_peaks
from maxrf_core.peaks import find_peaks

HALF_BAND = 0.15  # keV to each side of a line: a detector's peak is about 0.15 keV wide at half its height
HALF_BAND_CHANNELS = 15.0  # the same of a scan without energies
MOST = 6  # bands, so that all their maps are made in a second or two


def band_of_line(line: Line) -> tuple[float, float]:
    """Give the band around an element line, in keV.

    Examples
    --------
    >>> from maxrf_core.lines import find_line
    >>> band_of_line(find_line("Fe Ka"))
    (6.25, 6.55)
    """
    return round(line.energy - HALF_BAND, 3), round(line.energy + HALF_BAND, 3)


def prominent_lines(axis: SpectralAxis, spectrum: np.ndarray) -> list[Line]:
    """Give one line of each element that stands out in a spectrum, the most prominent first.

    Parameters
    ----------
    axis : SpectralAxis
        Of a scan without energies there are none.
    spectrum : ndarray, (channels,)
        The max spectrum is best: a small spot counts there, too.

    Returns
    -------
    list of Line
        Not those of the tube, which are the same everywhere.
    """
    if axis.unit != "keV":
        return []
    found: dict[str, Line] = {}
    for line in label_peaks(axis.values[find_peaks(spectrum)]):
        if line is not None and line.element in COMMON_ELEMENTS and line.series != "Compton":
            found.setdefault(line.element, line)
    return list(found.values())


def prominent_bands(axis: SpectralAxis, spectrum: np.ndarray, most: int = MOST) -> list[tuple[float, float]]:
    """Give the bands whose maps are likely to show most of what is on the artwork.

    Parameters
    ----------
    axis : SpectralAxis
    spectrum : ndarray, (channels,)
    most : int
        Bands to give.

    Returns
    -------
    list of (float, float)
        In the unit of the axis; around the element lines where they are known, else around the peaks; the
        whole spectrum behind the zero peak where there is none.
    """
    bands: Sequence[tuple[float, float]] = [band_of_line(line) for line in prominent_lines(axis, spectrum)]
    if not bands:
        half = HALF_BAND if axis.unit == "keV" else HALF_BAND_CHANNELS
        centres = axis.values[find_peaks(spectrum)]
        bands = [(float(centre - half), float(centre + half)) for centre in centres]
    return list(bands[:most]) or [(float(axis.values[len(axis) // 20]), float(axis.values[-1]))]
