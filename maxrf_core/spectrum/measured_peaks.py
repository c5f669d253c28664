"""Positions, widths and areas of a spectrum's peaks in channels, before its energies are known."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.spectrum.peaks import as_spectrum, find_peaks, zero_peak, zero_peak_end

MAX_PEAKS, N_ROUNDS = 25, 2
SIGMA_TO_FWHM = float(np.sqrt(8 * np.log(2)))
ABOVE = 0.25  # of a peak's height; the channels above it are fitted
MAX_WIDTH = 1.7  # of the detector's; wider peaks are no lines: Compton peaks, steps and humps of the tube
# Grid on which the smooth course of the widths is searched, relative to the median width.
WIDTHS_AT_START = np.geomspace(0.02, 2.5, 32)
WIDTH_GROWTH = np.concatenate([[0], np.geomspace(0.05, 20, 28)])


@dataclass(frozen=True, eq=False)
class MeasuredPeaks:
    """The peaks of a spectrum, in channels.

    Attributes
    ----------
    positions, widths, areas, heights : ndarray, shape (peaks,)
        Channels, full widths at half maximum in channels, counts, counts per channel.
    reliable : ndarray of bool, shape (peaks,)
        False where no Gaussian of a line's width fits, as for Compton peaks, humps and shoulders: such widths
        are not used.
    zero : float or None
        Channel of the zero peak.
    zero_width : float or None
        Its full width at half maximum in channels.
    first : int
        First channel after the zero peak that has counts.
    """

    positions: np.ndarray
    widths: np.ndarray
    areas: np.ndarray
    heights: np.ndarray
    reliable: np.ndarray
    zero: float | None
    zero_width: float | None
    first: int

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def weights(self) -> np.ndarray:
        """Logarithms of the areas: a peak a hundred times as strong is not a hundred times as telling."""
        return np.log10(np.maximum(self.areas, 3))

    def widths_at(self, channels: np.ndarray) -> np.ndarray:
        """Return the detector's width at channels: w² = a + b · channel, below blended and Compton peaks."""
        used = self.reliable if self.reliable.any() else np.ones(len(self), bool)
        widths, positions = self.widths[used], self.positions[used]
        weights = np.maximum(self.weights[used] - 2, 0.1)
        doubts = 0.06 + 3 / np.sqrt(np.maximum(self.areas[used], 1))
        if self.zero is not None and self.zero_width is not None:  # no line is narrower
            widths, positions = np.append(widths, self.zero_width), np.append(positions, self.zero)
            weights, doubts = np.append(weights, weights.max()), np.append(doubts, 0.06)
        scale = float(np.quantile(widths, 0.3))
        starts = WIDTHS_AT_START[:, np.newaxis, np.newaxis] * scale**2
        slopes = WIDTH_GROWTH[:, np.newaxis] * scale**2 / max(float(channels[-1]), 1.0)
        excess = np.log(widths / np.sqrt(starts + slopes * positions))
        costs = np.where(
            excess > 0, np.minimum((excess / 0.2) ** 2, 4), np.minimum((excess / doubts) ** 2, 10)
        )
        best = np.unravel_index((costs @ weights).argmin(), costs.shape[:2])
        return np.sqrt(starts[best[0], 0, 0] + slopes[best[1], 0] * channels)


