"""Monochromatic beam: its energy, if a spectrum shows one scattered line and nothing beyond it."""

import numpy as np

from maxrf_core.elements.analysis import (
    LOWEST_ENERGY,
    fitted_channels,
    line_of,
    log_misfit,
    starting_instrument,
)
from maxrf_core.elements.anodes import anode_misfits, fitted_sum_peaks
from maxrf_core.elements.candidates import candidate_families
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import MIN_KV, MONOCHROMATIC, Tube
from maxrf_core.spectrum.model import build_model
from maxrf_core.spectrum.response import Response

MIN_BEAM_COUNTS, MIN_DROP = 20.0, 10.0  # per channel; of its height to the counts beyond it
BEYOND_LINE = 0.03  # of all counts that may lie beyond a monochromatic beam: sum peaks
N_BEAMS = 3
END_OF_BEAM, MAX_BEYOND = 0.8, 1.5  # of its energy, between which the spectrum has to be explained
# Of the best anode's misfit there. Measured were 0.29 to 0.77 at four beams, and 0.95 or more for other peaks
# of 46 spectra.
MAX_BEAM_MISFIT = 0.85


def find_beam(spectrum: np.ndarray, axis: SpectralAxis) -> float | None:
    """Return the energy in keV of a monochromatic beam that explains the end of a spectrum best, or None.

    One Rayleigh line with its Compton peak, and nothing but sum peaks beyond, have to explain what lies near
    the beam and beyond clearly better than the lines of each anode do.
    """
    gain, offset = line_of(axis)
    best: tuple[float, float] | None = None
    for energy in beam_candidates(spectrum, axis):
        beam, response = Tube(MONOCHROMATIC, energy), Response(offset, gain)
        near = fitted_channels(axis, beam)
        first = int(np.searchsorted(axis.values, END_OF_BEAM * energy))
        names = candidate_families(beam, *axis.values[[near.start, near.stop - 1]])
        instrument = starting_instrument(beam, response, spectrum, near, names)
        end = min(MAX_BEYOND * energy, float(axis.values[-1]))
        channels = fitted_channels(axis, Tube(kv=end))
        sums = fitted_sum_peaks(instrument, names, spectrum, near)
        misfit = log_misfit(build_model(instrument, names, spectrum, channels, sums), spectrum, first)
        of_anodes = min(anode_misfits(spectrum, axis, end, first).values())
        if misfit < MAX_BEAM_MISFIT * of_anodes and (best is None or misfit < best[0]):
            best = misfit, energy + instrument.beam_shift
    return None if best is None else best[1]


def beam_candidates(spectrum: np.ndarray, axis: SpectralAxis) -> list[float]:
    """Return the energies in keV that a monochromatic beam may have: those of up to three last peaks.

    Beyond the beam there are sum peaks only; a tube's continuum goes on beyond its last line.
    """
    from scipy.ndimage import gaussian_filter1d  # slow to import
    from scipy.signal import find_peaks

    gain, offset = line_of(axis)
    response = Response(offset, gain)
    counts = np.where(axis.values > LOWEST_ENERGY, spectrum, 0)
    beyond = np.cumsum(counts[::-1])[::-1]
    smooth = gaussian_filter1d(counts, 0.05 / gain)
    found = []
    for peak in find_peaks(smooth, prominence=MIN_BEAM_COUNTS)[0][::-1].tolist():
        half = peak + int(np.argmax(smooth[peak:] < smooth[peak] / 2))
        width = float(response.fwhm(axis.values[peak]))
        first, last = np.searchsorted(axis.values, axis.values[half] + np.array([width, 3 * width]))
        if half == peak or last >= len(axis) or smooth[peak] < MIN_DROP * smooth[first:last].mean():
            continue
        if beyond[first] > BEYOND_LINE * beyond[0]:
            break
        energy = float(axis.values[half]) - width / 2  # the peak itself may be that of Compton scattering
        if energy > MIN_KV:
            found.append(energy)
    return found[:N_BEAMS]
