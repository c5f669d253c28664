"""Refit of a calibration to the positions of identified lines, with residuals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.calibration_score import HypothesisFit
from maxrf_core.spectrum.calibration_templates import penalty
from maxrf_core.spectrum.line_fits import line_position
from maxrf_core.spectrum.lines import Line, find_line
from maxrf_core.spectrum.measured_peaks import MeasuredPeaks

MAX_LINES, MAX_TRIED = 10, 16
NEAR = 0.5  # of a peak's width, between the peak and the line
MAX_DEVIATION = 0.03  # keV between a line and its place by the hypothesis
DRIFT = 0.0015  # keV per keV, likewise
SYSTEMATIC = 0.003  # keV; blends and shapes
MIN_STRENGTH = 5.0
MIN_SPAN = 1.0  # keV between the first and the last line, for a gain
ZERO_ERROR = 0.0012  # keV by which the zero peak of 26 Bruker M6 files lies at 0


@dataclass(frozen=True)
class CalibrationLine:
    """A line that was used, or the zero peak.

    Parameters
    ----------
    label : str
    element : str
        Empty for the zero peak.
    channel : float
        Its fitted position.
    energy : float
        keV by the tables.
    residual : float
        eV, energy by the calibration minus that of the tables.
    error : float
        keV, of the position.
    """

    label: str
    element: str
    channel: float
    energy: float
    residual: float = 0.0
    error: float = SYSTEMATIC


def place_lines(
    spectrum: ArrayLike,
    peaks: MeasuredPeaks,
    fit: HypothesisFit,
    known: Sequence[tuple[float, Line]] = (),
) -> list[CalibrationLine]:
    """Return the zero peak, if it lies at 0 keV, and the clear lines of a fit at their measured positions."""
    found: list[CalibrationLine] = []
    if peaks.zero is not None and abs(fit.offset + fit.gain * peaks.zero) < MAX_DEVIATION:
        found.append(CalibrationLine(_("Zero peak"), "", peaks.zero, 0.0, error=ZERO_ERROR))
    wanted = [*known, *_wanted(fit)]
    taken: list[float] = []
    placed: set[tuple[str, str]] = set()
    for channel, line in wanted:
        if len(found) >= MAX_LINES:
            break
        if line.series[1:] == "b" and (line.element, line.series[0]) not in placed:
            continue  # a family's second line tells nothing without its first
        peak = int(np.abs(peaks.positions - channel).argmin())
        width = peaks.widths[peak]
        if abs(peaks.positions[peak] - channel) > NEAR * width or peak in taken or not peaks.reliable[peak]:
            continue
        try:
            at = line_position(spectrum, peaks.positions[peak], line, fit.gain)
        except CalibrationError:
            continue
        beside = abs(fit.offset + fit.gain * at - line.energy)
        if abs(at - peaks.positions[peak]) > width or beside > MAX_DEVIATION + DRIFT * line.energy:
            continue
        taken.append(peak)
        placed.add((line.element, line.series[0]))
        counting = fit.gain * width / 2.35 / np.sqrt(max(peaks.areas[peak], 1))
        # Kb and L lines have several parts, whose ratio depends on the sample
        error = np.hypot(counting, SYSTEMATIC if line.series == "Ka" else 3 * SYSTEMATIC)
        found.append(CalibrationLine(line.label, line.element, at, line.energy, error=float(error)))
    return found


def _wanted(fit: HypothesisFit) -> list[tuple[float, Line]]:
    """Return the channels and lines of a fit, strong lines of frequent elements first."""
    main = []
    for name, strength in fit.families:
        element, dash, shell = name.partition("-")
        if not dash or shell == "M" or strength < MIN_STRENGTH:
            continue
        series = ("Ka", "Kb") if shell == "K" else ("La", "Lb")
        for number, line in enumerate(_lines(element, series)):
            rank = strength / penalty(element) / (1 + 3 * number)
            main.append((rank, (line.energy - fit.offset) / fit.gain, line))
    main.sort(key=lambda one: -one[0])
    return [(channel, line) for _rank, channel, line in main[:MAX_TRIED]]


def _lines(element: str, series: Sequence[str]) -> list[Line]:
    lines = []
    for name in series:
        try:
            lines.append(find_line(f"{element} {name}"))
        except CalibrationError:
            continue
    return lines


def refit(
    gain: float, offset: float, lines: Sequence[CalibrationLine]
) -> tuple[Calibration, tuple[CalibrationLine, ...]]:
    """Return the calibration by the positions of lines, and the lines that agree with it.

    Weighted least squares; lines that deviate by more than three of their errors from the fit of the others
    are left out, the worst first.

    Raises
    ------
    CalibrationError
        If fewer than two lines far apart are left.

    Examples
    --------
    >>> lines = [CalibrationLine("Fe Ka", "Fe", 640, 6.4), CalibrationLine("Zr Ka", "Zr", 1570, 15.7)]
    >>> calibration, kept = refit(0.01, 0.002, lines)
    >>> round(calibration.gain, 5), len(kept)
    (0.01, 2)
    """
    kept = [
        line
        for line in lines
        if abs(offset + gain * line.channel - line.energy) < MAX_DEVIATION + DRIFT * line.energy
    ]
    while True:
        energies = np.array([line.energy for line in kept])
        if len(kept) < 2 or np.ptp(energies) < MIN_SPAN:
            raise CalibrationError(_("A calibration needs two lines that lie far apart."))
        channels, errors = (np.array([getattr(line, of) for line in kept]) for of in ("channel", "error"))
        middle = float(channels.mean())
        slope, level = np.polyfit(channels - middle, energies, 1, w=1 / errors)
        residuals = level + slope * (channels - middle) - energies
        worst = int(np.abs(residuals / errors).argmax())
        if len(kept) <= 2 or abs(residuals[worst]) < 3 * errors[worst]:
            break
        del kept[worst]
    told = tuple(
        replace(line, residual=float(1000 * residual)) for line, residual in zip(kept, residuals, strict=True)
    )
    names = ", ".join(line.label for line in told)
    return Calibration(float(slope), float(level - slope * middle), f"automatic: {names}"), told
