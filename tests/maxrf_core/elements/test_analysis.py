"""The analysis of a mean spectrum: the families in it, the instrument, and what it refuses."""

import numpy as np
import pytest

from maxrf_core.elements.analysis import analyse
from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.spectrum.elements import Tube
from tests.maxrf_core.elements.made_scan import AXIS, COUNTS, TUBE, analysed, made_spectrum, truth


@pytest.mark.parametrize("without", [(), ("Ba-L",), ("Ti-K", "Pb-L")])
def test_the_families_of_a_made_scan_are_found_with_their_counts(without):
    found = analysed(without)
    assert set(found.present) == COUNTS.keys() - set(without)
    for name, counts in zip(COUNTS, truth().sum(axis=(1, 2)), strict=True):
        if name not in without:
            assert found.fit.area(name) == pytest.approx(counts, rel=0.05)


def test_a_calibration_that_is_some_ev_off_is_refined():
    shifted = SpectralAxis(AXIS.values + 0.012, "keV")
    found = analyse(made_spectrum(), shifted, TUBE)
    assert found.energies == pytest.approx(AXIS.values, abs=0.006)


def test_a_scan_without_energies_is_refused():
    with pytest.raises(CalibrationError, match="calibrate it first"):
        analyse(made_spectrum(), SpectralAxis.of_channels(len(AXIS)), TUBE)


@pytest.mark.parametrize("spectrum", [np.zeros(len(AXIS)), np.full(len(AXIS), np.nan)])
def test_a_spectrum_without_counts_is_refused(spectrum):
    with pytest.raises(CalibrationError, match="no counts between"):
        analyse(spectrum, AXIS, TUBE)


def test_an_axis_beyond_the_tubes_voltage_is_refused():
    with pytest.raises(CalibrationError, match="check the calibration"):
        analyse(made_spectrum(), SpectralAxis(AXIS.values + 60, "keV"), Tube("Rh", 50))
