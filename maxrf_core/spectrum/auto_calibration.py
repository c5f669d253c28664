"""Automatic calibration of a spectrum, with a verdict on whether it is sure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.calibration_check import MAX_GAIN, MIN_GAIN
from maxrf_core.spectrum.calibration_hypotheses import fit_widths, make_hypotheses, rank_hypotheses
from maxrf_core.spectrum.calibration_lines import CalibrationLine, place_lines, refit
from maxrf_core.spectrum.calibration_score import BinnedSpectrum, HypothesisFit
from maxrf_core.spectrum.lines import Line, find_line
from maxrf_core.spectrum.measured_peaks import MeasuredPeaks, measure_peaks
from maxrf_core.workers import one_thread_each

MIN_PEAKS = 2
N_ZERO, N_FREE = 50, 80  # hypotheses that are fitted, with the zero peak at 0 keV and without
N_REFINED = 12
SAME_GAIN, SAME_OFFSET = 0.0015, 0.008  # relative, keV; closer hypotheses lead to the same fit
WIDTH_COST = 0.02  # for a misfit of the widths of 1; as a share of the cost of no hypothesis
POSITION_COST, MAX_DEVIATION = 0.001, 25.0  # for each squared deviation of a line, in errors; likewise
ZERO_TOLERANCE, MAX_ZERO_ENERGY = 0.02, 0.5  # keV
ZERO_COST, IMPOSSIBLE_ZERO_COST = 0.05, 300.0  # the first as a share of the cost of no hypothesis
UNNAMED_COST, N_STRONGEST = 0.04, 3  # for each of the strongest peaks at which no line lies; as a share
N_RUNNERS_UP = 5
DISTINCT = 0.08  # keV by which another calibration differs somewhere between the first and the last peak
# A calibration is sure if the runner-up costs so much more, and enough is explained by enough lines.
MIN_GAP, MAX_UNEXPLAINED, MIN_LINES, MIN_ELEMENTS = 0.10, 0.5, 3, 2
MIN_SPAN = 1.5  # keV between the lines; beyond it the energies are extrapolated
MAX_RESIDUAL = 30.0  # eV, of the line that fits worst


@dataclass(frozen=True, eq=False)
class AutoCalibration:
    """Result of `auto_calibrate`.

    Attributes
    ----------
    calibration : Calibration or None
        The proposal; None if the spectrum has too few peaks.
    sure : bool
        True if no other calibration explains the spectrum nearly as well.
    lines : tuple of CalibrationLine
        Zero peak and element lines by which the energies were fitted, each with its residual in eV.
    sentence : str
        The verdict for people.
    runner_up : Calibration or None
        The best calibration that differs from the proposal.
    runner_up_lines : tuple of CalibrationLine
        Lines of the runner-up.
    gap : float
        By how much more the runner-up costs, relative to the proposal; infinite without one.
    """

    calibration: Calibration | None
    sure: bool
    lines: tuple[CalibrationLine, ...]
    sentence: str
    runner_up: Calibration | None = None
    runner_up_lines: tuple[CalibrationLine, ...] = ()
    gap: float = float("inf")

    @property
    def residuals(self) -> dict[str, float]:
        """Residual of each line in eV, by its label."""
        return {line.label: line.residual for line in self.lines}


@dataclass(frozen=True, eq=False)
class _Candidate:
    fit: HypothesisFit
    noise: float
    cost: float
    placed: tuple[CalibrationLine, ...] = ()


def auto_calibrate(
    spectrum: ArrayLike,
    *,
    kV: float | None = None,  # noqa: N803 the unit's spelling
    anode: str | None = None,
    given: Sequence[tuple[float, str | Line]] = (),
) -> AutoCalibration:
    """Find the energies of a spectrum's channels.

    Pairs of a peak and a line, with the zero peak at 0 keV, elsewhere, or absent, make hypotheses. Each is
    judged by how much of the spectrum whole line families explain, with the tube's scatter, and how rare the
    elements are that it needs. The best is fitted to the positions of its lines.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts of a spectrum, or of many pixels together; not smoothed.
    kV : float, optional
        Voltage of the tube; by default 50.
    anode : str, optional
        Anode of the tube, such as ``"Rh"``; by default the usual ones are tried.
    given : sequence of (channel, line), optional
        Peaks whose line is known, such as ``(736, "Fe Ka")``.

    Returns
    -------
    AutoCalibration
        Never raises if the spectrum cannot be calibrated: `sentence` says why.

    Raises
    ------
    CalibrationError
        If the spectrum has no single axis, or a given line does not exist.

    Examples
    --------
    >>> auto_calibrate(np.zeros(512)).sentence
    'The spectrum has fewer than two peaks: its energies cannot be found. Set them by hand.'
    """
    peaks = measure_peaks(spectrum)
    known = [(float(channel), find_line(line) if isinstance(line, str) else line) for channel, line in given]
    if len(peaks) < MIN_PEAKS and not (len(peaks) and (peaks.zero is not None or known)):
        return AutoCalibration(
            None,
            False,
            (),
            _("The spectrum has fewer than two peaks: its energies cannot be found. Set them by hand."),
        )
    with one_thread_each():
        candidates, binned = _candidates(spectrum, peaks, kV or 50.0, anode, known)
        if not candidates:
            return AutoCalibration(
                None,
                False,
                (),
                _("No element lines fit the peaks of this spectrum. Set the energies by hand."),
            )
        return _verdict(spectrum, binned, candidates, known)


def _candidates(
    spectrum: ArrayLike,
    peaks: MeasuredPeaks,
    kv: float,
    anode: str | None,
    known: Sequence[tuple[float, Line]],
) -> tuple[list[_Candidate], BinnedSpectrum]:
    """Return the fitted hypotheses, the best first."""
    binned = BinnedSpectrum(spectrum, peaks, kv, anode)
    places = tuple((channel, line.energy) for channel, line in known)
    made = make_hypotheses(peaks, kv, anode, places)
    if not len(made):
        return [], binned
    ranked, misfits, noises = rank_hypotheses(peaks, made, kv, anode)
    found = []
    for number in _distinct_rows(ranked):
        fit = binned.fit(ranked[number, 0], ranked[number, 1], noises[number], refine=1)
        if fit is not None:
            found.append(_judged(binned, fit, misfits[number], noises[number]))
    found.sort(key=lambda candidate: candidate.cost)
    tried = (_refined(spectrum, binned, candidate, known) for candidate in found[:N_REFINED])
    refined = sorted((each for each in tried if each is not None), key=lambda one: one.cost)
    return refined + found[N_REFINED:] if refined else [], binned


def _refined(
    spectrum: ArrayLike, binned: BinnedSpectrum, candidate: _Candidate, known: Sequence[tuple[float, Line]]
) -> _Candidate | None:
    """Return a candidate with better energies, its lines, and a cost for strong peaks without a line."""
    fit = binned.fit(candidate.fit.gain, candidate.fit.offset, candidate.noise, refine=3)
    if fit is None:
        return None
    misfit, _noise = fit_widths(binned.peaks, np.array([fit.gain]), np.array([fit.offset]))
    judged = _judged(binned, fit, float(misfit[0]), candidate.noise)
    placed = tuple(place_lines(spectrum, binned.peaks, fit, known))
    cost = judged.cost + UNNAMED_COST * _unnamed(binned.peaks, placed) * binned.nothing
    cost += POSITION_COST * _misplaced(fit, placed) * binned.nothing
    return replace(judged, cost=cost, placed=placed)


def _misplaced(fit: HypothesisFit, placed: Sequence[CalibrationLine]) -> float:
    """Return the sum of the squared deviations of the lines, in errors, from the axis that most fit."""
    try:
        axis, _kept = refit(fit.gain, fit.offset, placed)
    except CalibrationError:
        axis = Calibration(fit.gain, fit.offset, "automatic")
    deviations = [(axis.offset + axis.gain * line.channel - line.energy) / line.error for line in placed]
    return float(np.minimum(np.square(deviations), MAX_DEVIATION).sum())


def _unnamed(peaks: MeasuredPeaks, placed: Sequence[CalibrationLine]) -> int:
    """Return how many of the strongest peaks lie at none of the lines."""
    channels = np.array([line.channel for line in placed] or [-np.inf])
    strongest = [number for number in np.argsort(-peaks.areas) if peaks.reliable[number]][:N_STRONGEST]
    distances = np.abs(peaks.positions[strongest, np.newaxis] - channels).min(axis=1, initial=np.inf)
    return int((distances > 0.5 * peaks.widths[strongest]).sum())


def _distinct_rows(ranked: np.ndarray) -> list[int]:
    """Return the numbers of the hypotheses that are fitted: the first of those that are nearly equal."""
    taken: list[int] = []
    counts = [0, 0]
    limits = (N_FREE, N_ZERO)
    gains, offsets = ranked[:, 0], ranked[:, 1]
    for number in range(len(ranked)):
        kind = int(ranked[number, 2])
        if counts[kind] >= limits[kind]:
            continue
        if taken:
            near = np.abs(gains[number] / gains[taken] - 1) < SAME_GAIN
            near &= np.abs(offsets[number] - offsets[taken]) < SAME_OFFSET
            if near.any():
                continue
        taken.append(number)
        counts[kind] += 1
    return taken


def _judged(binned: BinnedSpectrum, fit: HypothesisFit, misfit: float, noise: float) -> _Candidate:
    """Return a candidate with its cost: the fit's, that of the widths, and of where the zero peak lies."""
    peaks = binned.peaks
    cost = fit.cost + WIDTH_COST * binned.nothing * misfit
    if peaks.zero is not None:
        energy = abs(fit.offset + fit.gain * peaks.zero)
        cost += ZERO_COST * binned.nothing if energy > ZERO_TOLERANCE else 0
        cost += IMPOSSIBLE_ZERO_COST if energy > MAX_ZERO_ENERGY else 0
    return _Candidate(fit, noise, cost)


