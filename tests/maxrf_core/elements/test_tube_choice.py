"""The tube: as it is told, proposed from its scattered lines, and a conflict is said."""

import numpy as np
import pytest

from maxrf_core.elements.tube_choice import choose_tube, end_point
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import Tube
from tests.maxrf_core.elements.made_scan import AXIS, made_spectrum
from tests.maxrf_core.spectrum.genuine_spectra import other_spectra


def test_a_tube_that_is_told_is_used():
    choice = choose_tube(made_spectrum(), AXIS, "Mo", 45.0)
    assert choice.tube == Tube("Mo", 45.0)
    assert choice.told
    assert choice.sentence == ""


def test_the_tube_of_a_made_scan_is_proposed_from_its_lines():
    choice = choose_tube(made_spectrum(), AXIS)
    assert choice.tube.anode == "Rh"
    assert not choice.told
    assert "lines are those of Rh" in choice.sentence


@pytest.mark.parametrize(
    ("name", "anode"),
    [("fresco_aurora-antico1-prova1_10264", "Ag"), ("xgt_lksd", "Rh")],
)
def test_the_tube_of_a_measured_spectrum_is_proposed(shared, name, anode):
    spectra = {each.name: each for each in other_spectra(shared("data/spectra"))}
    choice = choose_tube(spectra[name].counts, SpectralAxis(spectra[name].energies, "keV"))
    assert choice.tube.anode == anode
    assert f"lines are those of {anode}" in choice.sentence


def test_counts_beyond_the_voltage_contradict_the_file():
    spectrum = np.where((AXIS.values > 1) & (AXIS.values < 24), 1000.0, 0.0)
    choice = choose_tube(spectrum, AXIS, "Rh", 12.0)
    assert choice.tube.kv == pytest.approx(24, abs=0.5)
    assert "says 12 kV, but there are counts up to 24 keV" in choice.sentence


def test_without_scattered_lines_no_anode_is_proposed():
    energies = SpectralAxis(np.arange(0, 15, 0.02), "keV")
    spectrum = 1000 * np.exp(-0.5 * ((energies.values - 7) / 2) ** 2)
    assert "no scattered lines tell it" in choose_tube(spectrum, energies).sentence


def test_a_continuum_that_goes_on_has_no_end_point():
    assert end_point(np.full(len(AXIS), 10.0), AXIS) is None
    assert end_point(np.zeros(len(AXIS)), AXIS) is None


def test_single_counts_do_not_tell_the_voltage():
    energies = SpectralAxis(np.arange(0, 30, 0.02), "keV")
    spectrum = np.where((energies.values > 1) & (energies.values < 15), 5.0, 0.0)
    spectrum[[960, 1150]] = 1
    assert end_point(spectrum, energies) == pytest.approx(15, abs=0.1)
