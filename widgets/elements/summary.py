"""Summary of an element's map: where it is, how strong, how sure; with a small picture."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.maps import DETECTION
from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.imaging.display import percentile_limits, shrink
from widgets.charts.data_url import data_url
from widgets.charts.map_layers import indexed

THUMBNAIL = (200, 150)  # pixels
BRIGHTEST = 99.0  # percentile with the last colour, as on the page Maps
CHANCE = 1e-3  # of pixels without the element that noise lifts above 3.3 sigma; twice that of a Gaussian
MIN_PIXELS = 3  # above the detection limit, beyond what chance explains
CERTAIN = 7.0  # sigma of a single pixel, which chance does not reach in the largest scan


@dataclass(frozen=True, eq=False)
class Summary:
    """Summary of a map.

    Attributes
    ----------
    strongest : float
        The highest net counts of a pixel.
    place : (int, int)
        Its x and y.
    share : float
        Share of the pixels above the detection limit, 0 to 1.
    error : float
        Median standard deviation of a pixel.
    stands_out : bool
        More pixels lie above the detection limit than by chance.
    brightest : float
        Net counts that get the last colour; the first is 0.
    small : ndarray, (rows, columns) float32
        The map, shrunk.
    """

    strongest: float
    place: tuple[int, int]
    share: float
    error: float
    stands_out: bool
    brightest: float
    small: np.ndarray

    @property
    def limit(self) -> float:
        """Detection limit of a pixel in net counts."""
        return DETECTION * self.error

    def thumbnail(self, colormap: str) -> str:
        """Return a small picture as a data URL."""
        image = indexed(self.small, 0.0, self.brightest, COLORMAPS[colormap])
        return data_url(image, "PNG")


def summary_of(net: np.ndarray, sigma: np.ndarray) -> Summary:
    """Return the summary of a map.

    Parameters
    ----------
    net, sigma : ndarray, shape (height, width)
    """
    net, sigma = np.asarray(net), np.asarray(sigma)
    exists = np.isfinite(net)
    count = int(exists.sum())
    if not count:
        return Summary(0.0, (0, 0), 0.0, 0.0, False, 1.0, shrink(net, *THUMBNAIL))
    y, x = np.unravel_index(int(np.where(exists, net, -np.inf).argmax()), net.shape)
    above = int((net[exists] > DETECTION * sigma[exists]).sum())
    by_chance = count * CHANCE
    return Summary(
        float(net[y, x]),
        (int(x), int(y)),
        above / count,
        float(np.median(sigma[exists])),
        above >= by_chance + 3 * by_chance**0.5 + MIN_PIXELS or bool(net[y, x] > CERTAIN * sigma[y, x]),
        brightest_of(net, sigma),
        shrink(net, *THUMBNAIL),
    )


def brightest_of(net: np.ndarray, sigma: np.ndarray) -> float:
    """Return the net counts with the last colour: a high percentile, but well above the noise."""
    exists = np.isfinite(net)
    if not exists.any():
        return 1.0
    noise = 2 * DETECTION * float(np.median(sigma[exists]))
    return max(percentile_limits(net, 0, BRIGHTEST)[1], noise, 1e-6)
