"""The instrument is found from a spectrum: axis, resolution, loss of low energies."""

from dataclasses import replace

import numpy as np
import pytest

from maxrf_core.spectrum.detector import fwhm
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.instrument_fit import fit_instrument
from maxrf_core.spectrum.model import Instrument
from maxrf_core.spectrum.response import Response
from tests.maxrf_core.spectrum.synthetic_spectra import CHANNELS, COUNTS, INSTRUMENT, spectrum_of


def test_axis_and_resolution_of_a_made_spectrum_are_found():
    true = replace(INSTRUMENT, response=replace(INSTRUMENT.response, offset=-0.965, gain=0.01001, noise=0.1))
    found = fit_instrument(INSTRUMENT, list(COUNTS), spectrum_of(instrument=true), CHANNELS)
    energies = np.array([3.7, 6.4, 12.6])
    channels = (energies - true.response.offset) / true.response.gain
    deviations = found.response.offset + found.response.gain * channels - energies
    assert np.abs(deviations).max() < 0.003
    assert found.response.fwhm(6.4) == pytest.approx(float(true.response.fwhm(6.4)), rel=0.02)


def test_a_measured_spectrum_of_iron_has_the_width_of_its_detector(shared):
    stored = np.load(shared("data/real/nexl_rh50kv/rh50kv_measured_spectra.npz"))
    iron = np.clip(dict(zip(stored["names"].tolist(), stored["counts"], strict=True))["Fe"], 0, None)
    start = Instrument(Tube("Rh", 50), Response(-0.9564, 0.0099987, noise=0.12))
    fixed = ("angle", "compton_width", "path")
    found = fit_instrument(start, ["Fe-K", "Cu-K"], iron.astype(float), slice(500, 950), fixed)
    assert float(found.response.fwhm(6.4)) == pytest.approx(float(fwhm(6.4)), rel=0.04)
    assert found.response.offset + found.response.gain * 735.8 == pytest.approx(6.4, abs=0.006)
    assert found.angle == start.angle
