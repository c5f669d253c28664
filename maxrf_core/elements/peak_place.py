"""Place of a peak: the pixel in which it is strongest."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.elements.analysis import Analysis
from maxrf_core.elements.side_bands import side_bands
from maxrf_core.progress import Progress

HALF_WIDTH = 0.6  # of a line's width: half of a peak's window
MIN_SIGNIFICANCE = 6.0  # sigma of a pixel; chance does not reach it in the largest scan


@dataclass(frozen=True)
class PeakPlace:
    """The pixel in which a peak is strongest.

    Attributes
    ----------
    x, y : int
    counts, error : float
        Net counts of the peak there, and their standard deviation from counting.
    """

    x: int
    y: int
    counts: float
    error: float


def peak_window(analysis: Analysis, energy: float) -> np.ndarray:
    """Return weights for the net counts of a peak, (channels,): side bands lie directly beside it."""
    half = HALF_WIDTH * float(analysis.instrument.response.fwhm(energy))
    start, stop = np.searchsorted(analysis.energies, (energy - half, energy + half))
    n_channels = len(analysis.energies)
    return side_bands(np.ones(n_channels), slice(int(start), int(stop))).weights(n_channels)


def strongest_pixel(
    cube: Cube, analysis: Analysis, energy: float, progress: Progress | None = None
) -> PeakPlace | None:
    """Return the pixel in which a peak is strongest, or None if no pixel stands out from the noise.

    Parameters
    ----------
    cube : Cube
    analysis : Analysis
        Of the cube's mean spectrum.
    energy : float
        keV of the peak.
    progress : callable, optional
    """
    weights = peak_window(analysis, energy)
    net, variance = np.nan_to_num(cube.weighted_maps(np.stack([weights, weights**2]), progress))
    error = np.sqrt(np.maximum(variance, 1.0))
    there = np.where(net > MIN_SIGNIFICANCE * error, net, -np.inf)
    y, x = (int(place) for place in np.unravel_index(int(there.argmax()), there.shape))
    if not np.isfinite(there[y, x]):
        return None
    return PeakPlace(x, y, float(net[y, x]), float(error[y, x]))