def measure_peaks(spectrum: ArrayLike) -> MeasuredPeaks:
    """Measure the peaks of a spectrum.

    A parabola is fitted to the logarithm of the counts above a linear background: for a Gaussian it gives
    position, width and height exactly.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts; not smoothed.

    Examples
    --------
    >>> channels = np.arange(1024)
    >>> line = 5000 * np.exp(-((channels - 400.3) ** 2) / (2 * 6**2))
    >>> peaks = measure_peaks(np.rint(line))
    >>> peaks.positions.round(1).tolist(), (peaks.widths / SIGMA_TO_FWHM).round(1).tolist()
    ([400.3], [6.0])
    """
    from scipy.ndimage import gaussian_filter1d  # slow to import

    counts = as_spectrum(spectrum)
    zero = zero_peak(counts)
    smooth = gaussian_filter1d(counts, max(1.5, len(counts) / 1000))
    tops = find_peaks(counts, MAX_PEAKS)
    tops = tops if zero is None else tops[tops > zero + 1]
    some = np.flatnonzero(counts)
    first = max(zero_peak_end(counts), int(some[0]) if len(some) else 0)
    zero_width = None if zero is None else _zero_width(counts, zero)
    rows = [_measured(counts, smooth, int(top), _width_at(smooth, int(top))) for top in tops]
    peaks = _as_peaks(rows, zero, zero_width, first)
    for _round in range(N_ROUNDS):
        if not peaks.reliable.any():
            break
        # Where noise or a hump hid a peak's width, that of the others tells it.
        usual = peaks.widths_at(np.arange(len(counts)))[tops]
        rows = [
            row if row[4] else _measured(counts, smooth, int(top), float(width))
            for row, top, width in zip(rows, tops, usual, strict=True)
        ]
        rows = [
            (*row[:4], float(row[4] and row[1] < MAX_WIDTH * at)) for row, at in zip(rows, usual, strict=True)
        ]
        peaks = _as_peaks(rows, zero, zero_width, first)
    return peaks


def _as_peaks(
    rows: list[tuple[float, ...]], zero: float | None, zero_width: float | None, first: int
) -> MeasuredPeaks:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    positions, widths, areas, heights, reliable = table.T
    return MeasuredPeaks(positions, widths, areas, heights, reliable > 0, zero, zero_width, first)


def _width_at(smooth: np.ndarray, top: int) -> float:
    from scipy.signal import peak_widths

    near = max(3, len(smooth) // 500)  # the top was found in counts that were smoothed otherwise
    start = max(0, top - near)
    top = start + int(smooth[start : top + near + 1].argmax())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return max(3.0, float(peak_widths(smooth, [top])[0][0]))


def _measured(counts: np.ndarray, smooth: np.ndarray, top: int, start: float) -> tuple[float, ...]:
    """Return position, width, area, height of the peak at a channel, and 1 if a Gaussian fits it, else 0."""
    width, position, height = start, float(top), 0.0
    for _round in range(2):
        low, stop = max(0, int(top - 1.5 * width)), min(len(counts), int(top + 1.5 * width) + 2)
        left = min(float(np.median(smooth[low : low + 3])), smooth[top])
        base = np.minimum(
            np.linspace(left, float(np.median(smooth[stop - 3 : stop])), stop - low), smooth[low:stop]
        )
        net, channels = counts[low:stop] - base, np.arange(low, stop)
        highest = net[np.abs(channels - top) <= max(1, 0.3 * width)].max()
        used = (np.abs(channels - top) <= 0.65 * width) & (net > ABOVE * highest)
        parabola = _parabola(channels[used] - top, net[used])
        if parabola is None:
            break
        position, sigma, height = top + parabola[0], parabola[1], parabola[2]
        width = SIGMA_TO_FWHM * sigma
        if abs(position - top) > width or width > 2.5 * start:
            break
    else:
        return position, width, height * sigma * np.sqrt(2 * np.pi), height, 1.0
    beside = min(smooth[max(0, int(top - start))], smooth[min(len(smooth) - 1, int(top + start))])
    height = max(smooth[top] - beside, 0.3 * smooth[top])
    return float(top), start, height * start * 1.06, height, 0.0


def _parabola(offsets: np.ndarray, net: np.ndarray) -> tuple[float, float, float] | None:
    """Return centre, sigma and height of a Gaussian through net counts, or None."""
    if len(net) < 4:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        curve, slope, level = np.polyfit(offsets, np.log(net), 2, w=np.sqrt(net))
    if curve >= 0:
        return None
    return -slope / (2 * curve), np.sqrt(-0.5 / curve), np.exp(level - slope**2 / (4 * curve))


def _zero_width(counts: np.ndarray, zero: float) -> float:
    width = 4.0
    for _round in range(6):
        start = max(0, int(zero - 1.5 * width))
        window = counts[start : int(zero + 1.5 * width) + 2]
        used = window > 0.3 * window.max()
        fitted = _parabola(np.flatnonzero(used) + start - zero, window[used])
        width = width * 1.3 if fitted is None else SIGMA_TO_FWHM * fitted[1]
    return width
