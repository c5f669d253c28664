"""Summary of an element's map: where it is, how strong, how sure; with a small copy."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.maps import DETECTION
from maxrf_core.elements.smoothing import smooth
from maxrf_core.imaging.display import percentile_limits, shrink

THUMBNAIL = (200, 150)  # pixels
BRIGHTEST = 99.0  # percentile with the last colour, as in maps of bands
CHANCE = 1e-3  # of pixels without the element that noise lifts above 3.3 sigma; twice that of a Gaussian
MIN_PIXELS = 3  # above the detection limit, beyond what chance explains
FAINT_SIZE = 5  # pixels; side of the window for what no single pixel shows
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
    smoothing : int
        Side of the smoothing window with which more pixels lie above the detection limit than by chance:
        1, or 5 for what is faint but wide; 0 if nothing stands out.
    brightest : float
        Net counts that get the last colour; the first is 0.
    small : ndarray, (rows, columns) float32
        The map, shrunk; smoothed if only that shows it.
    """

    strongest: float
    place: tuple[int, int]
    share: float
    error: float
    smoothing: int
    brightest: float
    small: np.ndarray

    @property
    def stands_out(self) -> bool:
        """True if single pixels stand out from the noise."""
        return self.smoothing == 1

    @property
    def limit(self) -> float:
        """Detection limit of a pixel in net counts."""
        return DETECTION * self.error


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
        return Summary(0.0, (0, 0), 0.0, 0.0, 0, 1.0, shrink(net, *THUMBNAIL))
    y, x = np.unravel_index(int(np.where(exists, net, -np.inf).argmax()), net.shape)
    smoothing, shown, error = 1, net, sigma
    if not _stands_out(net, sigma, 1):
        faint = smooth(net, sigma, FAINT_SIZE)
        smoothing = FAINT_SIZE if _stands_out(*faint, FAINT_SIZE) else 0
        shown, error = faint if smoothing else (net, sigma)
    return Summary(
        float(net[y, x]),
        (int(x), int(y)),
        float((net[exists] > DETECTION * sigma[exists]).mean()),
        float(np.median(sigma[exists])),
        smoothing,
        brightest_of(shown, error),
        shrink(shown, *THUMBNAIL),
    )


def mean_of_map(net: np.ndarray, sigma: np.ndarray) -> tuple[float, float]:
    """Return the mean net counts of a map's pixels, and their standard deviation from counting.

    Parameters
    ----------
    net, sigma : ndarray, shape (height, width)
        Missing values are left out.

    Examples
    --------
    >>> mean_of_map(np.array([[3.0, 5.0, np.nan]]), np.array([[0.3, 0.4, np.nan]]))
    (4.0, 0.25)
    """
    exists = np.isfinite(net) & np.isfinite(sigma)
    count = max(1, int(exists.sum()))
    variance = np.sum(np.square(sigma[exists], dtype=np.float64))
    return float(net[exists].sum(dtype=np.float64) / count), float(np.sqrt(variance) / count)


def _stands_out(net: np.ndarray, sigma: np.ndarray, size: int) -> bool:
    """Return True if more pixels are above the detection limit than chance explains."""
    exists = np.isfinite(net)
    ratios = net[exists] / np.maximum(sigma[exists], 1e-9)
    by_chance = len(ratios) * CHANCE
    spread = size * by_chance**0.5  # neighbours within a window are not independent
    above = int((ratios > DETECTION).sum())
    return above >= by_chance + 3 * spread + MIN_PIXELS * size**2 or bool(ratios.max() > CERTAIN)


def brightest_of(net: np.ndarray, sigma: np.ndarray) -> float:
    """Return the net counts with the last colour: a high percentile, but well above the noise."""
    exists = np.isfinite(net)
    if not exists.any():
        return 1.0
    noise = 2 * DETECTION * float(np.median(sigma[exists]))
    return max(percentile_limits(net, 0, BRIGHTEST)[1], noise, 1e-6)
