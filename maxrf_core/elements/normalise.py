"""Element maps divided by another map of the same pixels, with the error that follows."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.references import References
from maxrf_core.elements.smoothing import smooth
from maxrf_core.language import Note

MIN_RATIO = 3.3  # sigma of the divisor; where it is smaller, the quotient has no value
MIN_SHARE = 0.5  # of the pixels that have to show scatter


@dataclass(frozen=True, eq=False)
class Divisor:
    """A map that element maps can be divided by, or the reason why there is none.

    Attributes
    ----------
    values, sigma : ndarray, shape (height, width), or None
        Live seconds or counts of scatter, and their standard deviation; None if nothing tells them.
    sentence : str
        What they rest on, or why they are not known.
    """

    values: np.ndarray | None
    sigma: np.ndarray | None
    sentence: str


def scatter_divisor(references: References) -> Divisor:
    """Return the counts of the tube's lines after Compton scattering, if most pixels show them."""
    scatter, sigma = references.scatter, references.scatter_sigma
    if (np.nan_to_num(scatter) > MIN_RATIO * np.nan_to_num(sigma, nan=np.inf)).mean() < MIN_SHARE:
        words = Note("Too few pixels show lines of the tube after Compton scattering to divide maps by them.")
        return Divisor(None, None, words)
    words = Note(
        "Tube scatter is the counts of the tube's lines after Compton scattering. It makes up for the "
        "distance and the slope of the surface, but it is also weaker on heavy elements. Pixels in which it "
        "cannot be told from noise have no value."
    )
    return Divisor(scatter, sigma, words)


def normalise(
    net: np.ndarray,
    sigma: np.ndarray,
    divisor: np.ndarray,
    divisor_sigma: np.ndarray,
    size: int = 1,
    row_displacement: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Divide a map by another one, both smoothed by the same window.

    Parameters
    ----------
    net, sigma : ndarray, shape (height, width)
        Net counts and their standard deviation.
    divisor, divisor_sigma : ndarray, shape (height, width)
        Live seconds, or counts of scatter, independent of the net counts.
    size : {1, 3, 5}
        Side of the smoothing window.
    row_displacement : float
        As in `maxrf_core.elements.smoothing.smooth`.

    Returns
    -------
    quotient, sigma : ndarray, shape (height, width), float32
        NaN where the divisor is below 3.3 times its standard deviation.

    Examples
    --------
    >>> quotient, sigma = normalise(*np.array([[[60.0, 60]], [[3, 3]], [[20, 1]], [[1, 1]]]))
    >>> quotient.tolist(), sigma.astype(float).round(3).tolist()
    ([[3.0, nan]], [[0.212, nan]])
    """
    net, sigma = smooth(net, sigma, size, row_displacement)
    divisor, divisor_sigma = smooth(divisor, divisor_sigma, size, row_displacement)
    exists = np.nan_to_num(divisor) > MIN_RATIO * np.nan_to_num(divisor_sigma, nan=np.inf)
    exists &= np.nan_to_num(divisor) > 0
    quotient = np.divide(net, divisor, out=np.full(np.shape(net), np.nan), where=exists)
    error = np.hypot(sigma, quotient * divisor_sigma)
    error = np.divide(error, divisor, out=np.full(np.shape(net), np.nan), where=exists)
    return quotient.astype(np.float32), error.astype(np.float32)
