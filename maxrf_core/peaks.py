"""Where in a spectrum do peaks stand, to a fraction of a channel, and which is the zero peak?"""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError

ZERO_PEAK_WITHIN = 0.032  # of all channels; it lies at 0.023 in every Bruker spectrum at hand
ZERO_PEAK_TAIL_WITHIN = 0.08  # its tail is over by here, or it was no zero peak
ZERO_PEAK_SMALLEST = 0.01  # a smaller first peak, relative to the highest, is noise and not the zero peak
CLEARLY = 7.5  # deviations of the noise that a peak has to rise above the valleys beside it


def centroid(spectrum: ArrayLike, channel: float, half_width: int = 9) -> float:
    """Give the position of the peak at a channel, to a fraction of a channel.

    The centre of gravity of what rises above a straight background, in a window that moves to that centre
    until it stays. The window is 1.2 times as wide as the peak at half its height, so that a neighbour does
    not pull: on measured spectra two lines then place five others within 1.7 eV.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts; smoothed or not.
    channel : float
        Near the peak's top.
    half_width : int
        How many channels away the top may be; the background is looked for within three times as many of it.

    Raises
    ------
    CalibrationError
        When the channel lies outside the spectrum, no peak stands there, or a neighbour drowns it.

    Examples
    --------
    >>> channels = np.arange(400)
    >>> peak = 1000 * np.exp(-((channels - 200.3) ** 2) / (2 * 6**2)) + 50 + 0.1 * channels
    >>> round(centroid(peak, 204), 1)
    200.3
    """
    from scipy.signal import peak_widths  # takes 0.6 s, which few need

    counts = _spectrum(spectrum)
    if not 0 <= channel <= len(counts) - 1:
        raise CalibrationError(f"Channel {channel:g} is outside the spectrum of {len(counts)} channels.")
    if half_width < 1:
        raise CalibrationError(f"A peak cannot be looked for within {half_width} channels: give at least 1.")
    smooth = _smoothed(counts, 1.5)
    start = max(0, int(np.floor(channel - half_width)))
    top = start + int(smooth[start : int(np.ceil(channel + half_width)) + 1].argmax())
    (left, left_level), (right, right_level) = _feet(smooth, top, 3 * half_width)
    if right - left < 2:
        raise _no_peak(channel)
    channels = np.arange(len(counts), dtype=np.float64)
    background = left_level + (right_level - left_level) / (right - left) * (channels - left)
    above = np.maximum(counts - background, 0)
    net = np.maximum(smooth - background, 0)
    top = left + int(net[left : right + 1].argmax())  # on a slope not where the counts are highest
    with warnings.catch_warnings():  # of a top that is no peak, which is told below
        warnings.simplefilter("ignore", RuntimeWarning)
        width = peak_widths(net, [top])[0][0]
    if width == 0:
        raise _no_peak(channel)
    half = max(2.0, 0.6 * width)
    centre = float(top)
    for _ in range(100):
        inside = np.clip(half + 1 - np.abs(channels - centre), 0, 1)  # the outermost channels count in part
        weight = above * inside
        if not weight.sum() > 0:
            raise _no_peak(channel)
        moved = float((channels * weight).sum() / weight.sum())
        if abs(moved - centre) < 1e-5:
            break
        centre = moved
    if abs(moved - channel) > 1.5 * half_width:
        raise CalibrationError(
            f"The peak near channel {channel:g} is lost beside the one at {moved:.0f}; choose another."
        )
    return moved


def _no_peak(channel: float) -> CalibrationError:
    return CalibrationError(f"No peak stands near channel {channel:g} of the spectrum.")


