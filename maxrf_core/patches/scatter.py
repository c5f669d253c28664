"""Error of a mean over pixels that scatter, and that are like their neighbours."""

from dataclasses import dataclass
from math import hypot, inf, sqrt

import numpy as np

MAX_LAG = 128  # pixels; pixels that are further apart count as independent
TILE = 512  # pixels: the side of the parts in which large patches are looked at
MIN_FREE = 0.1  # of the pairs of pixels, further apart than the correlation reaches
CAUTION = 4.0  # the variance is enlarged by 1 + CAUTION / effective pixels, see docs/patches.md


@dataclass(frozen=True)
class Mean:
    """Mean of some pixels and its error.

    Attributes
    ----------
    pixels : int
        Number of pixels with a value.
    value : float
    counting : float
        Standard deviation of the mean from counting.
    scatter : float
        Standard deviation of the mean from real differences between the pixels.
    effective : float
        Number of independent pixels that would have this scatter of the mean.
    scanner : float
        Standard deviation of the mean from what the scanner is off by in all pixels together.
    """

    pixels: int
    value: float
    counting: float
    scatter: float
    effective: float
    scanner: float = 0.0

    @property
    def error(self) -> float:
        """Standard deviation of the mean."""
        return hypot(self.counting, self.scatter, self.scanner)

    @property
    def measurement(self) -> float:
        """Standard deviation of the mean of these very pixels, however they differ from each other."""
        return hypot(self.counting, self.scanner)

    @property
    def freedom(self) -> float:
        """Degrees of freedom with which `scatter` is known."""
        return max(1.0, self.effective / 2 - 1)


def mean_of(net: np.ndarray, sigma: np.ndarray, mask: np.ndarray, scanner_share: float = 0.0) -> Mean:
    """Return the mean of the pixels of a mask, with its error.

    Parameters
    ----------
    net, sigma : ndarray, shape (height, width)
        Net counts, and their standard deviation from counting, independent between pixels. Missing values are
        left out.
    mask : ndarray, shape (height, width), bool
    scanner_share : float
        What the net counts of all pixels together may be off by, as a share of them.

    Returns
    -------
    Mean
        All NaN if no pixel has a value.

    Notes
    -----
    The variance of a mean of n pixels is the sum of the covariances of all pairs of pixels, by n². Beside
    counting, the covariance at a distance d is estimated as the mean product A(d) of deviations from the
    mean, up to the first distance at which it is not positive. Deviations are from the patch's own mean, so
    that A(d) is too low by the variance of the mean, v, itself: v = Σ (A(d) + v) / n² over N pairs within
    reach, hence v = Σ A(d) / n² / (1 − N / n²).
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else np.s_[:0, :0]
    values, inside = net[box].astype(np.float64), mask[box] & np.isfinite(net[box])
    count = int(np.count_nonzero(inside))
    if not count:
        return Mean(0, np.nan, np.nan, np.nan, 0.0, np.nan)
    value = float(values[inside].mean())
    variances = float(np.square(sigma[box][inside], dtype=np.float64).sum())
    counting, scanner = sqrt(variances) / count, scanner_share * abs(value)
    deviations = np.where(inside, values - value, 0)
    pairs, products = _by_distance(inside, deviations)
    products[0] -= variances
    if count < 2 or products[0] <= 0:
        return Mean(count, value, counting, 0.0, inf, scanner)
    ends = np.flatnonzero(products <= 0)
    reach = int(ends[0]) if len(ends) else len(products)
    within = float(pairs[:reach].sum()) / count**2
    variance = float(products[:reach].sum()) / count**2 / max(1 - within, MIN_FREE)
    effective = max(1.0, (products[0] / count + variance) / variance)
    return Mean(count, value, counting, sqrt(variance * (1 + CAUTION / effective)), effective, scanner)


def _by_distance(inside: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of pairs of pixels at each whole distance, and the sum of their products.

    Each pair counts twice, and each pixel once with itself. Pairs across the parts of a large patch are
    left out.
    """
    pairs, products = np.zeros(MAX_LAG + 1), np.zeros(MAX_LAG + 1)
    for top in range(0, inside.shape[0], TILE):
        for left in range(0, inside.shape[1], TILE):
            part = np.s_[top : top + TILE, left : left + TILE]
            if inside[part].any():
                for total, values in ((pairs, inside[part]), (products, deviations[part])):
                    total += _autocorrelation(values.astype(np.float64))
    return np.rint(pairs), products


def _autocorrelation(values: np.ndarray) -> np.ndarray:
    """Return the sums of products of all pairs of pixels, by their rounded distance up to MAX_LAG."""
    from scipy.fft import irfft2, next_fast_len, rfft2  # slow to import

    reach = [min(length - 1, MAX_LAG) for length in values.shape]
    size = [next_fast_len(length + lag, real=True) for length, lag in zip(values.shape, reach, strict=True)]
    spectrum = rfft2(values, size)
    sums = irfft2(np.abs(spectrum) ** 2, size)
    down, across = (np.minimum(np.arange(length), length - np.arange(length)) for length in size)
    distance = np.rint(np.hypot(down[:, np.newaxis], across)).astype(int)
    near = (down[:, np.newaxis] <= reach[0]) & (across <= reach[1]) & (distance <= MAX_LAG)
    return np.bincount(distance[near], sums[near], MAX_LAG + 1)
