"""Which spectra are drawn, under which names, and which element lines stand at their peaks?"""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from maxrf_core.datastack import MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.lines import label_peaks
from maxrf_core.peaks import find_peaks
from maxrf_core.spectra import MAXRF4U_SIGMA
from widgets.scan import Scan
from widgets.spectrum_figures import Curve, PeakName, own_colour
from widgets.state import Choice

MAXIMUM, MEAN = "Maximum of all pixels", "Mean of all pixels"
PEAKS_NAMED = 20
MEAN_COLOUR = "#8a8a8a"


def maximum_curve(scan: Scan) -> Curve:
    """Give the max spectrum; for a file that holds none, the mean of all pixels."""
    if scan.has(MAX_SPECTRUM):
        return Curve(MAXIMUM, scan.array(MAX_SPECTRUM))
    return mean_curve(scan)


def mean_curve(scan: Scan) -> Curve:
    """Give the sum spectrum, which is stored as the mean of all pixels."""
    if scan.has(SUM_SPECTRUM):
        return Curve(MEAN, scan.array(SUM_SPECTRUM), MEAN_COLOUR)
    height, width = scan.shape
    return Curve(MEAN, scan.region(0, 0, width - 1, height - 1), MEAN_COLOUR)


def pixel_curve(scan: Scan, x: int, y: int) -> Curve:
    """Give the spectrum of one pixel, smoothed, in the colour of the first mark."""
    return Curve(f"Pixel {x}, {y}", _smoothed(scan.pixel(x, y)), own_colour(1))


def own_curves(scan: Scan, now: Choice, smooth: bool) -> list[Curve]:
    """Give the spectra of all chosen pixels and rectangles, numbered and coloured as on the map.

    Parameters
    ----------
    scan : Scan
    now : Choice
    smooth : bool
        Smooth them as the max spectrum is: a pixel holds so few counts that most channels are empty.
    """
    found = [(f"Pixel {x}, {y}", scan.pixel(x, y)) for x, y in now.pixels]
    for x0, y0, x1, y1 in now.regions:
        found.append((f"Mean of {x0}, {y0} to {x1}, {y1}", scan.region(x0, y0, x1, y1)))
    return [
        Curve(f"{number}: {name}", _smoothed(values) if smooth else values, own_colour(number))
        for number, (name, values) in enumerate(found, start=1)
    ]


def _smoothed(values: np.ndarray) -> np.ndarray:
    return gaussian_filter1d(values, MAXRF4U_SIGMA)


def peak_names(scan: Scan, curve: Curve) -> list[PeakName]:
    """Name the most prominent peaks of a curve by the element lines that they most probably are."""
    if scan.axis.unit != "keV":
        return []
    positions = scan.axis.values[find_peaks(curve.values, PEAKS_NAMED)]
    found = zip(positions, label_peaks(positions), strict=True)
    return [PeakName(float(position), line.label) for position, line in found if line is not None]
