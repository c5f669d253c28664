"""Hypotheses of a spectrum's energies: peaks taken for lines, ranked by what else they explain."""

import numpy as np

from maxrf_core.spectrum.calibration_templates import NOISES, SEEN, line_groups
from maxrf_core.spectrum.detector import FANO_FACTOR, PAIR_ENERGY
from maxrf_core.spectrum.measured_peaks import MeasuredPeaks

WIDTH_GROWTH = 8 * np.log(2) * FANO_FACTOR * PAIR_ENERGY  # keV² of a line's squared width per keV
MIN_GAIN, MIN_OFFSET, MAX_OFFSET = 2e-4, -1.6, 1.0  # keV per channel, keV
MAX_ENERGY = 46.0  # keV, of a peak
N_FIRST, N_SECOND = 6, 9  # of the highest peaks that are taken for lines
N_RANKED, N_WIDTHS = 8000, 2000
ZERO_BONUS = 0.15
# (largest penalty, value) of lines near a peak, before families are considered
CLASSES = ((1.0, 1.0), (3.1, 0.75), (5.0, 0.35), (8.0, 0.12))


def make_hypotheses(
    peaks: MeasuredPeaks, kv: float, anode: str | None, given: tuple[tuple[float, float], ...] = ()
) -> np.ndarray:
    """Return gains and offsets by which peaks lie at lines.

    Parameters
    ----------
    peaks : MeasuredPeaks
    kv, anode
        The tube.
    given : tuple of (channel, keV)
        Peaks of known energy; all hypotheses go through the first of them.

    Returns
    -------
    ndarray, shape (hypotheses, 3)
        Gain in keV per channel, offset in keV, and 1 if the zero peak is at 0 keV, else 0.
    """
    lines = _lines(kv, anode)
    energies, likely = lines[:, 0], lines[lines[:, 1] <= SEEN, 0]
    order = np.argsort(-peaks.heights)
    found = []
    if peaks.zero is not None:
        for number in order[:4]:
            gains = energies / (peaks.positions[number] - peaks.zero)
            found.append(np.stack([gains, -gains * peaks.zero, np.ones_like(gains)], axis=1))
    if given:
        pairs = [(given[0], int(other)) for other in order[:N_SECOND]]
        found += [_through(peaks, known, other, energies) for known, other in pairs]
    else:
        for place, first in enumerate(order[:N_FIRST]):
            for second in order[place + 1 : N_SECOND]:
                found.append(_through_two(peaks, int(first), int(second), likely))
    made = np.concatenate([*found, np.zeros((0, 3))])
    gain, offset = made[:, 0], made[:, 1]
    near = np.ones(len(made), bool)
    for channel, energy in given:
        near &= np.abs(offset + gain * channel - energy) < 0.03 + 0.003 * energy
    made = made[near & (gain > MIN_GAIN) & (offset > MIN_OFFSET) & (offset < MAX_OFFSET)]
    rounded = np.round(np.stack([made[:, 1] * 150, np.log(made[:, 0]) * 1500, made[:, 2]], axis=1))
    return made[np.sort(np.unique(rounded, axis=0, return_index=True)[1])]


def _lines(kv: float, anode: str | None) -> np.ndarray:
    """Return energy and penalty of the two strongest peaks of each family, (lines, 2)."""
    rows = [
        (energy, penalty + (number > 0))
        for penalty, group in line_groups(kv, anode)
        for number, (energy, _) in enumerate(group[:2])
    ]
    return np.array(rows)


