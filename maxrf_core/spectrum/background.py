"""Background of a spectrum: the continuum under the lines."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike


class Widths(Protocol):
    """Interface of a response as `snip` uses it: the width of a line at each channel."""

    @property
    def gain(self) -> float:
        """Unit of the axis per channel."""

    def energies(self, n_channels: int) -> np.ndarray:
        """Return the position of each channel on the axis."""

    def fwhm(self, energy: ArrayLike) -> np.ndarray:
        """Return the full width at half maximum of a line at a position, in the unit of the axis."""


WINDOW = 2.4  # FWHM to each side; wide enough to cut off a line, narrow enough to follow the continuum


def valid_counts(spectrum: ArrayLike) -> np.ndarray:
    """Return counts as a fit takes them, float64: missing and negative ones are 0.

    Examples
    --------
    >>> valid_counts([3, float("nan"), -1]).tolist()
    [3.0, 0.0, 0.0]
    """
    return np.clip(np.nan_to_num(np.asarray(spectrum, np.float64)), 0, None)


def snip(spectrum: ArrayLike, response: Widths, window: float = WINDOW) -> np.ndarray:
    """Return the background of a spectrum by the SNIP algorithm, with a window that follows the resolution.

    Statistics-sensitive non-linear iterative peak clipping (Ryan et al., Nuclear Instruments and Methods B
    34, 1988, 396): in logarithms of logarithms of the smoothed counts, each channel is clipped to the mean of
    its two neighbours at a distance that shrinks from the window to 1.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts.
    response : Response, or anything with widths
        Its widths scale the window at each channel.
    window : float
        Largest distance, in widths (FWHM).

    Returns
    -------
    ndarray, shape (channels,), float64
        At most the smoothed spectrum.
    """
    from scipy.ndimage import gaussian_filter1d  # slow to import

    counts = valid_counts(spectrum)
    n = len(counts)
    widths = response.fwhm(response.energies(n)) / response.gain
    smooth = gaussian_filter1d(counts, max(0.5, 0.3 * float(np.median(widths))))
    values = np.log(np.log(np.sqrt(smooth + 1) + 1) + 1)
    reach = np.maximum(1, np.rint(window * widths)).astype(np.int64)
    channels = np.arange(n)
    steps = int(reach.max())
    for step in range(steps, 0, -1):
        clipped = channels[reach >= step]
        below, above = np.maximum(clipped - step, 0), np.minimum(clipped + step, n - 1)
        values[clipped] = np.minimum(values[clipped], (values[below] + values[above]) / 2)
    return np.minimum((np.exp(np.exp(values) - 1) - 1) ** 2 - 1, smooth).clip(0)


def pieces(background: np.ndarray, first: int, stop: int, count: int) -> np.ndarray:
    """Return a background cut into overlapping pieces that add up to it: (count, channels).

    Parameters
    ----------
    background : ndarray, shape (channels,)
    first, stop : int
        The channels that are divided; beyond them all pieces but the outer ones are 0.
    count : int

    Examples
    --------
    >>> pieces(np.ones(5), 0, 5, 2)
    array([[1.  , 0.75, 0.5 , 0.25, 0.  ],
           [0.  , 0.25, 0.5 , 0.75, 1.  ]])
    """
    place = np.clip((np.arange(len(background)) - first) / max(1, stop - 1 - first), 0, 1) * (count - 1)
    hats = np.clip(1 - np.abs(place - np.arange(count)[:, np.newaxis]), 0, 1)
    return hats * background
