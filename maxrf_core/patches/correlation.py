"""Which elements go together: correlations of element maps without their noise."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from maxrf_core.elements.maps import ElementMaps

TAILS = 0.005  # of the pixels at each end, whose values are moved to the others' ends: speckles
MAX_SAMPLED = 200_000  # pixels from which the ends are found
BLOCKS = 10  # along each side of the scan; one is left out at a time
MIN_SIGNAL = 3.0  # standard deviations of the variance of a map, less its noise


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlations of element maps.

    Attributes
    ----------
    names : tuple of str
        Families.
    values : ndarray, shape (families, families), float64
        From −1 to 1; NaN for a map that is noise alone.
    errors : ndarray, shape (families, families), float64
        Standard deviations.
    signal : ndarray, shape (families,), float64
        Standard deviation of each map without its noise and its speckles, in counts; 0 for noise alone.
    """

    names: tuple[str, ...]
    values: np.ndarray
    errors: np.ndarray
    signal: np.ndarray


def correlations(maps: ElementMaps) -> Correlations:
    """Return the correlations of the maps of a scan, with their error.

    Speckles are taken off by winsorising: in each map, the values of 0.5 % of the pixels at each end are
    moved to the value where these begin. Noise makes correlations smaller; the mean of sigma² is subtracted
    from the variances (Spearman, Am. J. Psychol. 15, 1904, 72). The error is that of the jackknife, which
    leaves out one of 10 × 10 parts of the scan at a time, so that neighbouring pixels may be alike.

    Parameters
    ----------
    maps : ElementMaps

    Returns
    -------
    Correlations

    Notes
    -----
    The noise of two families is taken as independent. Of families whose lines overlap it is not: where one is
    hardly above its noise, their correlation is somewhat too low.
    """
    low, high = winsorising_limits(maps.net)
    parts = _sums_of_parts(maps, low, high)
    whole = parts.sum(axis=0)
    values, variances = _correlations(whole[np.newaxis], len(maps.names))
    left, left_variances = _correlations(whole - parts, len(maps.names))
    weight = (len(parts) - 1) / max(len(parts), 1)
    errors = np.sqrt(weight * np.square(left - left.mean(axis=0)).sum(axis=0))
    spread = np.sqrt(weight * np.square(left_variances - left_variances.mean(axis=0)).sum(axis=0))
    signal = np.where(variances[0] > MIN_SIGNAL * spread, np.sqrt(np.maximum(variances[0], 0)), 0)
    unknown = (signal == 0)[:, np.newaxis] | (signal == 0)
    found = np.where(unknown, np.nan, np.clip(values[0], -1, 1))
    return Correlations(maps.names, found, np.where(unknown, np.nan, errors), signal)


def winsorising_limits(net: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest values of each map without its tails, (families,) float64 each.

    Parameters
    ----------
    net : ndarray, shape (families, height, width)
    """
    pixels = net.shape[1] * net.shape[2]
    step = max(1, pixels // MAX_SAMPLED)
    sampled = net.reshape(len(net), pixels)[:, ::step].astype(np.float64)
    low, high = np.nanquantile(sampled, [TAILS, 1 - TAILS], axis=1) if pixels else np.zeros((2, len(net)))
    return np.nan_to_num(low), np.nan_to_num(high)


def _sums_of_parts(maps: ElementMaps, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return for each part of the scan its sums: pixels, values, products and noise, in one row."""
    count, height, width = maps.net.shape
    rows, columns = (np.linspace(0, length, BLOCKS + 1).astype(int) for length in (height, width))
    found = []
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            part = np.s_[:, top:bottom, left:right]
            net = maps.net[part].reshape(count, -1).astype(np.float64)
            present = np.isfinite(net).all(axis=0)
            if not present.any():
                continue
            net = net[:, present]
            variance = np.square(maps.sigma[part].reshape(count, -1)[:, present], dtype=np.float64)
            moved = np.clip(net, low[:, np.newaxis], high[:, np.newaxis])
            noise = (variance * (moved == net)).sum(axis=1)
            sums = [[net.shape[1]], moved.sum(axis=1), (moved @ moved.T).ravel(), noise]
            found.append(np.concatenate(sums))
    return np.array(found).reshape(len(found), 1 + 2 * count + count**2)


def _correlations(sums: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return correlations and the variances without noise from rows of sums."""
    pixels = np.maximum(sums[:, :1], 1)
    means = sums[:, 1 : 1 + count] / pixels
    products = (sums[:, 1 + count : 1 + count + count**2] / pixels).reshape(-1, count, count)
    covariances = products - means[:, :, np.newaxis] * means[:, np.newaxis]
    index = np.arange(count)
    variances = covariances[:, index, index] - sums[:, -count:] / pixels
    covariances[:, index, index] = variances
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(variances)
        return covariances / (scale[:, :, np.newaxis] * scale[:, np.newaxis]), variances
