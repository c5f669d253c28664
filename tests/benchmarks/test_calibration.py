"""The figures of the automatic calibration are computed as the page says."""

import numpy as np
import pytest

from benchmarks.calibration import (
    Outcome,
    Trial,
    axis_of,
    errors_of,
    rescaled,
    spectra,
    strongest_line,
    summary,
)
from maxrf_core.spectrum.auto_calibration import AutoCalibration
from maxrf_core.spectrum.calibration import Calibration
from tests.maxrf_core.spectrum.genuine_spectra import Genuine

CHANNELS = np.arange(1000)
IRON = Genuine(
    "iron", np.rint(5e4 * np.exp(-((CHANNELS - 640.0) ** 2) / (2 * 6.0**2))), 0.0, 0.01, must_find=("Fe",)
)


@pytest.mark.parametrize("factor", [1.0, 1.37, 2.05])
def test_wider_channels_hold_the_same_counts_at_the_same_energies(factor):
    trial = Trial(IRON, factor)
    gain, offset = axis_of(trial)
    counts = rescaled(IRON.counts, factor)
    assert counts.sum() == pytest.approx(IRON.counts.sum(), rel=1e-3)
    energies = offset + gain * np.arange(len(counts))
    assert np.average(energies, weights=counts) == pytest.approx(6.4, abs=0.001)


def test_the_strongest_peak_is_told_as_the_line_that_lies_there():
    channel, line = strongest_line(IRON.counts, Trial(IRON, 1.0))
    assert (round(channel), line.label) == (640, "Fe Ka")


def test_errors_are_those_at_2_and_22_kev():
    found = AutoCalibration(Calibration(0.01, 0.02), True, (), "")
    assert errors_of(found, Trial(IRON, 1.0)) == pytest.approx((20, 20))
    assert errors_of(AutoCalibration(None, False, (), ""), Trial(IRON, 1.0)) is None


def test_sure_and_wrong_is_counted_apart():
    outcomes = [
        Outcome(True, (1.0, -5.0), "", 1.0),
        Outcome(True, (1.0, 61.0), "", 1.0),
        Outcome(False, (1.0, 30.0), "", 1.0),
        Outcome(False, None, "", 1.0),
    ]
    assert summary(outcomes, "all") == ["all", "1 of 4", "1", "1", "1", "1", "5"]


def test_each_spectrum_is_used_once(shared):
    shared("data/spectra")
    groups = spectra()
    assert len(groups["others"]) == 26
    assert len(groups["zero peak"]) == 18  # two of the 19 files are the same
