"""Peaks of a spectrum, to a fraction of a channel, and the zero peak."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration import ELECTRONIC_BELOW

# Without energies the zero peak is told by its shape. Measured on 26 spectra of ten instruments:
ZERO_PEAK_WITHIN = 14.5  # of its widths from the spectrum's start; at most 12.8, and the Na line is further
ZERO_PEAK_NARROWER = 0.8  # than the narrowest line, unless nothing at all is beside it; at most 0.75
ZERO_PEAK_FLOOR = 0.01  # of its height, what is left beside it at most
ZERO_PEAK_STEP = (
    5e-4  # of its height, by which the floors beside it may differ; a line has a tail to the left
)
ZERO_PEAK_PHOTONS = 500  # in its highest channel; of fewer the shape says too little
SMALLEST = 1e-3  # of the highest: a smaller peak is not taken for the zero peak
FOOT = 1.3, 4.0  # of a peak's widths from its top, where the floor beside it is looked for
MIN_CHANNELS = 8  # of fewer no peak can be told
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

    counts = checked_spectrum(spectrum)
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


def nearest_peak(spectrum: ArrayLike, channel: float, reach: float) -> float:
    """Return the place of the peak that is nearest to a click, to a fraction of a channel.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts; not smoothed.
    channel : float
        Where was clicked.
    reach : float
        How many channels away a peak may be that stands out of the noise. Beyond, what `centroid` finds.

    Raises
    ------
    CalibrationError
        Where no peak stands there.

    Examples
    --------
    >>> channels = np.arange(2048)
    >>> peak = 500 * np.exp(-((channels - 300) ** 2) / (2 * 4**2))
    >>> round(nearest_peak(peak, 325, reach=30))
    300
    """
    peaks = find_peaks(spectrum, 200)
    near = peaks[np.abs(peaks - channel) <= reach]
    return centroid(spectrum, int(near[np.abs(near - channel).argmin()]) if len(near) else round(channel))


def zero_peak_end(spectrum: ArrayLike, energies: ArrayLike | None = None) -> int:
    """Return the first channel past the zero peak, or 0 where there is none.

    The zero peak is electronic: the detector reads itself out at 0 keV. It holds 14 to 64 % of all counts of
    a measured spectrum, so whatever looks for the highest peak has to start behind it.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts or means of counts, not smoothed.
    energies : array, shape (channels,), optional
        keV. Then it is the first peak, if that lies below 0.6 keV. Without it the zero peak is told by its
        shape: near the start, narrower than all lines, with nothing but an even floor to both sides.

    Examples
    --------
    >>> channels = np.arange(2048)
    >>> peak = 9000 * np.exp(-((channels - 48) ** 2) / (2 * 4**2))
    >>> 55 < zero_peak_end(peak) < 75
    True
    >>> zero_peak_end(np.roll(peak, 500))
    0
    """
    found = _zero_peak(checked_spectrum(spectrum, least=1), energies)
    return 0 if found is None else found[1]


def zero_peak(spectrum: ArrayLike, energies: ArrayLike | None = None) -> float | None:
    """Return the channel of the zero peak's top, with its fraction, or None; see `zero_peak_end`."""
    counts = checked_spectrum(spectrum, least=1)
    found = _zero_peak(counts, energies)
    return None if found is None else centroid(counts, found[0])


def _zero_peak(counts: np.ndarray, energies: ArrayLike | None) -> tuple[int, int] | None:
    """Find the zero peak's top and the first channel past it."""
    from scipy.signal import peak_widths

    if len(counts) < MIN_CHANNELS:
        return None
    sigma = 1.0  # whatever the length: a spectrum may be cut
    smooth = _smoothed(counts, sigma)
    tops, prominences = _clear_peaks(counts, smooth, sigma, SMALLEST)
    if not len(tops):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        widths = peak_widths(smooth, tops)[0]
    widths = np.sqrt(np.maximum(widths**2 - 8 * np.log(2) * sigma**2, 1.0))  # as before the smoothing
    top = int(tops[0])
    floors = _floors(counts, top, widths[0])
    if energies is not None:
        if np.asarray(energies)[top] > ELECTRONIC_BELOW or max(floors) > 0.1 * smooth[top]:
            return None
    else:
        # Of a shoulder on another peak no width can be told.
        lines = prominences >= np.maximum(0.5 * smooth[tops], 0.01 * prominences[1:].max(initial=0))
        narrowest = widths[1:][lines[1:]].min(initial=np.inf)
        photon, empty = _photon(counts), ZERO_PEAK_STEP * smooth[top]
        chance = 3 * np.sqrt(2 * photon * max(floors) / widths[0])  # by which equal floors may differ
        step = max(empty, 1.5 * photon, chance)
        if not (
            FOOT[0] * widths[0] <= top <= ZERO_PEAK_WITHIN * widths[0]
            and widths[0] <= (ZERO_PEAK_NARROWER if max(floors) > empty else 1.05) * narrowest
            and max(floors) <= ZERO_PEAK_FLOOR * smooth[top]
            and abs(floors[0] - floors[1]) <= step
            and smooth[top] >= ZERO_PEAK_PHOTONS * photon
        ):
            return None
    end = top
    while end + 1 < len(smooth) and smooth[end] > max(1e-3 * smooth[top], smooth[end + 1]):
        end += 1
    return top, end


