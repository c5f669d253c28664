"""Peaks of a spectrum, to a fraction of a channel, and the zero peak."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.calibration import MIN_PHOTON_ENERGY

# Without energies the zero peak is recognised by its shape. Measured on 26 spectra of ten instruments:
MAX_ZERO_PEAK_DISTANCE = (
    14.5  # of its widths from the start; 12.8 at most was measured, the Na line is further
)
MAX_ZERO_PEAK_WIDTH = 0.8  # of the narrowest line's, unless the floor is zero; 0.75 at most was measured
MAX_ZERO_PEAK_FLOOR = 0.01  # of its height, of the counts beside it
MAX_ZERO_PEAK_STEP = 5e-4  # of its height, between the floors on both sides; a line has a tail to the left
MIN_ZERO_PEAK_PHOTONS = 500  # in its highest channel; with fewer its shape is too uncertain
MIN_ZERO_PEAK_HEIGHT = 1e-3  # of the highest peak
FLOOR_DISTANCE = (
    1.3,
    4.0,
)  # of a peak's widths from its maximum, between which the floor beside it is measured
MIN_CHANNELS = 8  # of a spectrum in which peaks are searched
MIN_SIGNIFICANCE = 7.5  # standard deviations of the noise by which a peak rises above the valleys beside it


def centroid(spectrum: ArrayLike, channel: float, half_width: int = 9) -> float:
    """Return the position of the peak at a channel, to a fraction of a channel.

    It is the centre of gravity of the counts above a linear background, in a window that is moved to that
    centre until it converges. The window is 1.2 times as wide as the peak at half its height, so that a
    neighbour has little influence: on measured spectra two lines then place five others within 1.7 eV.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts; smoothed or not.
    channel : float
        Near the peak's maximum.
    half_width : int
        Largest distance of the maximum in channels; the background is searched within three times as many.

    Raises
    ------
    CalibrationError
        If the channel lies outside the spectrum, there is no peak, or a larger neighbour hides it.

    Examples
    --------
    >>> channels = np.arange(400)
    >>> peak = 1000 * np.exp(-((channels - 200.3) ** 2) / (2 * 6**2)) + 50 + 0.1 * channels
    >>> round(centroid(peak, 204), 1)
    200.3
    """
    from scipy.signal import peak_widths  # imported here because it takes 0.6 s

    counts = as_spectrum(spectrum)
    if not 0 <= channel <= len(counts) - 1:
        raise CalibrationError(
            _("Channel {channel:g} is outside the spectrum of {count} channels.").format(
                channel=channel, count=len(counts)
            )
        )
    if half_width < 1:
        raise CalibrationError(
            _("A peak cannot be looked for within {half_width} channels: give at least 1.").format(
                half_width=half_width
            )
        )
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
    top = left + int(net[left : right + 1].argmax())  # on a slope not the channel with the most counts
    with warnings.catch_warnings():  # if there is no peak; raised below
        warnings.simplefilter("ignore", RuntimeWarning)
        width = peak_widths(net, [top])[0][0]
    if width == 0:
        raise _no_peak(channel)
    half = max(2.0, 0.6 * width)
    centre = float(top)
    for _step in range(100):
        inside = np.clip(
            half + 1 - np.abs(channels - centre), 0, 1
        )  # the outermost channels have a fractional weight
        weight = above * inside
        if not weight.sum() > 0:
            raise _no_peak(channel)
        moved = float((channels * weight).sum() / weight.sum())
        if abs(moved - centre) < 1e-5:
            break
        centre = moved
    if abs(moved - channel) > 1.5 * half_width:
        raise CalibrationError(
            _(
                "The peak near channel {channel:g} is lost beside the one at {moved:.0f}; choose another."
            ).format(channel=channel, moved=moved)
        )
    return moved


def _no_peak(channel: float) -> CalibrationError:
    return CalibrationError(
        _("No peak stands near channel {channel:g} of the spectrum.").format(channel=channel)
    )


def _feet(smooth: np.ndarray, top: int, reach: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """Return channel and height of the lowest point on either side of a peak."""
    start, stop = max(0, top - reach), min(len(smooth), top + reach + 1)
    left = top - int(smooth[start : top + 1][::-1].argmin())
    right = top + int(smooth[top:stop].argmin())
    return (left, float(smooth[left])), (right, float(smooth[right]))


def nearest_peak(spectrum: ArrayLike, channel: float, reach: float) -> float:
    """Return the position of the peak nearest to a click, to a fraction of a channel.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts; not smoothed.
    channel : float
        Channel of the click.
    reach : float
        Largest distance of a significant peak in channels. Without one the result is that of `centroid`.

    Raises
    ------
    CalibrationError
        If there is no peak.

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
    """Return the first channel past the zero peak, or 0 if there is none.

    The zero peak is electronic: the detector is read out at 0 keV, too. It holds 14 to 64 % of all counts in
    measured spectra, so a search for the highest peak has to start after it.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts or means of counts, not smoothed.
    energies : array, shape (channels,), optional
        keV. With it the zero peak is the first peak if that lies below 0.6 keV. Without it the zero peak is
        recognised by its shape: near the start, narrower than all lines, with an equal floor on both sides.

    Examples
    --------
    >>> channels = np.arange(2048)
    >>> peak = 9000 * np.exp(-((channels - 48) ** 2) / (2 * 4**2))
    >>> 55 < zero_peak_end(peak) < 75
    True
    >>> zero_peak_end(np.roll(peak, 500))
    0
    """
    found = _zero_peak(as_spectrum(spectrum, min_channels=1), energies)
    return 0 if found is None else found[1]