def _verdict(
    spectrum: ArrayLike,
    binned: BinnedSpectrum,
    candidates: list[_Candidate],
    known: Sequence[tuple[float, Line]],
) -> AutoCalibration:
    best = candidates[0]
    calibration, lines = _calibrated(best)
    second = _runner_up(spectrum, binned, calibration, candidates[1:], known)
    gap = float("inf") if second is None else second.cost / max(best.cost, 1e-9) - 1
    if not MIN_GAIN <= calibration.gain <= MAX_GAIN:
        return AutoCalibration(
            None, False, (), _("No element lines fit the peaks of this spectrum. Set the energies by hand.")
        )
    elements = {line.element for line in lines if line.element}
    anchored = len(elements) + (not elements.isdisjoint({line.element for _energy, line in known}))
    span = float(np.ptp([line.energy for line in lines])) if lines else 0.0
    named = sum(bool(line.element) for line in lines)  # the zero peak lies at 0 in many hypotheses
    enough = named >= MIN_LINES and anchored >= MIN_ELEMENTS and span >= MIN_SPAN
    explained = best.fit.unexplained < MAX_UNEXPLAINED * binned.nothing
    worst = max((abs(line.residual) for line in lines), default=np.inf)
    sure = bool(enough and explained and gap >= MIN_GAP and worst <= MAX_RESIDUAL)
    result = AutoCalibration(calibration, sure, lines, "", None, (), gap)
    if second is not None:
        runner_up, its_lines = _calibrated(second)
        result = replace(result, runner_up=runner_up, runner_up_lines=its_lines)
    return replace(result, sentence=_sentence(result, enough))


