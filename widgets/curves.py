"""Which spectra are drawn, under which names, and which element lines stand at their peaks?"""

from maxrf_core.datastack import MAX_SPECTRUM, SUM_SPECTRUM
from maxrf_core.energy import find_peaks
from maxrf_core.lines import label_peaks
from widgets.scan import Scan
from widgets.spectrum_figures import Curve, PeakName
from widgets.state import Choice

MAXIMUM, MEAN = "Maximum of all pixels", "Mean of all pixels"
PEAKS_NAMED = 20


def maximum_curve(scan: Scan) -> Curve:
    """Give the max spectrum; for a file that holds none, the mean of all pixels."""
    if scan.has(MAX_SPECTRUM):
        return Curve(MAXIMUM, scan.array(MAX_SPECTRUM))
    return mean_curve(scan)


def mean_curve(scan: Scan) -> Curve:
    """Give the sum spectrum, which is stored as the mean of all pixels."""
    if scan.has(SUM_SPECTRUM):
        return Curve(MEAN, scan.array(SUM_SPECTRUM))
    height, width = scan.shape
    return Curve(MEAN, scan.region(0, 0, width - 1, height - 1))


def pixel_curve(scan: Scan, x: int, y: int) -> Curve:
    """Give the spectrum of one pixel."""
    return Curve(f"Pixel {x}, {y}", scan.pixel(x, y))


def own_curves(scan: Scan, now: Choice) -> list[Curve]:
    """Give the spectra of all pixels and rectangles that the visitor chose, numbered as on the map."""
    curves = [pixel_curve(scan, *pixel) for pixel in now.pixels]
    for x0, y0, x1, y1 in now.regions:
        curves.append(Curve(f"Mean of {x0}, {y0} to {x1}, {y1}", scan.region(x0, y0, x1, y1)))
    return [Curve(f"{number}: {curve.name}", curve.values) for number, curve in enumerate(curves, start=1)]


def peak_names(scan: Scan, curve: Curve) -> list[PeakName]:
    """Name the most prominent peaks of a curve by the element lines that they most probably are."""
    if scan.axis.unit != "keV":
        return []
    positions = scan.axis.values[find_peaks(curve.values, PEAKS_NAMED)]
    found = zip(positions, label_peaks(positions), strict=True)
    return [PeakName(float(position), line.label) for position, line in found if line is not None]
