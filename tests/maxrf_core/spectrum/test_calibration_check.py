"""Checks of a calibration on measured spectra."""

import numpy as np
import pytest

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.calibration_check import calibrate_spectrum, check_calibration, check_plausible
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.lines import find_line
from tests.maxrf_core.spectrum.genuine_spectra import NIST, bruker_spectra, other_spectra


def test_third_and_fourth_lines_have_residuals_of_few_electronvolts(nist):
    named = [(440, "Sn La"), (2622, "Sn Ka"), (2113, "Rh Ka")]
    peaks = [(channel, find_line(name)) for channel, name in named]
    calibration, channels, residuals = calibrate_spectrum(nist["Sn"].counts, peaks)
    assert len(channels) == len(residuals) == 3
    assert np.abs(residuals).max() < 1
    assert calibration.offset == pytest.approx(NIST.offset, abs=0.002)
    assert calibration.gain == pytest.approx(NIST.gain, rel=3e-4)
    wrong = [*peaks[:2], (2113, find_line("Rh Kb"))]
    assert np.abs(calibrate_spectrum(nist["Sn"].counts, wrong)[2]).max() > 100


@pytest.mark.parametrize(
    ("gain", "offset", "advice"),
    [
        (10.0, -0.96, r"meant in eV\? Then write 0.01"),
        (9.999, -960.0, r"meant in eV\? Then write 0.009999"),
        (0.01, -960.0, r"meant in eV\? Then write -0.96"),
        (1e-5, 0.0, "often it is about 0.01"),
        (0.01, -30.0, "often it is about -0.96"),
        (5000.0, 0.0, "often it is about 0.01"),
    ],
)
def test_gains_and_offsets_that_no_instrument_has_are_refused(gain, offset, advice):
    with pytest.raises(CalibrationError, match=advice):
        check_plausible(Calibration(gain, offset))


def test_those_of_all_instruments_at_hand_are_taken_without_doubt(shared):
    """But for a word on the Titans, whose zero peak is at 0.38 to 0.40 keV on a right axis."""
    for each in bruker_spectra(shared("data")) + other_spectra(shared("data/spectra")):
        calibration = Calibration(each.gain, each.offset)
        check_plausible(calibration)
        tube = Tube(each.anode or "Rh", max(each.tube_kv, 20))
        doubts = check_calibration(calibration, each.counts, tube).doubts
        if each.name.startswith("pdz"):
            assert len(doubts) == 1, each.name
            assert "some at 0.4 keV" in doubts[0]
        else:
            assert doubts == (), each.name


def test_wrong_lines_are_doubted(nist):
    """Fe taken for Cu: the zero peak lies at 2.1 keV and more."""
    counts = nist["Fe"].counts
    named = [(736, find_line("Cu Ka")), (2112, find_line("Rh Ka"))]
    check = check_calibration(calibrate_spectrum(counts, named)[0], counts)
    assert "where no detector has it" in " ".join(check.doubts)
    assert check.landmarks[0].name == "Zero peak"
    assert check.landmarks[0].energy > 2


def test_a_peak_above_the_tubes_voltage_is_doubted(nist):
    check = check_calibration(Calibration(0.02, -1.91), nist["Zr"].counts, Tube("Rh", 30))
    assert "above what the tube's 30 kV can excite" in " ".join(check.doubts)


def test_the_landmarks_are_the_zero_peak_the_tube_and_the_strongest_peaks(nist):
    counts = nist["Fe"].counts
    marks = {mark.name: mark for mark in check_calibration(NIST, counts).landmarks}
    assert {"Zero peak", "Rh Ka", "Rh Compton", "Peak near Fe Ka", "Peak near Fe Kb"} <= set(marks)
    assert abs(marks["Zero peak"].energy) < 0.005
    assert abs(marks["Peak near Fe Ka"].deviation) < 10
