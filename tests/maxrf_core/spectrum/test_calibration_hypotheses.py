"""Hypotheses of a spectrum's energies."""

import numpy as np
import pytest

from maxrf_core.spectrum.calibration_hypotheses import fit_widths, make_hypotheses, rank_hypotheses
from maxrf_core.spectrum.detector import fwhm
from maxrf_core.spectrum.measured_peaks import MeasuredPeaks, measure_peaks
from tests.maxrf_core.spectrum.genuine_spectra import NIST


@pytest.mark.parametrize("name", ["Fe", "Sn", "Steel"])
def test_the_truth_is_among_the_best_hypotheses(nist, name):
    peaks = measure_peaks(nist[name].counts)
    made = make_hypotheses(peaks, 50.0, None)
    ranked, _misfits, _noises = rank_hypotheses(peaks, made, 50.0, None)
    at_zero = ranked[ranked[:, 2] == 1][:50]
    errors = np.abs(at_zero[:, 1] + at_zero[:, 0] * NIST.channel(15.0) - 15.0)
    assert errors.min() < 0.05


def test_the_widths_refuse_a_gain_that_is_a_third_too_large():
    energies = np.array([3.69, 6.4, 8.63, 15.7])
    widths, n = fwhm(energies) / 0.01, len(energies)
    peaks = MeasuredPeaks(
        (energies + 0.96) / 0.01, widths, np.full(n, 1e5), np.full(n, 1e4), np.ones(n, bool), 96.0, 7.67, 110
    )
    gains = np.array([0.01, 0.0133])
    misfits, noises = fit_widths(peaks, gains, -gains * peaks.zero)
    assert misfits[0] < 0.1
    assert misfits[1] > 5 * misfits[0]
    assert noises[0] == 0.075


def test_all_hypotheses_go_through_a_given_line(nist):
    peaks = measure_peaks(nist["Fe"].counts)
    channel = NIST.channel(6.4)
    made = make_hypotheses(peaks, 50.0, "Rh", ((channel, 6.4),))
    assert len(made)
    assert np.abs(made[:, 1] + made[:, 0] * channel - 6.4).max() < 0.05
