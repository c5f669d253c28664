"""Analysis of a scan's mean spectrum: the instrument, and the families that explain the spectrum."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from maxrf_core.elements.candidates import candidate_families, rivals_of_all
from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.spectrum.background import snip, valid_counts
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import COMMON_ELEMENTS, Tube
from maxrf_core.spectrum.families import split_family
from maxrf_core.spectrum.fit import SpectrumFit, expected_counts, fit_spectrum
from maxrf_core.spectrum.instrument_fit import MODEL_ERROR, fit_instrument, fitted_lines
from maxrf_core.spectrum.model import Instrument, Model, build_model, sum_peaks_of
from maxrf_core.spectrum.response import Response
from maxrf_core.spectrum.trims import fit_trims
from maxrf_core.workers import one_thread_each

LOWEST_ENERGY = 0.95  # keV; below it lies electronic noise, and no line that passes air
MIN_SIGNIFICANCE = 5.0  # of a family's counts by their error, with the misfit of the model
# Share of the fitted counts at a family's strongest line; less may be an error of the continuum. Elements
# that are rare in art have to show more.
MIN_LOCAL_SHARE, MIN_LOCAL_SHARE_IF_RARE = 0.2, 0.3
ROUNDS = 2
MIN_CHANNELS = 64
BEYOND_BEAM = 0.5  # keV above a monochromatic beam that its line reaches
BEAM_SHIFTS = (-0.05, 0.0, 0.05)  # keV, beside the energy that is told
BEAM_ANGLES = (90.0, 115.0, 140.0, 165.0)  # degrees; from the nearest one, the Compton angle is fitted


@dataclass(frozen=True, eq=False)
class Analysis:
    """Instrument and line families that explain a mean spectrum.

    Attributes
    ----------
    instrument : Instrument
    spectrum : ndarray, shape (channels,)
        Counts of all pixels.
    channels : slice
        The fitted channels.
    fit : SpectrumFit
        By all candidates.
    present : tuple of str
        Families whose counts exceed their error, the strongest first.
    sum_peaks : ndarray, shape (channels,)
        Shape of the sum peaks.
    """

    instrument: Instrument
    spectrum: np.ndarray
    channels: slice
    fit: SpectrumFit
    present: tuple[str, ...]
    sum_peaks: np.ndarray

    @property
    def energies(self) -> np.ndarray:
        """The fitted energy of each channel in keV."""
        return self.instrument.response.energies(len(self.spectrum))

    @property
    def fitted_range(self) -> tuple[float, float]:
        """Energies of the first and the last fitted channel in keV."""
        low, high = self.energies[[self.channels.start, self.channels.stop - 1]].tolist()
        return low, high


def analyse(spectrum: np.ndarray, axis: SpectralAxis, tube: Tube, families: Sequence[str] = ()) -> Analysis:
    """Analyse a spectrum of many pixels.

    Parameters
    ----------
    spectrum : ndarray, shape (channels,)
        Counts, not means: their errors follow from their number.
    axis : SpectralAxis
        In keV; it is refined by some eV.
    tube : Tube
    families : sequence of str
        Families that are fitted beside all candidates.

    Raises
    ------
    CalibrationError
        If the axis is not calibrated, or there are no counts where elements have lines.
    """
    spectrum = valid_counts(spectrum)
    gain, offset = line_of(axis)
    channels = fitted_channels(axis, tube)
    if channels.stop - channels.start < MIN_CHANNELS or not spectrum[channels].any():
        raise CalibrationError(
            _(
                "There are no counts between {low:g} and {high:g} keV, where elements have lines: "
                "check the calibration and the voltage of the tube."
            ).format(low=LOWEST_ENERGY, high=tube.kv)
        )
    low, high = axis.values[channels.start], axis.values[channels.stop - 1]
    names = list(dict.fromkeys([*candidate_families(tube, low + 0.05, high - 0.2), *families]))
    with one_thread_each():
        instrument = starting_instrument(tube, Response(offset, gain), spectrum, channels, names)
        return _analysed(instrument, spectrum, channels, names)


def starting_instrument(
    tube: Tube, response: Response, spectrum: np.ndarray, channels: slice, names: Sequence[str]
) -> Instrument:
    """Return what the fit of the instrument starts with.

    At a synchrotron, the detector may stand at any angle to the beam: that which explains most is taken.
    """
    first = Instrument(tube, response)
    if not tube.is_beam:
        return first
    background = snip(spectrum, response)
    trials = [replace(first, angle=angle, beam_shift=shift) for angle in BEAM_ANGLES for shift in BEAM_SHIFTS]

    def misfit(trial: Instrument) -> float:
        return log_misfit(build_model(trial, names, spectrum, channels, None, background), spectrum)

    return min(trials, key=misfit)


def log_misfit(model: Model, spectrum: np.ndarray, first: int = 0) -> float:
    """Return the mean logarithm of squared deviations of a fit: strong lines do not outweigh the others.

    Parameters
    ----------
    model : Model
    spectrum : ndarray, shape (channels,)
        Counts.
    first : int
        Channels below it are left out.
    """
    expected = expected_counts(model, spectrum, MODEL_ERROR)
    squares = (spectrum[model.channels] - expected) ** 2 / (expected + (MODEL_ERROR * expected) ** 2)
    return float(np.log1p(squares[max(first - model.channels.start, 0) :]).mean())


def _analysed(instrument: Instrument, spectrum: np.ndarray, channels: slice, names: list[str]) -> Analysis:
    sums: np.ndarray = np.zeros(len(spectrum))
    for number in range(ROUNDS + 1):
        model = build_model(instrument, names, spectrum, channels, sums)
        fit = fit_spectrum(model, spectrum, MODEL_ERROR)
        present = _present(fit)
        sums = sum_peaks_of(fitted_lines(fit), instrument.response)
        if number < ROUNDS:
            instrument = fit_instrument(instrument, present, spectrum, channels)
            low, high = instrument.response.energies(len(spectrum))[[channels.start, channels.stop - 1]]
            hidden = rivals_of_all(present, instrument.tube, instrument.response, low, high)
            instrument = fit_trims(instrument, present, spectrum[np.newaxis], channels, sums, hidden)
    return Analysis(instrument, spectrum, channels, fit, tuple(present), sums)


def fitted_channels(axis: SpectralAxis, tube: Tube) -> slice:
    """Return the channels in which a spectrum is fitted: up to the tube's voltage, or the beam's line."""
    end = tube.kv + BEYOND_BEAM if tube.is_beam else tube.kv
    start, stop = np.searchsorted(axis.values, (LOWEST_ENERGY, end))
    return slice(max(int(start), axis.first), int(stop))


def line_of(axis: SpectralAxis) -> tuple[float, float]:
    """Return gain and offset of an axis, or raise a CalibrationError if it has no energies."""
    if axis.unit != "keV":
        raise CalibrationError(
            _("Elements need energies, and this scan has channel numbers only: calibrate it first.")
        )
    if len(axis) < MIN_CHANNELS:
        words = _("Elements need spectra of {least} channels or more, not {count}.")
        raise CalibrationError(words.format(least=MIN_CHANNELS, count=len(axis)))
    gain, offset = np.polyfit(np.arange(len(axis)), axis.values, 1)
    return float(gain), float(offset)


def _present(fit: SpectrumFit) -> list[str]:
    """Return the families whose counts exceed their error, the strongest first."""
    found = []
    for name, area, error in zip(fit.model.families, fit.areas, fit.errors, strict=False):
        common = split_family(name)[0] in COMMON_ELEMENTS
        needed = MIN_LOCAL_SHARE if common else MIN_LOCAL_SHARE_IF_RARE
        if area > MIN_SIGNIFICANCE * error and local_share(fit, name) > needed:
            found.append((area, name))
    return [name for _, name in sorted(found, reverse=True)]


def local_share(fit: SpectrumFit, name: str) -> float:
    """Return the share of the fitted counts that a family has where it is strongest, 0 to 1."""
    number, channels = fit.model.index(name), fit.model.channels
    column = fit.areas[number] * fit.model.columns[number, channels]
    strongest = column.argmax()
    return float(column[strongest] / max(fit.fitted[channels][strongest], 1e-9))