def zero_peak(spectrum: ArrayLike, energies: ArrayLike | None = None) -> float | None:
    """Return the channel of the zero peak's maximum, as a float, or None; see `zero_peak_end`."""
    counts = as_spectrum(spectrum, min_channels=1)
    found = _zero_peak(counts, energies)
    return None if found is None else centroid(counts, found[0])


def _zero_peak(counts: np.ndarray, energies: ArrayLike | None) -> tuple[int, int] | None:
    """Return the channel of the zero peak's maximum and the first channel past it."""
    from scipy.signal import peak_widths

    if len(counts) < MIN_CHANNELS:
        return None
    sigma = 1.0  # independent of the length: a spectrum may be cropped
    smooth = _smoothed(counts, sigma)
    tops, prominences = _significant_peaks(counts, smooth, sigma, MIN_ZERO_PEAK_HEIGHT)
    if not len(tops):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        widths = peak_widths(smooth, tops)[0]
    widths = np.sqrt(np.maximum(widths**2 - 8 * np.log(2) * sigma**2, 1.0))  # without the smoothing
    photon = _photon(counts)
    top = int(tops[0])
    floors = _floors(counts, top, widths[0])
    if energies is not None:
        if np.asarray(energies)[top] > MIN_PHOTON_ENERGY or max(floors) > 0.1 * smooth[top]:
            return None
    else:
        # The width of a shoulder on another peak cannot be measured.
        lines = prominences >= np.maximum(0.5 * smooth[tops], 0.01 * prominences[1:].max(initial=0))
        largest = widths + 3 * _width_error(widths, photon / smooth[tops], sigma)
        narrowest = largest[1:][lines[1:]].min(initial=np.inf)
        empty = MAX_ZERO_PEAK_STEP * smooth[top]
        chance = 3 * np.sqrt(2 * photon * max(floors) / widths[0])  # by which equal floors differ by chance
        step = max(empty, 1.5 * photon, chance)
        if not (
            FLOOR_DISTANCE[0] * widths[0] <= top <= MAX_ZERO_PEAK_DISTANCE * widths[0]
            and widths[0] <= (MAX_ZERO_PEAK_WIDTH if max(floors) > empty else 1.05) * narrowest
            and max(floors) <= MAX_ZERO_PEAK_FLOOR * smooth[top]
            and abs(floors[0] - floors[1]) <= step
            and smooth[top] >= MIN_ZERO_PEAK_PHOTONS * photon
        ):
            return None
    end = top
    while end + 1 < len(smooth) and smooth[end] > max(1e-3 * smooth[top], smooth[end + 1]):
        end += 1
    return top, end


def _width_error(widths: np.ndarray, relative_photon: np.ndarray, sigma: float) -> np.ndarray:
    """Return the standard deviation of peaks' widths: noise at half the height, divided by the slope there.

    `relative_photon` is one photon's share of a peak's height, `sigma` that of the Gaussian that smoothed it.
    """
    noise = np.sqrt(relative_photon / 2 / (2 * np.sqrt(np.pi) * sigma))
    return np.sqrt(2) * noise * widths / (2 * np.log(2))


