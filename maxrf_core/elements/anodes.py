"""Anodes of a tube that is not stated: how well the scattered lines of each explain a spectrum."""

from itertools import chain

import numpy as np

from maxrf_core.elements.analysis import fitted_channels, line_of, log_misfit
from maxrf_core.elements.candidates import candidate_families
from maxrf_core.spectrum.background import snip
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.fit import fit_spectrum
from maxrf_core.spectrum.instrument_fit import MODEL_ERROR, fitted_lines
from maxrf_core.spectrum.model import Instrument, build_model, sum_peaks_of
from maxrf_core.spectrum.response import Response

ANODES = ("Rh", "Mo", "Ag", "W", "Pd", "Cr", "Cu", "Au")


def anode_misfits(spectrum: np.ndarray, axis: SpectralAxis, kv: float, first: int = 0) -> dict[str, float]:
    """Return how badly a spectrum is explained with each anode.

    Parameters
    ----------
    spectrum : ndarray, shape (channels,)
        Counts.
    axis : SpectralAxis
        In keV.
    kv : float
        Voltage, up to which the spectrum is fitted.
    first : int
        Channel from which on it has to be explained; if it is given, sum peaks are explained too.

    Returns
    -------
    dict of str to float
        By anode, see `maxrf_core.elements.analysis.log_misfit`.
    """
    gain, offset = line_of(axis)
    tubes = [Tube(anode, kv) for anode in ANODES]
    channels = fitted_channels(axis, tubes[0])
    low, high = axis.values[[channels.start, channels.stop - 1]]
    of_tube = {tube: candidate_families(tube, low, high) for tube in tubes}
    families = list(dict.fromkeys(chain.from_iterable(of_tube.values())))
    response = Response(offset, gain)
    background = snip(spectrum, response)
    sums = fitted_sum_peaks(Instrument(tubes[0], response), families, spectrum, channels) if first else None
    found = {}
    for tube, own in of_tube.items():
        model = build_model(Instrument(tube, response), families, spectrum, channels, sums, background)
        for name in set(model.families) - set(own):  # of the anode
            model = model.without(name)
        found[tube.anode] = log_misfit(model, spectrum, first)
    return found


def fitted_sum_peaks(
    instrument: Instrument, families: list[str], spectrum: np.ndarray, channels: slice
) -> np.ndarray:
    """Return the shape of the sum peaks of a spectrum's lines, (channels,)."""
    model = build_model(instrument, families, spectrum, channels)
    return sum_peaks_of(fitted_lines(fit_spectrum(model, spectrum, MODEL_ERROR)), instrument.response)
