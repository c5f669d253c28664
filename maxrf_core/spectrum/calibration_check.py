"""What a calibration would mean for a spectrum, to be looked at before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration import ELECTRONIC_BELOW, Calibration, calibrate_from_peaks
from maxrf_core.spectrum.elements import RHODIUM_TUBE, Tube
from maxrf_core.spectrum.line_fits import line_position
from maxrf_core.spectrum.lines import Line, calibrate_from_lines, label_peaks, tube_lines
from maxrf_core.spectrum.peaks import find_peaks, zero_peak

MIN_GAIN, MAX_GAIN = 0.0005, 0.5  # keV per channel: 65,536 channels for 33 keV, 128 for 64 keV
MIN_OFFSET, MAX_OFFSET = -10.0, 60.0  # keV; scans are cut at their low end
ZERO_PEAK_OFF = 0.05  # keV from 0 beyond which there is a word
STRONGEST = 5
NEAR = 0.1  # keV: a peak this near to a line of the tube may be it


@dataclass(frozen=True)
class Landmark:
    """A place in the spectrum and where it would lie.

    Parameters
    ----------
    name : str
        "Zero peak", a line of the tube, or "Peak" with the line that it would most probably be.
    channel : float
    energy : float
        keV by the calibration.
    off : float or None
        eV by which a peak lies beside where its name belongs; None where nothing is known.
    """

    name: str
    channel: float
    energy: float
    off: float | None = None


@dataclass(frozen=True)
class CalibrationCheck:
    """What a calibration would mean.

    Parameters
    ----------
    landmarks : tuple of Landmark
        The zero peak, the tube's lines that have a peak, the strongest peaks.
    doubts : tuple of str
        Sentences; without any the calibration looks right.
    """

    landmarks: tuple[Landmark, ...]
    doubts: tuple[str, ...]


def refuse_impossible(calibration: Calibration) -> None:
    """Raise a CalibrationError for a gain or an offset that no instrument has.

    Examples
    --------
    >>> refuse_impossible(Calibration(10.0, -960.0))
    Traceback (most recent call last):
    ...
    maxrf_core.errors.CalibrationError: No instrument has a gain of 10 keV per channel: is it meant in eV?
    Then write 0.01.
    """
    gain, offset = calibration.gain, calibration.offset
    if not MIN_GAIN <= gain <= MAX_GAIN:
        advice = (
            f"is it meant in eV? Then write {gain / 1000:g}."
            if MIN_GAIN <= gain / 1000 <= MAX_GAIN
            else "often it is about 0.01."
        )
        raise CalibrationError(f"No instrument has a gain of {gain:.6g} keV per channel: {advice}")
    if not MIN_OFFSET <= offset <= MAX_OFFSET:
        advice = (
            f"is it meant in eV? Then write {offset / 1000:g}."
            if MIN_OFFSET <= offset / 1000 <= MAX_OFFSET and abs(offset) >= 100
            else "often it is about -0.96, or 0."
        )
        raise CalibrationError(f"No instrument has {offset:.6g} keV at channel 0: {advice}")


def calibrate_spectrum(
    spectrum: ArrayLike, peaks: Sequence[tuple[float, Line]]
) -> tuple[Calibration, list[float], list[float]]:
    """Calibrate from two or more peaks of a spectrum that are named as element lines.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts or means of counts.
    peaks : sequence of (channel, Line)
        Channels near the tops.

    Returns
    -------
    calibration : Calibration
        With two peaks exact, with more by least squares.
    channels : list of float
        Where the lines' mean energies lie: the centroid, for a heavy element's doublet by a fit
        (`maxrf_core.spectrum.line_fits`), for which a first calibration gives the gain.
    residuals : list of float
        eV, energy by the calibration less the line's own.

    Raises
    ------
    CalibrationError
        As `calibrate_from_peaks`, and for a gain or an offset that no instrument has.
    """
    rough = calibrate_from_lines(peaks)
    refuse_impossible(rough)
    channels = [line_position(spectrum, channel, line, rough.gain) for channel, line in peaks]
    placed = [(channel, line.energy) for channel, (_, line) in zip(channels, peaks, strict=True)]
    calibration = calibrate_from_peaks(placed, rough.source)
    refuse_impossible(calibration)
    off = [1000 * (calibration.offset + calibration.gain * at - energy) for at, energy in placed]
    return calibration, channels, off


def check_calibration(
    calibration: Calibration, spectrum: ArrayLike, tube: Tube = RHODIUM_TUBE
) -> CalibrationCheck:
    """Look where a spectrum's zero peak, the tube's lines and the strongest peaks would lie.

    Parameters
    ----------
    calibration : Calibration
    spectrum : array, shape (channels,)
        The scan's mean, not smoothed.
    tube : Tube

    Examples
    --------
    >>> channels = np.arange(4096)
    >>> def peak(height, channel, sigma):
    ...     return height * np.exp(-((channels - channel) ** 2) / (2 * sigma**2))
    >>> spectrum = peak(9000, 96, 3.2) + peak(8000, 736, 6.2) + peak(2000, 802, 6.5)
    >>> check_calibration(Calibration(0.01, -0.96), spectrum).doubts
    ()
    >>> print(*check_calibration(Calibration(0.01, 1.14), spectrum).doubts)
    The zero peak would lie at 2.10 keV, where no detector has it: a line is probably wrong.
    """
    counts = np.asarray(spectrum, dtype=np.float64)
    landmarks, doubts = [], []

    def energy(channel: float) -> float:
        return calibration.offset + calibration.gain * channel

    zero = zero_peak(counts)
    if zero is not None:
        landmarks.append(Landmark("Zero peak", zero, energy(zero), 1000 * energy(zero)))
        doubts += _doubt_of_zero(energy(zero))
    peaks = find_peaks(counts, 40)
    energies = np.array([energy(peak) for peak in peaks])
    scattered = [
        line for line in tube_lines(tube.anode, kv=tube.kv) if line.series in ("Ka", "La", "Compton")
    ]
    for line in scattered:
        near = np.flatnonzero(
            np.abs(energies - line.energy) < (3 * NEAR if line.series == "Compton" else NEAR)
        )
        if len(near):
            off = energies[near[0]] - line.energy
            landmarks.append(Landmark(line.label, float(peaks[near[0]]), energies[near[0]], 1000 * off))
    taken = {mark.channel for mark in landmarks}
    for peak, at, named in zip(peaks, energies, label_peaks(energies, tube=tube), strict=True):
        if len(landmarks) - len(taken) >= STRONGEST:
            break
        if float(peak) not in taken:
            name, off = (named.label, 1000 * (at - named.energy)) if named else ("unknown", None)
            landmarks.append(Landmark(f"Peak: {name}", float(peak), at, off))
    doubts += _doubts_of_peaks(energies[:STRONGEST], tube)
    return CalibrationCheck(tuple(landmarks), tuple(doubts))


def _doubt_of_zero(energy: float) -> list[str]:
    if abs(energy) <= ZERO_PEAK_OFF:
        return []
    if -0.2 < energy < ELECTRONIC_BELOW:
        return [f"The zero peak would lie at {energy:.2f} keV; most detectors have it at 0, some at 0.4 keV."]
    return [
        f"The zero peak would lie at {energy:.2f} keV, where no detector has it: a line is probably wrong."
    ]


def _doubts_of_peaks(energies: np.ndarray, tube: Tube) -> list[str]:
    above = energies[energies > tube.kv]
    if len(above):
        return [
            f"A strong peak would lie at {above[0]:.1f} keV, above what the tube's {tube.kv:g} kV can excite."
        ]
    if len(energies) and energies.min() < 0:
        return [f"A strong peak would lie at {energies.min():.2f} keV: no photon has less than 0."]
    return []
