"""Smoothing of element maps, with the error that follows."""

import math

import cv2
import numpy as np

from maxrf_core.imaging.straight_rows import shifted, straighten

KERNELS = {1: (1,), 3: (1, 2, 1), 5: (1, 4, 6, 4, 1)}  # binomial


def smooth(
    net: np.ndarray, sigma: np.ndarray, size: int, row_displacement: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Smooth a map of net counts by a binomial window, and compute the error of the result.

    Net counts are a weighted sum of counts with the same weights in each pixel, so this is the same as
    smoothing the counts. At the edges, and beside missing values, the weights of the pixels that exist are
    enlarged.

    Parameters
    ----------
    net : ndarray, shape (height, width)
        NaN where there is no value.
    sigma : ndarray, shape (height, width)
        Standard deviations of independent pixels.
    size : {1, 3, 5}
        Side of the window; 1 returns the map as it is.
    row_displacement : float
        Pixels by which odd rows lie too far to the right; they are shifted back, see
        `maxrf_core.imaging.straight_rows`. The error follows.

    Returns
    -------
    net, sigma : ndarray, shape (height, width), float32

    Examples
    --------
    >>> net, sigma = smooth(np.full((9, 9), 4.0), np.full((9, 9), 8.0), 3)
    >>> net[4, 4].item(), sigma[4, 4].item()
    (4.0, 3.0)
    """
    if size == 1 and row_displacement == 0:
        return net, sigma
    kernel = np.array(KERNELS[size], np.float64)
    variance = np.where(np.isfinite(net), np.square(sigma, dtype=np.float64), 0)
    if row_displacement:
        net = straighten(np.asarray(net, np.float64), row_displacement)
    exists = np.isfinite(net)
    share = _window(exists.astype(np.float64), kernel)
    sums = _window(np.where(exists, net, 0), kernel)
    squares = cv2.sepFilter2D(
        _rows_of_variance(variance, kernel, row_displacement),
        cv2.CV_64F,
        np.ones(1),
        kernel**2,
        borderType=cv2.BORDER_CONSTANT,
    )
    empty = np.full(net.shape, np.nan)
    smoothed = np.divide(sums, share, out=empty.copy(), where=exists)
    error = np.divide(np.sqrt(squares), share, out=empty, where=exists)
    return smoothed.astype(np.float32), error.astype(np.float32)


def _rows_of_variance(variance: np.ndarray, kernel: np.ndarray, row_displacement: float) -> np.ndarray:
    """Return the variance of each row's weighted sums; odd rows are shifted back by the same weights."""
    rows = cv2.sepFilter2D(variance, cv2.CV_64F, kernel**2, np.ones(1), borderType=cv2.BORDER_CONSTANT)
    if row_displacement:
        whole = math.floor(row_displacement)
        part = row_displacement - whole
        weights = np.convolve(kernel, [1 - part, part]) ** 2
        first = whole - len(kernel) // 2
        odd = variance[1::2]
        rows[1::2] = sum(
            weight * shifted(odd, first + number, 0.0) for number, weight in enumerate(weights.tolist())
        )
    return rows


def _window(values: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the sums over a window, in which pixels outside of the map are 0."""
    return cv2.sepFilter2D(
        np.asarray(values, np.float64), cv2.CV_64F, kernel, kernel, borderType=cv2.BORDER_CONSTANT
    )