def _floors(counts: np.ndarray, top: int, width: float) -> tuple[float, float]:
    """Return the lowest level to the left and to the right of a peak."""
    near, far = (int(reach * width) for reach in FLOOR_DISTANCE)
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

    A peak has to rise 7.5 standard deviations of the noise above the valleys beside it. The noise is measured
    around the peak, and is at least that of Poisson statistics. Broad features such as the tube's continuum
    are not peaks.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts, or means of counts; their smallest step is taken as one photon.
    count : int
        Largest number of peaks.
    first : int, optional
        The first channel that can hold photons, such as `SpectralAxis.first`; by default `zero_peak_end`.
    smoothed : float
        Sigma in channels of the Gaussian by which the spectra of single pixels have been smoothed, as for the
        max spectrum: their noise can no longer be measured and is computed from the counts.

    Returns
    -------
    ndarray, shape (n,), int64
        Channels of the maxima; empty if there are none, or fewer than 8 channels.

    Examples
    --------
    >>> channels = np.arange(2048)
    >>> def peak(height, channel, sigma=4):
    ...     return height * np.exp(-((channels - channel) ** 2) / (2 * sigma**2))
    >>> find_peaks(peak(9000, 48, 2.5) + peak(500, 368) + peak(800, 1056)).tolist()
    [1056, 368]
    """
    counts = as_spectrum(spectrum, min_channels=1)
    if len(counts) < MIN_CHANNELS:
        return np.zeros(0, np.int64)
    sigma = _smoothing(len(counts))
    end = min(zero_peak_end(counts) if first is None else first, len(counts) - 1)
    counts[:end] = counts[end]
    tops, prominences = _significant_peaks(counts, _smoothed(counts, sigma), sigma, 1e-4, smoothed)
    after = tops >= end
    order = np.argsort(-prominences[after], kind="stable")
    return tops[after][order][:count].astype(np.int64)


def _significant_peaks(
    counts: np.ndarray, smooth: np.ndarray, sigma: float, smallest: float, smoothed: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the maxima, in ascending order, and the prominences of the significant peaks."""
    from scipy.signal import find_peaks as local_peaks  # slow to import, see `centroid`

    window = max(5, len(counts) // 20)
    tops, found = local_peaks(smooth, prominence=max(smallest * smooth.max(), 1e-12), wlen=window)
    noise = _poisson(smooth, np.hypot(sigma, smoothed)) if smoothed else _noise(counts, smooth, sigma)
    clear = found["prominences"] > MIN_SIGNIFICANCE * noise[tops]
    return tops[clear], found["prominences"][clear]


def _poisson(smooth: np.ndarray, sigma: float) -> np.ndarray:
    """Return the standard deviation that counts have after smoothing by a Gaussian of sigma channels.

    A Gaussian leaves 1 / (2 sqrt(pi) sigma) of the variance of white noise.
    """
    level = np.maximum(_smoothed(smooth, 2 * sigma), 0)
    return np.sqrt(np.maximum(level, 1 / sigma) / (2 * np.sqrt(np.pi) * sigma))


def _noise(counts: np.ndarray, smooth: np.ndarray, sigma: float) -> np.ndarray:
    """Return the standard deviation of the smoothed spectrum's noise at each channel."""
    spread = _smoothed((counts - smooth) ** 2, 5 * sigma)
    # With few counts the spread is uncertain, so the noise is at least that of Poisson statistics.
    photon = _photon(counts)
    poisson = photon * _smoothed(counts, 20 * sigma)
    # A Gaussian leaves 1 / (2 sqrt(pi) sigma) of the variance of white noise.
    deviation = np.sqrt(np.maximum(spread, poisson) / (2 * np.sqrt(np.pi) * sigma))
    return np.maximum(deviation, 0.2 * photon)  # so that two or three neighbouring photons are no peak


def _photon(counts: np.ndarray) -> float:
    """Return the smallest step between counts: one photon, or its share in a mean."""
    steps = np.diff(np.unique(counts))
    return float(steps.min()) if len(steps) else 0.0


def as_spectrum(spectrum: ArrayLike, min_channels: int = MIN_CHANNELS) -> np.ndarray:
    """Return a copy of a spectrum as float64, or raise a CalibrationError if it is not a spectrum."""
    counts = np.array(spectrum, dtype=np.float64)
    if counts.ndim != 1 or len(counts) < min_channels:
        raise CalibrationError(
            _("A spectrum has one axis and at least {min_channels} channels, not the shape {shape}.").format(
                min_channels=min_channels, shape=counts.shape
            )
        )
    present = np.isfinite(counts)
    if not present.any():
        return np.zeros(len(counts))
    if not present.all():  # repeat the last value: interpolation would hide the noise
        known = np.flatnonzero(present)
        last = np.searchsorted(known, np.arange(len(counts)), side="right") - 1
        return counts[known[np.maximum(last, 0)]]
    return counts


def _smoothed(counts: np.ndarray, sigma: float) -> np.ndarray:
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(counts, sigma)


def _smoothing(n_channels: int) -> float:
    """Return the sigma of a Gaussian well below a line's width: 2 channels if 4096 span 40 keV."""
    return max(1.0, n_channels / 2048)
