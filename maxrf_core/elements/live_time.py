"""Live time of each pixel from its zero peak, which is a clock in some instruments.

The detector of a Bruker M6 is read out at 0 keV about 10,000 times in each second in which it is not busy
with a photon. Elsewhere the zero peak is noise, or missing. So each scan is tested first.
"""

from dataclasses import dataclass

import numpy as np

from maxrf_core.elements.normalise import Divisor
from maxrf_core.elements.smoothing import smooth
from maxrf_core.language import Note

ZERO_PEAK_RATE = 9969.0  # counts per live second of a Bruker M6, ± 0.24 % in 26 spectra
DEAD_TIME, DEAD_TIME_ERROR = 2.3e-6, 0.4e-6  # seconds for each event; 1.6 to 2.5 in the same spectra
MAX_DEAD_TIME = 20e-6  # that any detector in use has
MIN_COUNTS = 5000  # of the zero peak in the whole scan, for a test
MIN_TRIPLES = 30  # of neighbouring pixels
FEW_COUNTS = 400  # of the zero peak in a pixel; with fewer, pixels are averaged with their neighbours
MAX_SPREAD = 1.3  # of the variance that chance gives
MAX_EFFECT, MIN_EFFECT_SIGNIFICANCE = 0.02, 4.0  # of a strong element on the zero peak, relative
PIXELS_FOR_RANGE = 200_000  # that tell how strong an element is
RATE_RANGE = (
    1e3,
    1e5,
)  # counts per live second by which a file's live time is that of a pixel or of the scan


@dataclass(frozen=True)
class _Test:
    """Result of the test of a zero peak: reason against it, spread, and dead time in counts per event."""

    reason: str
    spread: float = 0.0
    slope: float = 0.0
    slope_error: float = np.inf


def live_time_from_zero_peak(
    zero_peak: np.ndarray,
    events: np.ndarray,
    nets: np.ndarray,
    names: tuple[str, ...] = (),
    told_seconds: float | None = None,
) -> Divisor:
    """Return the live time of each pixel if the zero peak is a clock.

    It is one if its counts vary between neighbours as chance explains, beyond the dead time of the events,
    and follow no element. The time for which a pixel was measured is Z / rate + dead time · events; where
    Z has few counts, it is averaged over 3 × 3 pixels, or over all if all were measured equally long. The
    live time is that without the dead time of the pixel's own events.

    Parameters
    ----------
    zero_peak, events : ndarray, shape (height, width)
        Counts in and beyond the zero peak.
    nets : ndarray, shape (families, height, width)
        Net counts of elements.
    names : tuple of str
        Of the families.
    told_seconds : float, optional
        Live time of the scan or of a pixel as the file tells it, which gives the rate of the clock; without
        it, that of a Bruker M6 is assumed.
    """
    zero_peak, events = (np.asarray(each, np.float64) for each in (zero_peak, events))
    test = _tested(zero_peak, events, np.asarray(nets, np.float64), names)
    if test.reason:
        return Divisor(None, None, test.reason)
    rate, is_told = _rate(zero_peak, told_seconds)
    dead, error = -test.slope / rate, test.slope_error / rate
    if dead + 3 * error < 0 or dead - 3 * error > MAX_DEAD_TIME:
        return Divisor(
            None, None, Note("The zero peak is no clock in this scan: it follows the number of photons.")
        )
    if abs(dead - DEAD_TIME) < 3 * np.hypot(error, DEAD_TIME_ERROR):
        weight = max(error, 1e-12) ** -2
        usual = DEAD_TIME_ERROR**-2
        dead, error = (weight * dead + usual * DEAD_TIME) / (weight + usual), (weight + usual) ** -0.5
    real = zero_peak / rate + dead * events
    real, sigma = _averaged(real, np.sqrt(zero_peak) / rate, zero_peak)
    seconds = real - dead * events
    sigma = np.hypot(sigma, error * (events - np.nanmean(events)))
    seconds = np.where(seconds > 0, seconds, np.nan).astype(np.float32)
    return Divisor(seconds, sigma.astype(np.float32), _as_clock(test.spread, rate, is_told))


def _as_clock(spread: float, rate: float, is_told: bool) -> Note:
    """Return the sentence about a zero peak that is a clock."""
    clock = Note(
        "The zero peak is a clock in this scan: between neighbouring pixels it varies {spread:.2f} times as "
        "much as chance explains, and follows no mapped element.",
        spread=spread,
    )
    source = (
        Note("Its rate, {rate:,.0f} per second, is from the file's live time.", rate=rate)
        if is_told
        else Note(
            "The file tells no live time, so its rate is assumed to be that of a Bruker M6, "
            "{rate:,.0f} per second.",
            rate=rate,
        )
    )
    return Note("{clock} {source}", clock=clock, source=source)


