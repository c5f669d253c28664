"""Profile of a map along a line, averaged over a width, with its error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.language import _

MAX_WIDTH = 200  # pixels
MIN_WEIGHT = 0.5  # of the pixels that a sample averages, which have to hold a value


@dataclass(frozen=True, eq=False)
class Profile:
    """Values along a line.

    Attributes
    ----------
    distances : ndarray, shape (n,)
        From the line's start, in pixels.
    values : ndarray, shape (n,)
        NaN where the map has no value.
    sigma : ndarray, shape (n,)
        Standard deviations; NaN if those of the map are not known. Neighbouring samples share pixels, so
        that their errors are not independent.
    """

    distances: np.ndarray
    values: np.ndarray
    sigma: np.ndarray

    def scaled(self) -> "Profile":
        """Return the profile in parts of its highest value; as it is if nothing is above 0."""
        highest = float(np.nanmax(self.values, initial=0))
        if highest <= 0:
            return self
        return Profile(self.distances, self.values / highest, self.sigma / highest)


def line_length(line: Sequence[float], pixel_size: Sequence[float] = (1.0, 1.0)) -> float:
    """Return the length of a line (x0, y0, x1, y1), in pixels, or in mm with the size of a pixel.

    Examples
    --------
    >>> line_length((0, 0, 30, 40)), line_length((0, 0, 30, 40), (0.5, 0.25))
    (50.0, 18.027756377319946)
    """
    x0, y0, x1, y1 = line
    return math.hypot((x1 - x0) * pixel_size[0], (y1 - y0) * pixel_size[1])


def line_profile(
    values: np.ndarray, line: Sequence[float], width: int = 1, sigma: np.ndarray | None = None
) -> Profile:
    """Sample a map along a line, at steps of about one pixel.

    A sample is the mean of `width` points across the line, one pixel apart; each is interpolated between the
    four pixels around it. The error follows from the weights that pixels have in the sample.

    Parameters
    ----------
    values : ndarray, shape (height, width)
        NaN where there is no value.
    line : (x0, y0, x1, y1)
        Ends in pixels of the map.
    width : int
        Pixels across the line that are averaged.
    sigma : ndarray, shape (height, width), optional
        Standard deviations of independent pixels.

    Returns
    -------
    Profile

    Raises
    ------
    PictureError
        If the line has no length, or the width is none.

    Examples
    --------
    >>> ramp = np.arange(12.0).reshape(3, 4)
    >>> found = line_profile(ramp, (0, 1, 3, 1), sigma=np.full((3, 4), 2.0))
    >>> found.values, found.sigma
    (array([4., 5., 6., 7.]), array([2., 2., 2., 2.]))
    """
    from scipy.sparse import coo_array  # slow to import

    length = line_length(line)
    if not 0 < length < math.inf:
        raise PictureError(_("A profile needs a line between two different places."))
    if not 1 <= width <= MAX_WIDTH:
        words = _("The width of a profile is a number of pixels from 1 to {limit}, not {width}.")
        raise PictureError(words.format(limit=MAX_WIDTH, width=width))
    steps = np.linspace(0, 1, math.ceil(length) + 1)
    samples, pixels, weights = _weights(line, steps, width, values.shape)
    used, places = np.unique(pixels, return_inverse=True)
    matrix = coo_array((weights, (samples, places)), shape=(len(steps), len(used))).tocsr()
    own = values[np.unravel_index(used, values.shape)].astype(np.float64)
    exists = np.isfinite(own)
    total = matrix @ exists.astype(np.float64)
    is_told = total >= MIN_WEIGHT
    empty = np.full(len(steps), np.nan)
    mean = np.divide(matrix @ np.where(exists, own, 0), total, out=empty.copy(), where=is_told)
    if sigma is None:
        return Profile(steps * length, mean, empty)
    own_sigma = sigma[np.unravel_index(used, sigma.shape)].astype(np.float64)
    variance = (matrix * matrix) @ np.where(exists, own_sigma**2, 0)
    error = np.divide(np.sqrt(variance), total, out=empty, where=is_told)
    return Profile(steps * length, mean, error)


def _weights(
    line: Sequence[float], steps: np.ndarray, width: int, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sample, pixel and weight of each pixel inside the map that takes part in a sample."""
    x0, y0, x1, y1 = line
    length = line_length(line)
    across = np.array([-(y1 - y0), x1 - x0]) / length
    offsets = (np.arange(width) - (width - 1) / 2)[:, np.newaxis]
    x = x0 + steps * (x1 - x0) + offsets * across[0]
    y = y0 + steps * (y1 - y0) + offsets * across[1]
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    part_x, part_y = x - left, y - top
    number = np.broadcast_to(np.arange(len(steps)), x.shape)
    found = []
    for right, share_x in ((0, 1 - part_x), (1, part_x)):
        for below, share_y in ((0, 1 - part_y), (1, part_y)):
            column, row, weight = left + right, top + below, share_x * share_y / width
            inside = (weight > 0) & (column >= 0) & (column < shape[1]) & (row >= 0) & (row < shape[0])
            found.append((number[inside], row[inside] * shape[1] + column[inside], weight[inside]))
    samples, pixels, weights = (np.concatenate(each) for each in zip(*found, strict=True))
    return samples, pixels, weights
