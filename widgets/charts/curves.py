"""Spectra of a scan as named curves."""

import numpy as np

from maxrf_core.cube.max_spectrum import smoothed
from maxrf_core.datastack.datastack import MAX_SPECTRUM, SUM_SPECTRUM
from widgets.charts.colours import own_colour
from widgets.charts.spectrum_figure import Curve
from widgets.session.choice import Choice
from widgets.session.language import _, marked
from widgets.session.scan import Scan

MAXIMUM, MEAN = marked("Maximum of all pixels"), marked("Mean of all pixels")
MEAN_COLOUR = "#6c6c6c"


def maximum_curve(scan: Scan) -> Curve:
    """Return the max spectrum; for a file that holds none, the mean of all pixels."""
    values = scan.spectrum(MAX_SPECTRUM)
    if values is None:
        return mean_curve(scan)
    return Curve(_named(_(MAXIMUM), scan.smoothing_of(MAX_SPECTRUM) > 0), values)


def mean_curve(scan: Scan) -> Curve:
    """Return the sum spectrum, which is stored as the mean of all pixels."""
    values = scan.spectrum(SUM_SPECTRUM)
    if values is None:
        height, width = scan.shape
        values = scan.region(0, 0, width - 1, height - 1)
    return Curve(_named(_(MEAN), scan.is_smoothed), values, MEAN_COLOUR)


def pixel_curve(scan: Scan, x: int, y: int) -> Curve:
    """Return the spectrum of one pixel, smoothed, in the colour of the first mark."""
    return Curve(_pixel_name(x, y), _pixel(scan, x, y, smooth=True), own_colour(1))


def own_curves(scan: Scan, now: Choice, smooth: bool) -> list[Curve]:
    """Return the spectra of all chosen pixels and rectangles, numbered and coloured as on the map.

    Parameters
    ----------
    scan : Scan
    now : Choice
    smooth : bool
        Smooth those of pixels as the max spectrum is: a pixel holds so few counts that most channels are
        empty. Means over rectangles are never smoothed.
    """
    found = [
        (_named(_pixel_name(x, y), smooth or scan.is_smoothed), _pixel(scan, x, y, smooth))
        for x, y in now.pixels
    ]
    for corners in now.regions:
        x0, y0, x1, y1 = corners
        words = _("Mean of {x0}, {y0} to {x1}, {y1}").format(x0=x0, y0=y0, x1=x1, y1=y1)
        name = _named(words, scan.is_smoothed)
        found.append((name, scan.region(*corners)))
    return [
        Curve(f"{number}: {name}", values, own_colour(number))
        for number, (name, values) in enumerate(found, start=1)
    ]


def _pixel(scan: Scan, x: int, y: int, smooth: bool) -> np.ndarray:
    """Read the spectrum of a pixel; spectra that are stored smoothed are not smoothed again."""
    values = scan.pixel(x, y)
    return smoothed(values) if smooth and not scan.is_smoothed else values


def _named(name: str, smoothed: bool) -> str:
    return _("{name}, smoothed").format(name=name) if smoothed else name


def _pixel_name(x: int, y: int) -> str:
    return _("Pixel {x}, {y}").format(x=x, y=y)