def _tested(zero: np.ndarray, events: np.ndarray, nets: np.ndarray, names: tuple[str, ...]) -> _Test:
    """Test a zero peak by triples of pixels in a row: the middle one beside the mean of its neighbours."""
    total = float(np.nansum(zero))
    if total == 0:
        return _Test(Note("This scan has no zero peak, so nothing tells the live time of single pixels."))
    d_zero, d_events, level = _contrast(zero), _contrast(events), _level(zero)
    used = np.isfinite(d_zero) & np.isfinite(d_events)
    if total < MIN_COUNTS or used.sum() < MIN_TRIPLES:
        return _Test(
            Note(
                "The zero peak has too few counts, or the scan too few pixels, to tell whether it is a clock."
            )
        )
    d_zero, d_events, chance = d_zero[used], d_events[used], 1.5 * level[used]
    slope, slope_error = _slope(d_zero, d_events, chance)
    left = d_zero - slope * d_events
    spread = float((left**2).sum() / chance.sum())
    if spread > MAX_SPREAD + 3 * np.sqrt(2 / len(left)):
        words = (
            "The zero peak is no clock in this scan: between neighbouring pixels it varies {spread:.1f} "
            "times as much as chance explains."
        )
        return _Test(Note(words, spread=spread))
    mean = total / zero.size
    for name, net in zip(names, nets, strict=False):
        d_net = np.nan_to_num(_contrast(net)[used])
        d_net = d_net - d_events * (d_net @ d_events) / max(float(d_events @ d_events), 1e-12)
        follows, error = _slope(left, d_net, chance)
        low, high = np.nanpercentile(net.ravel()[:: 1 + net.size // PIXELS_FOR_RANGE], (1, 99))
        effect = abs(follows) * (high - low) / mean
        if abs(follows) > MIN_EFFECT_SIGNIFICANCE * error and effect > MAX_EFFECT:
            words = "The zero peak is no clock in this scan: it follows {family}."
            return _Test(Note(words, family=name))
    return _Test("", spread, slope, slope_error)


def _contrast(values: np.ndarray) -> np.ndarray:
    """Return how far the middle pixel of each three in a row differs from the mean of the others."""
    left, middle, right = _triples(values)
    return middle - (left + right) / 2


def _level(values: np.ndarray) -> np.ndarray:
    return np.mean(_triples(values), axis=0)


def _triples(values: np.ndarray) -> np.ndarray:
    """Return the left, middle and right pixels of each three in a row, (3, rows, triples); none shared."""
    count = values.shape[1] // 3
    return values[:, : 3 * count].reshape(len(values), count, 3).transpose(2, 0, 1)


def _slope(y: np.ndarray, x: np.ndarray, variance: np.ndarray) -> tuple[float, float]:
    """Return the slope of y = slope · x by least squares, and its standard deviation."""
    square = float(x @ x)
    if square <= 0:
        return 0.0, np.inf
    return float(x @ y) / square, float(np.sqrt((x**2) @ variance)) / square


def _rate(zero: np.ndarray, told_seconds: float | None) -> tuple[float, bool]:
    """Return the counts of the clock per live second, and whether the file tells them."""
    if told_seconds is not None and told_seconds > 0:
        for rate in (np.nanmean(zero) / told_seconds, np.nansum(zero) / told_seconds):
            if RATE_RANGE[0] < rate < RATE_RANGE[1]:
                return float(rate), True
    return ZERO_PEAK_RATE, False


def _averaged(real: np.ndarray, sigma: np.ndarray, zero: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average the time for which pixels were measured over as many as they need."""
    if _is_constant(real, sigma):
        there = np.isfinite(real)
        error = float(np.sqrt((sigma[there] ** 2).sum())) / int(there.sum())
        return np.where(there, real[there].mean(), np.nan), np.where(there, error, np.nan)
    return smooth(real, sigma, 3 if float(np.nanmean(zero)) < FEW_COUNTS else 1)


def _is_constant(values: np.ndarray, sigma: np.ndarray) -> bool:
    """Return True if the means of rows and those of columns differ as chance explains."""
    there = np.isfinite(values)
    mean = values[there].mean()
    for axis in (0, 1):
        sums = np.where(there, values - mean, 0).sum(axis)
        variances = np.where(there, sigma**2, 0).sum(axis)
        known = variances > 0
        if np.mean(sums[known] ** 2 / variances[known]) > 1 + 3 * np.sqrt(2 / known.sum()):
            return False
    return True