def _feet(smooth: np.ndarray, top: int, reach: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """Give the lowest place, and its height, on either side of a peak."""
    start, stop = max(0, top - reach), min(len(smooth), top + reach + 1)
    left = top - int(smooth[start : top + 1][::-1].argmin())
    right = top + int(smooth[top:stop].argmin())
    return (left, float(smooth[left])), (right, float(smooth[right]))


def zero_peak_end(spectrum: ArrayLike) -> int:
    """Give the first channel past the zero peak, or 0 where there is none.

    The zero peak is electronic: the detector reads itself out at 0 keV. It holds 14 to 64 % of all counts of
    a measured spectrum, so whatever looks for the highest peak has to start behind it.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts; smoothed or not.

    Examples
    --------
    >>> channels = np.arange(2048)
    >>> peak = 9000 * np.exp(-((channels - 48) ** 2) / (2 * 4**2))
    >>> 55 < zero_peak_end(peak) < 75
    True
    >>> zero_peak_end(np.roll(peak, 500))
    0
    """
    counts = _spectrum(spectrum)
    smooth = _smoothed(counts, _smoothing(len(counts)))
    window = smooth[: max(3, int(ZERO_PEAK_WITHIN * len(smooth)))]
    high = window >= max(0.1 * window.max(), ZERO_PEAK_SMALLEST * smooth.max())
    falls = np.append(window[:-1] > window[1:], False)
    tops = np.flatnonzero(high & falls)
    if not len(tops):
        return 0
    last = int(ZERO_PEAK_TAIL_WITHIN * len(smooth))
    for end in range(int(tops[0]), last):
        if smooth[end] < 1e-3 * smooth[tops[0]] or smooth[end] <= smooth[end + 1]:
            return end
    return 0


def find_peaks(spectrum: ArrayLike, count: int = 20) -> np.ndarray:
    """Find the peaks of a spectrum, the most prominent first; the zero peak is never among them.

    A peak has to stand out of the noise of its surroundings, which is measured from the spectrum itself: so
    raw counts, means and smoothed spectra all do. Broad humps such as the tube's continuum do not count.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts; smoothed or not.
    count : int
        How many peaks at most.

    Returns
    -------
    ndarray, shape (n,), int64
        Channels of the tops; empty when there are none.

    Raises
    ------
    CalibrationError
        When the spectrum has fewer than 8 channels, or holds values that are not numbers.

    Examples
    --------
    >>> channels = np.arange(2048)
    >>> def peak(height, channel):
    ...     return height * np.exp(-((channels - channel) ** 2) / (2 * 4**2))
    >>> find_peaks(peak(9000, 48) + peak(500, 368) + peak(800, 1056)).tolist()
    [1056, 368]
    """
    from scipy.signal import find_peaks as local_peaks  # see `centroid`

    counts = _spectrum(spectrum)
    sigma = _smoothing(len(counts))
    end = zero_peak_end(counts)
    counts[:end] = counts[end]
    smooth = _smoothed(counts, sigma)
    noise = _noise(counts, smooth, sigma)
    window = max(5, len(counts) // 20)
    tops, found = local_peaks(smooth, prominence=max(1e-4 * smooth.max(), 1e-12), wlen=window)
    prominences = found["prominences"]
    first = end or int(ZERO_PEAK_WITHIN * len(counts))
    clear = (prominences > CLEARLY * noise[tops]) & (tops >= first)
    order = np.argsort(-prominences[clear], kind="stable")
    return tops[clear][order][:count].astype(np.int64)


def _noise(counts: np.ndarray, smooth: np.ndarray, sigma: float) -> np.ndarray:
    """Give the standard deviation of the smoothed spectrum's noise at each channel."""
    spread = _smoothed((counts - smooth) ** 2, 5 * sigma)
    # Where counts are few the spread says too little; then Poisson does, in steps of one photon.
    steps = np.diff(np.unique(counts))
    photon = steps.min() if len(steps) else 0.0
    poisson = photon * _smoothed(counts, 20 * sigma)
    # A Gaussian leaves 1 / (2 sqrt(pi) sigma) of the variance of white noise.
    deviation = np.sqrt(np.maximum(spread, poisson) / (2 * np.sqrt(np.pi) * sigma))
    return np.maximum(deviation, 0.2 * photon)  # so that two or three photons side by side are no peak


def _spectrum(spectrum: ArrayLike) -> np.ndarray:
    counts = np.array(spectrum, dtype=np.float64)
    if counts.ndim != 1 or len(counts) < 8:
        raise CalibrationError(
            f"A spectrum is one row of at least 8 channels, and this has the shape {counts.shape}."
        )
    if not np.isfinite(counts).all():
        raise CalibrationError("The spectrum holds values that are not numbers.")
    return counts


def _smoothed(counts: np.ndarray, sigma: float) -> np.ndarray:
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(counts, sigma)


def _smoothing(n_channels: int) -> float:
    """Give a Gaussian's sigma that is well below a line's width: 2 channels where 4096 span 40 keV."""
    return max(1.0, n_channels / 2048)
