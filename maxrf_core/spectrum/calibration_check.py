"""Plausibility of a calibration, checked against a spectrum before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.calibration import MIN_PHOTON_ENERGY, Calibration, calibrate_from_peaks
from maxrf_core.spectrum.elements import DEFAULT_TUBE, Tube
from maxrf_core.spectrum.line_fits import line_position
from maxrf_core.spectrum.lines import Line, calibrate_from_lines, tube_lines
from maxrf_core.spectrum.peak_labels import label_peaks
from maxrf_core.spectrum.peaks import find_peaks, zero_peak

MIN_GAIN, MAX_GAIN = 0.0005, 0.5  # keV per channel: 65,536 channels for 33 keV, 128 for 64 keV
MIN_OFFSET, MAX_OFFSET = -10.0, 60.0  # keV; scans are cut at their low end
MAX_ZERO_PEAK_ENERGY = 0.05  # keV from 0; a zero peak further away is reported
N_STRONGEST = 5  # peaks that are listed
TUBE_LINE_TOLERANCE = 0.1  # keV between a peak and a line of the tube


@dataclass(frozen=True)
class Landmark:
    """A feature of the spectrum and its energy by the calibration.

    Parameters
    ----------
    name : str
        "Zero peak", a line of the tube, or "Peak near" with the most plausible line.
    channel : float
    energy : float
        keV by the calibration.
    deviation : float or None
        eV, energy by the calibration minus the expected energy; None if that is unknown.
    """

    name: str
    channel: float
    energy: float
    deviation: float | None = None


@dataclass(frozen=True)
class CalibrationCheck:
    """Result of `check_calibration`.

    Parameters
    ----------
    landmarks : tuple of Landmark
        The zero peak, peaks at the tube's lines, and the strongest peaks.
    doubts : tuple of str
        Sentences; empty if the calibration is plausible.
    """

    landmarks: tuple[Landmark, ...]
    doubts: tuple[str, ...]


def check_plausible(calibration: Calibration) -> None:
    """Check that an instrument can have this gain and offset, else raise a CalibrationError.

    Examples
    --------
    >>> check_plausible(Calibration(10.0, -960.0))
    Traceback (most recent call last):
    ...
    maxrf_core.errors.CalibrationError: No instrument has a gain of 10 keV per channel: is it meant in eV?
    Then write 0.01.
    """
    gain, offset = calibration.gain, calibration.offset
    if not MIN_GAIN <= gain <= MAX_GAIN:
        advice = (
            _("is it meant in eV? Then write {gain:g}.").format(gain=gain / 1000)
            if MIN_GAIN <= gain / 1000 <= MAX_GAIN
            else _("often it is about 0.01.")
        )
        raise CalibrationError(
            _("No instrument has a gain of {gain:.6g} keV per channel: {advice}").format(
                gain=gain, advice=advice
            )
        )
    if not MIN_OFFSET <= offset <= MAX_OFFSET:
        advice = (
            _("is it meant in eV? Then write {offset:g}.").format(offset=offset / 1000)
            if MIN_OFFSET <= offset / 1000 <= MAX_OFFSET and abs(offset) >= 100
            else _("often it is about -0.96, or 0.")
        )
        raise CalibrationError(
            _("No instrument has {offset:.6g} keV at channel 0: {advice}").format(
                offset=offset, advice=advice
            )
        )


def calibrate_spectrum(
    spectrum: ArrayLike, peaks: Sequence[tuple[float, Line]]
) -> tuple[Calibration, list[float], list[float]]:
    """Calibrate from two or more peaks of a spectrum that are identified as element lines.

    Parameters
    ----------
    spectrum : array, shape (channels,)
        Counts or means of counts.
    peaks : sequence of (channel, Line)
        Channels near the maxima.

    Returns
    -------
    calibration : Calibration
        Exact with two peaks, by least squares with more.
    channels : list of float
        Channels of the lines' mean energies: the centroid, or for a heavy element's doublet a fit
        (`maxrf_core.spectrum.line_fits`) that takes the gain from a first calibration.
    residuals : list of float
        eV, energy by the calibration minus the line's energy.

    Raises
    ------
    CalibrationError
        As `calibrate_from_peaks`, and if no instrument has such a gain or offset.
    """
    rough = calibrate_from_lines(peaks)
    check_plausible(rough)
    channels = [line_position(spectrum, channel, line, rough.gain) for channel, line in peaks]
    placed = [(channel, line.energy) for channel, (_, line) in zip(channels, peaks, strict=True)]
    calibration = calibrate_from_peaks(placed, rough.source)
    check_plausible(calibration)
    residuals = [1000 * (calibration.offset + calibration.gain * at - energy) for at, energy in placed]
    return calibration, channels, residuals


def check_calibration(
    calibration: Calibration, spectrum: ArrayLike, tube: Tube = DEFAULT_TUBE
) -> CalibrationCheck:
    """Check where a spectrum's zero peak, the tube's lines and the strongest peaks would lie.

    Parameters
    ----------
    calibration : Calibration
    spectrum : array, shape (channels,)
        Mean spectrum of the scan, not smoothed.
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
        landmarks.append(Landmark(_("Zero peak"), zero, energy(zero), 1000 * energy(zero)))
        doubts += _doubts_of_zero_peak(energy(zero))
    peaks = find_peaks(counts, 40)
    energies = np.array([energy(peak) for peak in peaks])
    scattered = [
        line
        for line in tube_lines(tube.anode, kv=tube.kv)
        if line.series in ("Ka", "La", "Compton", "Rayleigh")
    ]
    for line in scattered:
        near = np.flatnonzero(
            np.abs(energies - line.energy)
            < (3 * TUBE_LINE_TOLERANCE if line.series == "Compton" else TUBE_LINE_TOLERANCE)
        )
        if len(near):
            deviation = 1000 * (energies[near[0]] - line.energy)
            landmarks.append(Landmark(line.label, float(peaks[near[0]]), energies[near[0]], deviation))
    listed = {mark.channel for mark in landmarks}
    for peak, at, named in zip(peaks, energies, label_peaks(energies, tube=tube), strict=True):
        if len(landmarks) - len(listed) >= N_STRONGEST:
            break
        if float(peak) not in listed:
            # Without energies nothing is identified: the line is only the one that lies near.
            name = _("Peak near {line}").format(line=named.label) if named else _("Peak near no line")
            deviation = 1000 * (at - named.energy) if named else None
            landmarks.append(Landmark(name, float(peak), at, deviation))
    doubts += _doubts_of_peaks(energies[:N_STRONGEST], tube)
    return CalibrationCheck(tuple(landmarks), tuple(doubts))


def _doubts_of_zero_peak(energy: float) -> list[str]:
    if abs(energy) <= MAX_ZERO_PEAK_ENERGY:
        return []
    if -0.2 < energy < MIN_PHOTON_ENERGY:
        return [
            _(
                "The zero peak would lie at {energy:.2f} keV; most detectors have it at 0, some at 0.4 keV."
            ).format(energy=energy)
        ]
    return [
        _(
            "The zero peak would lie at {energy:.2f} keV, where no detector has it: a line is probably wrong."
        ).format(energy=energy)
    ]


def _doubts_of_peaks(energies: np.ndarray, tube: Tube) -> list[str]:
    above = energies[energies > tube.kv]
    if len(above):
        return [
            _(
                "A strong peak would lie at {above:.1f} keV, above what the tube's {kv:g} kV can excite."
            ).format(above=above[0], kv=tube.kv)
        ]
    if len(energies) and energies.min() < 0:
        return [
            _("A strong peak would lie at {energy:.2f} keV: no photon has less than 0.").format(
                energy=energies.min()
            )
        ]
    return []
