"""The response to a line: its counts, its width, its escape peak and its shelf."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import voigt_profile

from maxrf_core.spectrum.detector import fwhm
from maxrf_core.spectrum.response import Response, escape_share

PLAIN = Response(-0.95, 0.01, shelf=0.0, tail=0.0, step=0.0, escape=0.0)


@given(
    energy=st.floats(1.0, 20.0),
    tail=st.floats(0, 0.1),
    step=st.floats(0, 0.05),
    escape=st.floats(0, 2),
    gain=st.sampled_from([0.005, 0.01, 0.03]),
)
def test_a_line_keeps_its_counts_whatever_its_shape(energy, tail, step, escape, gain):
    response = Response(-3.0, gain, shelf=0.0, tail=tail, step=step, escape=escape)
    line = response.lines([energy], [1000.0], int(30 / gain))
    assert line.sum() == pytest.approx(1000, rel=1e-3)
    assert (line >= 0).all()


def test_the_shelf_holds_its_share_and_lies_below_the_line():
    line = replace(PLAIN, shelf=0.02).lines([6.4], [1000.0], 2000) - PLAIN.lines([6.4], [1000.0], 2000)
    energies = PLAIN.energies(2000)
    assert line.sum() == pytest.approx(20, rel=0.05)
    assert line[energies > 6.8].sum() == pytest.approx(0, abs=0.01)
    flat = line[(energies > 1) & (energies < 5.5)]
    assert np.ptp(flat) < 0.01 * flat.mean()


def test_the_step_reaches_evenly_as_far_as_a_silicon_auger_electron_carries_away():
    line = replace(PLAIN, step=0.01).lines([6.4], [1000.0], 2000) - 0.99 * PLAIN.lines([6.4], [1000.0], 2000)
    energies = PLAIN.energies(2000)
    assert line.sum() == pytest.approx(10)
    flat = line[(energies > 5.0) & (energies < 6.0)]
    assert np.ptp(flat) < 0.01 * flat.mean()
    assert line[energies < 4.3].sum() == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(("energy", "natural"), [(6.4, 0.0016), (10.55, 0.008), (8.05, 0.002)])
def test_a_line_of_natural_width_is_a_voigt_profile(energy, natural):
    line = PLAIN.lines([energy], [1.0], 2000, [natural])
    distances = PLAIN.energies(2000) - energy
    true = 0.01 * voigt_profile(distances, fwhm(energy) / np.sqrt(8 * np.log(2)), natural / 2)
    near = np.abs(distances) < 0.5
    assert np.allclose(line[near], true[near], rtol=0.03)
    assert np.allclose(line, true, atol=0.003 * true.max())


def test_the_width_is_that_of_the_detector():
    energies = PLAIN.energies(2000)
    line = PLAIN.lines([6.4], [1.0], 2000)
    above = energies[line > line.max() / 2]
    assert np.ptp(above) == pytest.approx(float(fwhm(6.4)), abs=0.011)


def test_escape_peaks_lie_one_silicon_line_lower_and_only_above_silicons_edge():
    line = replace(PLAIN, escape=1.0).lines([3.69], [1000.0], 2000)
    energies = PLAIN.energies(2000)
    peak = (energies > 1.8) & (energies < 2.1)
    assert energies[peak][line[peak].argmax()] == pytest.approx(1.95, abs=0.01)
    assert line[peak].sum() == pytest.approx(1000 * escape_share(np.array([3.69]))[0], rel=0.01)
    assert escape_share(np.array([1.7]))[0] == 0


def test_a_longer_path_takes_more_of_low_energies():
    near, far = (replace(PLAIN, path=path).detected([2.0, 6.4]) for path in (0.5, 5.0))
    assert far[0] < near[0]
    assert far[1] == pytest.approx(near[1], rel=0.15)