def _floors(counts: np.ndarray, top: int, width: float) -> tuple[float, float]:
    """Return the lowest level to the left and to the right of a peak."""
    near, far = (int(reach * width) for reach in FOOT)
    levels = []
    for side in (counts[max(0, top - far) : max(0, top - near) + 1], counts[top + near : top + far + 2]):
        length = max(1, min(int(width), len(side)))
        means = np.convolve(side, np.full(length, 1 / length), "valid") if len(side) else np.zeros(1)
        levels.append(float(means.min()))
    return levels[0], levels[1]


def find_peaks(
    spectrum: ArrayLike, count: int = 20, first: int | None = None, *, smoothed: float = 0.0
) -> np.ndarray:
    """Find the peaks of a spectrum, the most prominent first; the zero peak is never among them.

    A peak has to rise 7.5 standard deviations above the valleys beside it: of the noise that is measured
    around it, and at least of Poisson statistics. Broad humps such as the tube's continuum do not count.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts, or means of counts; their smallest step is taken for one photon's share.
    count : int
        How many peaks at most.
    first : int, optional
        The first channel that can hold photons, such as `SpectralAxis.first`; by default `zero_peak_end`.
    smoothed : float
        Sigma in channels of the Gaussian with which the counts of single pixels have been smoothed, as those
        of the max spectrum: their noise no longer shows and follows from the counts alone.

    Returns
    -------
    ndarray, shape (n,), int64
        Channels of the tops; empty when there are none, or fewer than 8 channels.

    Examples
    --------
    >>> channels = np.arange(2048)
    >>> def peak(height, channel, sigma=4):
    ...     return height * np.exp(-((channels - channel) ** 2) / (2 * sigma**2))
    >>> find_peaks(peak(9000, 48, 2.5) + peak(500, 368) + peak(800, 1056)).tolist()
    [1056, 368]
    """
    counts = checked_spectrum(spectrum, least=1)
    if len(counts) < MIN_CHANNELS:
        return np.zeros(0, np.int64)
    sigma = _smoothing(len(counts))
    end = min(zero_peak_end(counts) if first is None else first, len(counts) - 1)
    counts[:end] = counts[end]
    tops, prominences = _clear_peaks(counts, _smoothed(counts, sigma), sigma, 1e-4, smoothed)
    after = tops >= end
    order = np.argsort(-prominences[after], kind="stable")
    return tops[after][order][:count].astype(np.int64)


def _clear_peaks(
    counts: np.ndarray, smooth: np.ndarray, sigma: float, smallest: float, smoothed: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Find the peaks that stand out of the noise: their tops, rising, and their prominences."""
    from scipy.signal import find_peaks as local_peaks  # see `centroid`

    window = max(5, len(counts) // 20)
    tops, found = local_peaks(smooth, prominence=max(smallest * smooth.max(), 1e-12), wlen=window)
    noise = _poisson(smooth, np.hypot(sigma, smoothed)) if smoothed else _noise(counts, smooth, sigma)
    clear = found["prominences"] > CLEARLY * noise[tops]
    return tops[clear], found["prominences"][clear]


def _poisson(smooth: np.ndarray, sigma: float) -> np.ndarray:
    """Return the standard deviation that counts have after smoothing by a Gaussian of sigma channels.

    A Gaussian leaves 1 / (2 sqrt(pi) sigma) of the variance of white noise.
    """
    level = np.maximum(_smoothed(smooth, 2 * sigma), 0)
    return np.sqrt(np.maximum(level, 1 / sigma) / (2 * np.sqrt(np.pi) * sigma))


def _noise(counts: np.ndarray, smooth: np.ndarray, sigma: float) -> np.ndarray:
    """Give the standard deviation of the smoothed spectrum's noise at each channel."""
    spread = _smoothed((counts - smooth) ** 2, 5 * sigma)
    # Where counts are few the spread says too little; then Poisson does, in steps of one photon.
    photon = _photon(counts)
    poisson = photon * _smoothed(counts, 20 * sigma)
    # A Gaussian leaves 1 / (2 sqrt(pi) sigma) of the variance of white noise.
    deviation = np.sqrt(np.maximum(spread, poisson) / (2 * np.sqrt(np.pi) * sigma))
    return np.maximum(deviation, 0.2 * photon)  # so that two or three photons side by side are no peak


def _photon(counts: np.ndarray) -> float:
    """Return the smallest step between counts: one photon, or its share in a mean."""
    steps = np.diff(np.unique(counts))
    return float(steps.min()) if len(steps) else 0.0


def checked_spectrum(spectrum: ArrayLike, least: int = MIN_CHANNELS) -> np.ndarray:
    """Return a copy of a spectrum as float64, or raise a CalibrationError where it is none."""
    counts = np.array(spectrum, dtype=np.float64)
    if counts.ndim != 1 or len(counts) < least:
        raise CalibrationError(
            f"A spectrum is one row of at least {least} channels, and this has the shape {counts.shape}."
        )
    present = np.isfinite(counts)
    if not present.any():
        return np.zeros(len(counts))
    if (
        not present.all()
    ):  # the last value before what is missing, as an interpolated one would hide the noise
        known = np.flatnonzero(present)
        last = np.searchsorted(known, np.arange(len(counts)), side="right") - 1
        return counts[known[np.maximum(last, 0)]]
    return counts


def _smoothed(counts: np.ndarray, sigma: float) -> np.ndarray:
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(counts, sigma)


def _smoothing(n_channels: int) -> float:
    """Give a Gaussian's sigma that is well below a line's width: 2 channels where 4096 span 40 keV."""
    return max(1.0, n_channels / 2048)