def _runner_up(
    spectrum: ArrayLike,
    binned: BinnedSpectrum,
    calibration: Calibration,
    others: Sequence[_Candidate],
    known: Sequence[tuple[float, Line]],
) -> _Candidate | None:
    """Return the best of the others whose energies differ, after they were refined, too."""
    positions = binned.peaks.positions
    ends = np.array([positions.min(), positions.max()])
    found: list[_Candidate] = []
    for other in sorted(others, key=lambda one: one.cost):
        if len(found) >= N_RUNNERS_UP:
            break
        refined = other if other.placed else _refined(spectrum, binned, other, known)
        if refined is None:
            continue
        its, _lines = _calibrated(refined)
        differences = calibration.offset - its.offset + (calibration.gain - its.gain) * ends
        if np.abs(differences).max() > DISTINCT:
            found.append(refined)
    return min(found, key=lambda one: one.cost, default=None)


def _calibrated(candidate: _Candidate) -> tuple[Calibration, tuple[CalibrationLine, ...]]:
    """Return the calibration by the positions of the lines of a fit, and the lines."""
    fit = candidate.fit
    try:
        return refit(fit.gain, fit.offset, candidate.placed)
    except CalibrationError:
        return Calibration(fit.gain, fit.offset, "automatic"), candidate.placed


def _sentence(result: AutoCalibration, enough: bool) -> str:
    """Return the verdict for people."""
    names = ", ".join(line.label for line in result.lines[:6]) or _("no line alone")
    worst = max((abs(line.residual) for line in result.lines), default=0.0)
    if result.sure:
        return _(
            "These energies are sure: {names} lie where they should, within {worst:.0f} eV, and no other "
            "energies explain the spectrum nearly as well."
        ).format(names=names, worst=worst)
    if not enough:
        return _(
            "The spectrum has the lines of hardly more than one element, which cannot decide its energies. "
            "Say which line one of the peaks is."
        )
    others = ", ".join(line.label for line in result.runner_up_lines[:4])
    if others and result.gap < MIN_GAP:
        return _(
            "Not sure: {names} would explain the peaks, but so would {others}. Say which line one of the "
            "peaks is."
        ).format(names=names, others=others)
    return _(
        "Not sure: {names} would explain the peaks, but not well enough. Say which line one of the peaks is."
    ).format(names=names)
