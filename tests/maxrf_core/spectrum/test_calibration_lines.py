"""Refit of a calibration to the positions of lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration_lines import CalibrationLine, place_lines, refit
from maxrf_core.spectrum.calibration_score import HypothesisFit
from maxrf_core.spectrum.measured_peaks import measure_peaks
from tests.maxrf_core.spectrum.genuine_spectra import NIST

LINES = {"Ca Ka": 3.6905, "Fe Ka": 6.3995, "Cu Ka": 8.0411, "Rh Ka": 20.17}


@given(st.floats(0.005, 0.02), st.floats(-1, 0.4))
def test_a_line_far_from_where_the_others_put_it_is_left_out(gain, offset):
    lines = [CalibrationLine(name, name[:2], (at - offset) / gain, at) for name, at in LINES.items()]
    lines.append(CalibrationLine("Zn Ka", "Zn", (8.631 + 0.02 - offset) / gain, 8.631))
    calibration, kept = refit(gain, offset, lines)
    assert calibration.gain == pytest.approx(gain, rel=1e-6)
    assert calibration.offset == pytest.approx(offset, abs=1e-6)
    assert {line.label for line in kept} == set(LINES)


def test_one_line_is_no_calibration():
    with pytest.raises(CalibrationError, match="two lines"):
        refit(0.01, 0.0, [CalibrationLine("Fe Ka", "Fe", 640, 6.4)])


def test_the_lines_of_a_steel_lie_within_a_few_ev(nist):
    counts = nist["Steel"].counts
    families = (("Fe-K", 90.0), ("Cr-K", 50.0), ("Ni-K", 40.0))
    fit = HypothesisFit(NIST.gain, NIST.offset, 0.0, 0.0, families)
    calibration, kept = refit(fit.gain, fit.offset, place_lines(counts, measure_peaks(counts), fit))
    assert {"Zero peak", "Fe Ka", "Cr Ka", "Ni Ka"} <= {line.label for line in kept}
    assert calibration.offset + calibration.gain * NIST.channel(10) == pytest.approx(10, abs=0.008)
