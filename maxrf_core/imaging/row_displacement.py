"""Displacement of odd rows: of a scanner that measures to the right in one row and to the left in the next.

Rows are counted from 0. The displacement is positive if odd rows show everything too far to the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.imaging.straight_rows import MAX_DISPLACEMENT
from maxrf_core.language import Note

STEPS = 20  # positions per pixel that are tried, before the maximum is interpolated
MIN_ROWS, MIN_COLUMNS = 9, 12
MAX_ODD_ROWS = 300  # that are looked at
N_PARTS = 8  # groups of rows; their spread is the error
MIN_SIGNIFICANCE = 5.0  # of the displacement by its error
MIN_DISPLACEMENT = 0.1  # pixels; less is not worth a correction
MAX_ERROR = 0.15  # pixels; a map without structure tells less
MAX_DIFFERENCE = 3.5  # sigma by which maps may differ, beside TOLERANCE
TOLERANCE = 0.05  # pixels


@dataclass(frozen=True)
class RowDisplacement:
    """Displacement of the odd rows of a scan.

    Attributes
    ----------
    pixels : float
        To the right; 0 if none is found.
    error : float
        Its standard deviation.
    is_found : bool
        It is significant, and alike in all maps that tell it.
    names : tuple of str
        The maps that tell it.
    sentence : str
    """

    pixels: float
    error: float
    is_found: bool
    names: tuple[str, ...]
    sentence: str


def displacement_of(values: np.ndarray) -> tuple[float, float]:
    """Return the displacement of a map's odd rows in pixels, and its standard deviation.

    Each odd row is correlated with the mean of the two rows beside it, in which slanting lines cancel. The
    correlation is interpolated by its Fourier series: other interpolations would prefer half pixels, as they
    average noise. The error is that of a jackknife over groups of rows.

    Parameters
    ----------
    values : ndarray, shape (height, width)

    Returns
    -------
    pixels, error : float
        0 and infinity if the map is too small or has no structure.

    Examples
    --------
    >>> wide = np.convolve(np.random.default_rng(0).normal(size=400), np.hanning(9), "same")
    >>> rows = [wide[100 - 2 * (y % 2) : 300 - 2 * (y % 2)] for y in range(40)]
    >>> pixels, error = displacement_of(np.array(rows))
    >>> round(pixels, 2), error < 0.05
    (2.0, True)
    """
    height, width = values.shape
    if height < MIN_ROWS or width < MIN_COLUMNS:
        return 0.0, np.inf
    odd_rows = np.arange(1, height - 1, 2)
    odd_rows = odd_rows[:: 1 + (len(odd_rows) - 1) // MAX_ODD_ROWS]
    rows = np.asarray(values[odd_rows[:, np.newaxis] + [-1, 0, 1]], np.float64)
    if not np.isfinite(rows).any():
        return 0.0, np.inf
    low, middle, high = np.nanpercentile(rows, (0.5, 50, 99.5))
    rows = np.clip(np.nan_to_num(rows, nan=middle), low, high)
    rows = (rows - rows.mean(axis=2, keepdims=True)) * np.hanning(width + 2)[1:-1]
    spectra = np.fft.rfft(rows[:, 1]) * np.conj(np.fft.rfft((rows[:, 0] + rows[:, 2]) / 2))
    parts = np.array([part.sum(axis=0) for part in np.array_split(spectra, min(N_PARTS, len(spectra)))])
    total = parts.sum(axis=0)
    pixels = _highest(total, width)
    without = np.array([_highest(total - part, width) for part in parts])
    error = float(np.sqrt((len(parts) - 1) / len(parts) * ((without - without.mean()) ** 2).sum()))
    if not total.any() or abs(pixels) >= MAX_DISPLACEMENT:
        return 0.0, np.inf
    return pixels, max(error, 1e-3)


def _highest(spectrum: np.ndarray, width: int) -> float:
    """Return the lag at which a correlation, given by its Fourier series, is highest."""
    lags = np.linspace(-MAX_DISPLACEMENT, MAX_DISPLACEMENT, round(2 * MAX_DISPLACEMENT * STEPS) + 1)
    frequencies = np.arange(len(spectrum)) / width
    heights = (np.exp(2j * np.pi * np.outer(lags, frequencies)) @ spectrum).real
    top = int(heights.argmax())
    if not 0 < top < len(lags) - 1:
        return float(lags[top])
    left, middle, right = heights[top - 1 : top + 2]
    bend = left - 2 * middle + right
    return float(lags[top] + (lags[1] - lags[0]) * ((left - right) / (2 * bend) if bend else 0))


def find_row_displacement(maps: Sequence[np.ndarray], names: Sequence[str]) -> RowDisplacement:
    """Return the displacement that several maps of one scan have in common.

    Parameters
    ----------
    maps : sequence of ndarray, shape (height, width)
    names : sequence of str
        For the sentence.
    """
    found = [(name, *displacement_of(np.asarray(each))) for name, each in zip(names, maps, strict=True)]
    telling = [(name, pixels, error) for name, pixels, error in found if error < MAX_ERROR]
    if not telling:
        words = Note("The maps have too little structure to tell whether odd rows are displaced.")
        return RowDisplacement(0.0, np.inf, False, (), words)
    kept = tuple(str(name) for name, *_numbers in telling)
    pixels, errors = np.array([each[1:] for each in telling]).T
    weights = 1 / (errors**2 + TOLERANCE**2)
    mean = float((weights * pixels).sum() / weights.sum())
    error = float(weights.sum() ** -0.5)
    if abs(mean) < MIN_DISPLACEMENT or abs(mean) < MIN_SIGNIFICANCE * error:
        words = Note("Odd and even rows lie alike, within {limit:.2f} pixels.", limit=abs(mean) + 2 * error)
        return RowDisplacement(0.0, error, False, kept, words)
    apart = np.abs(pixels - mean) > MAX_DIFFERENCE * np.hypot(errors, TOLERANCE)
    if apart.any():
        words = Note(
            "Odd rows seem to be displaced, but not alike in all maps: from {low:.2f} to {high:.2f} pixels. "
            "So this is not the scanner's doing.",
            low=pixels.min(),
            high=pixels.max(),
        )
        return RowDisplacement(0.0, error, False, kept, words)
    side = Note("right") if mean > 0 else Note("left")
    words = Note(
        "Odd rows lie {pixels:.2f} ± {error:.2f} pixels to the {side}, alike in {names}.",
        pixels=abs(mean),
        error=error,
        side=side,
        names=", ".join(kept),
    )
    return RowDisplacement(mean, error, True, kept, words)