def _plausible_width(peaks: MeasuredPeaks, number: int, gain: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Return where a peak's width is one that detectors have at an energy; Compton peaks are wider."""
    width = peaks.widths[number] * gain
    lowest, highest = (np.sqrt(noise**2 + WIDTH_GROWTH * energy) for noise in (0.04, 0.17))
    return (width > 0.85 * lowest) & (width < 1.3 * highest + np.where(energy > 17, 0.4, 0))


def _through_two(peaks: MeasuredPeaks, first: int, second: int, energies: np.ndarray) -> np.ndarray:
    if peaks.positions[first] > peaks.positions[second]:
        first, second = second, first
    distance = peaks.positions[second] - peaks.positions[first]
    if distance < max(peaks.widths[first], peaks.widths[second]):
        return np.zeros((0, 3))
    lower, upper = energies[:, np.newaxis], energies[np.newaxis]
    gain = (upper - lower) / distance
    offset = lower - gain * peaks.positions[first]
    wanted = (gain > MIN_GAIN) & (offset > MIN_OFFSET) & (offset < MAX_OFFSET)
    wanted &= _plausible_width(peaks, first, gain, lower) & _plausible_width(peaks, second, gain, upper)
    return np.stack([gain[wanted], offset[wanted], np.zeros(wanted.sum())], axis=1)


def _through(
    peaks: MeasuredPeaks, known: tuple[float, float], other: int, energies: np.ndarray
) -> np.ndarray:
    distance = peaks.positions[other] - known[0]
    if abs(distance) < peaks.widths[other]:
        return np.zeros((0, 3))
    gain = (energies - known[1]) / distance
    gain = gain[gain > MIN_GAIN]
    return np.stack([gain, known[1] - gain * known[0], np.zeros(len(gain))], axis=1)


def rank_hypotheses(
    peaks: MeasuredPeaks, made: np.ndarray, kv: float, anode: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the best hypotheses first, with the misfit of their widths and the detector's noise.

    A peak counts by the logarithm of its area and by the line that it lies at: those of frequent elements
    count fully, those of rare ones the more the more other peaks the same family explains.
    """
    bonus = ZERO_BONUS * made[:, 2]
    made = made[np.argsort(-(_near_lines(peaks, made, kv, anode) + bonus), kind="stable")[:N_RANKED]]
    scores = _by_families(peaks, made, kv, anode) + ZERO_BONUS * made[:, 2]
    order = np.argsort(-scores, kind="stable")[:N_WIDTHS]
    made, scores = made[order], scores[order]
    misfits, noises = fit_widths(peaks, made[:, 0], made[:, 1])
    order = np.argsort(-(scores - 0.03 * misfits), kind="stable")
    return made[order], misfits[order], noises[order]


def _energies(peaks: MeasuredPeaks, made: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the peaks' energies by each hypothesis and the tolerance there: (hypotheses, peaks)."""
    energies = (made[:, 1:2] + made[:, :1] * peaks.positions).astype(np.float32)
    return energies, 0.015 + 0.002 * np.maximum(energies, 0)


def _mean_of(values: np.ndarray, energies: np.ndarray, peaks: MeasuredPeaks) -> np.ndarray:
    values[energies < 0.2] = -0.3
    values[energies > MAX_ENERGY] = -1
    return values @ peaks.weights / peaks.weights.sum()


def _near_lines(peaks: MeasuredPeaks, made: np.ndarray, kv: float, anode: str | None) -> np.ndarray:
    energies, tolerance = _energies(peaks, made)
    lines = _lines(kv, anode)
    lines = lines[np.argsort(lines[:, 0])]
    best = np.zeros(energies.shape, np.float32)
    for largest, value in CLASSES:
        allowed = lines[lines[:, 1] <= largest, 0]
        after = np.clip(np.searchsorted(allowed, energies), 1, len(allowed) - 1)
        distance = np.minimum(np.abs(energies - allowed[after - 1]), np.abs(energies - allowed[after]))
        best = np.maximum(best, value * np.exp(-0.5 * (distance / tolerance) ** 2))
    return _mean_of(best, energies, peaks)


def _by_families(peaks: MeasuredPeaks, made: np.ndarray, kv: float, anode: str | None) -> np.ndarray:
    energies, tolerance = _energies(peaks, made)
    logs = np.log(np.maximum(peaks.areas, 1e-9))
    best = np.zeros(energies.shape, np.float32)
    for penalty, lines in line_groups(kv, anode):
        main = np.exp(-0.5 * ((energies - lines[0, 0]) / tolerance) ** 2)
        strongest = main.argmax(axis=1)
        match = main[np.arange(len(made)), strongest]
        rows = np.flatnonzero(match > 0.3)
        explained = main[rows]
        for energy, intensity in lines[1:]:
            # A weaker line has a smaller peak, but for what overlaps it.
            below = logs < (logs[strongest[rows]] + np.log(intensity) + 1.2)[:, np.newaxis]
            near = np.exp(-0.5 * ((energies[rows] - energy) / tolerance[rows]) ** 2)
            explained = np.maximum(explained, near * below)
        count = np.maximum((explained > 0.3).sum(axis=1), 1)
        value = explained * ((1 - 0.13 * penalty / count) * match[rows])[:, np.newaxis]
        best[rows] = np.maximum(best[rows], value)
    return _mean_of(best, energies, peaks)


def fit_widths(peaks: MeasuredPeaks, gains: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the misfit of the peaks' widths to those of a detector, and its noise, for each hypothesis.

    The squared width is noise² + 8 ln 2 · F · ε · E (Fano, Physical Review 72, 1947, 26). Blends are wider,
    no line is narrower; a zero peak at 0 keV is as wide as the noise, which bounds the gain.
    """
    used = peaks.reliable if peaks.reliable.any() else np.ones(len(peaks), bool)
    gains, offsets = np.asarray(gains)[:, np.newaxis], np.asarray(offsets)[:, np.newaxis]
    energies = np.maximum(offsets + gains * peaks.positions[used], 0)
    widths, weights = gains * peaks.widths[used], peaks.weights[used]
    doubts = 0.07 + 1.5 / np.sqrt(np.maximum(peaks.areas[used], 1))
    misfits = []
    for noise in NOISES:
        excess = np.log(widths / np.sqrt(noise**2 + WIDTH_GROWTH * energies))
        costs = np.where(
            excess > 0, np.minimum((excess / 0.15) ** 2, 2.5), np.minimum((excess / doubts) ** 2, 20)
        )
        total, weight = costs @ weights, np.full(len(gains), weights.sum())
        if peaks.zero is not None and peaks.zero_width is not None:
            at_zero = np.abs(offsets + gains * peaks.zero)[:, 0] < 0.05
            beside = np.minimum((np.log(peaks.zero_width * gains[:, 0] / noise) / 0.12) ** 2, 20)
            total = total + np.where(at_zero, 3 * weights.max() * beside, 0)
            weight = weight + np.where(at_zero, 3 * weights.max(), 0)
        misfits.append(total / weight)
    best = np.argmin(misfits, axis=0)
    return np.min(misfits, axis=0), np.array(NOISES)[best]
