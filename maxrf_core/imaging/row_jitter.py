"""Jitter of rows: each row of a scan lies a little to the left or right of its place, at random.

An unsteady stage does so. Registration cannot follow it, since it moves single rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.language import Note

MAX_LAG = 3.0  # pixels
STEP = 0.1  # pixels from one position that is tried to the next, before the maximum is interpolated
SMOOTHING = 1.0  # pixels, standard deviation along the rows
N_STRIPS = 6  # of columns, alternately of the one half and of the other
N_PARTS = 8  # groups of rows; their spread is the error
MIN_ROWS, MIN_COLUMNS = 40, 60
MAX_ROWS, MAX_COLUMNS = 600, 1500  # that are looked at
RELATIVE = 1.5  # variance of a row's place from the mean of two others, by the variance of each
MIN_SIGNIFICANCE = 3.0  # of the variance by its error
MIN_PIXELS = 0.25  # less is not told: pictures with fine structure reach 0.15 without jitter
MIN_OVER_COLUMNS = 3.0  # by which the variance exceeds that of columns, which do not jitter


@dataclass(frozen=True)
class RowJitter:
    """Jitter of the rows of a scan.

    Attributes
    ----------
    pixels : float
        Root mean square of the rows' displacements; 0 if none is found.
    is_found : bool
        Whether it is significant.
    sentence : str
        Empty if none is found.
    """

    pixels: float
    is_found: bool
    sentence: str


def jitter_variance(maps: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the variance of the rows' displacements along themselves, and its standard deviation.

    The displacement of each row from the mean of the two beside it is found twice, by correlation in two
    halves of the columns, whose noise and structure are independent: the jitter is what both have in common.
    The covariance is a robust one, from quartiles; the error is that of a jackknife over groups of rows.

    Parameters
    ----------
    maps : sequence of ndarray, (height, width)
        Of one scan.

    Returns
    -------
    variance, error : float
        In squared pixels; 0 and infinity if the maps are too small.
    """
    height, width = np.shape(maps[0]) if len(maps) else (0, 0)
    if height < MIN_ROWS or width < MIN_COLUMNS:
        return 0.0, np.inf
    one, other = _lags(maps, height, min(width, MAX_COLUMNS))
    total = _covariance(one, other)
    groups = np.arange(len(one)) * N_PARTS // len(one)
    without = np.array([_covariance(one[groups != part], other[groups != part]) for part in range(N_PARTS)])
    return total, float(np.sqrt((N_PARTS - 1) / N_PARTS * ((without - without.mean()) ** 2).sum()))


def find_row_jitter(maps: Sequence[np.ndarray]) -> RowJitter:
    """Return the jitter of a scan's rows, if it is significant.

    Parameters
    ----------
    maps : sequence of ndarray, (height, width)

    Examples
    --------
    >>> find_row_jitter([np.random.default_rng(0).poisson(9, (80, 90))])
    RowJitter(pixels=0.0, is_found=False, sentence='')
    """
    variance, error = jitter_variance(maps)
    if not _is_jitter(maps, variance, error):
        return RowJitter(0.0, False, "")
    pixels = float(np.sqrt(variance))
    sentence = Note(
        "Rows of the scan lie about {pixels:.1f} pixels beside their places, to the left or right at random.",
        pixels=pixels,
    )
    return RowJitter(pixels, True, sentence)


def _is_jitter(maps: Sequence[np.ndarray], variance: float, error: float) -> bool:
    """Return True if a variance is significant, and much larger than that of the columns."""
    if variance < max(MIN_PIXELS**2, MIN_SIGNIFICANCE * error):
        return False
    columns, _error = jitter_variance([np.asarray(each).T for each in maps])
    return variance >= MIN_OVER_COLUMNS * columns


def _lags(maps: Sequence[np.ndarray], height: int, width: int) -> np.ndarray:
    """Return the displacement of each row from its neighbours in both halves: (2, rows); NaN if none."""
    middle = np.arange(1, height - 1)
    middle = middle[:: 1 + (len(middle) - 1) // MAX_ROWS]
    frequencies = 2 * np.pi * np.fft.rfftfreq(width)
    halves = np.arange(width) * N_STRIPS // width % 2
    summed = np.zeros((2, len(middle), len(frequencies)), np.complex128)
    for values in maps:
        rows = np.asarray(values[middle[:, None] + [-1, 0, 1], :width], np.float64)
        if not np.isfinite(rows).any():
            continue
        low, typical, high = np.nanpercentile(rows, (0.5, 50, 99.5))
        rows = np.clip(np.nan_to_num(rows, nan=typical), low, high)
        spread = max(float(rows.var()), 1e-12)
        for half in (0, 1):
            spectra = np.fft.rfft(_windowed(rows, halves == half))
            products = spectra[:, 1] * np.conj((spectra[:, 0] + spectra[:, 2]) / 2)
            summed[half] += products / spread
    summed *= np.exp(-((SMOOTHING * frequencies) ** 2))
    tried = np.arange(-MAX_LAG, MAX_LAG + STEP / 2, STEP)
    phases = np.exp(1j * np.outer(tried, frequencies))
    return np.array([_highest(tried, (phases @ half.T).real) for half in summed])


def _windowed(rows: np.ndarray, is_in: np.ndarray) -> np.ndarray:
    """Return rows that fade to 0 at the ends of each strip of columns that is in."""
    edges = np.flatnonzero(np.diff(np.r_[False, is_in, False].astype(int)))
    windowed = np.zeros_like(rows)
    for start, end in edges.reshape(-1, 2):
        strip = rows[..., start:end]
        windowed[..., start:end] = (strip - strip.mean(axis=-1, keepdims=True)) * np.hanning(end - start + 2)[
            1:-1
        ]
    return windowed


def _highest(tried: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Return the lag of each column's maximum, interpolated by a parabola; NaN at the ends."""
    top = heights.argmax(axis=0)
    is_inside = (top > 0) & (top < len(tried) - 1)
    top, column = np.clip(top, 1, len(tried) - 2), np.arange(heights.shape[1])
    left, middle, right = (heights[top + step, column] for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    shift = np.divide(left - right, 2 * bend, out=np.zeros_like(bend), where=bend < 0)
    return np.where(is_inside & (bend < 0), tried[top] + STEP * shift, np.nan)


def _covariance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the robust covariance of two displacements from neighbours, as the variance of a row's place."""
    return (_variance(one + other) - _variance(one - other)) / (4 * RELATIVE)


def _variance(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    if len(finite) < MIN_ROWS // 4:
        return 0.0
    low, high = np.percentile(finite, (25, 75))
    return float(((high - low) / 1.349) ** 2)  # the quartiles of a normal distribution
