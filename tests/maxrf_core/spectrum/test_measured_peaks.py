"""Positions, widths and areas of peaks in channels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.spectrum.measured_peaks import SIGMA_TO_FWHM, measure_peaks
from tests.maxrf_core.spectrum.genuine_spectra import NIST


@settings(max_examples=25)
@given(st.floats(400, 800), st.floats(3, 8))
def test_a_gaussian_is_measured_to_a_twentieth_of_a_channel(position, sigma):
    channels = np.arange(1024)
    counts = np.rint(2e4 * np.exp(-((channels - position) ** 2) / (2 * sigma**2)))
    peaks = measure_peaks(counts)
    assert peaks.positions == pytest.approx([position], abs=0.05)
    assert peaks.widths == pytest.approx([SIGMA_TO_FWHM * sigma], rel=0.03)
    assert peaks.areas == pytest.approx([counts.sum()], rel=0.05)


def test_the_lines_of_iron_have_the_widths_that_the_detector_has(nist):
    """FWHM 146 eV at Fe Ka, 75 eV at the zero peak."""
    peaks = measure_peaks(nist["Fe"].counts)
    strongest = peaks.areas.argmax()
    assert NIST.offset + NIST.gain * peaks.positions[strongest] == pytest.approx(6.4, abs=0.01)
    assert 1000 * NIST.gain * peaks.widths[strongest] == pytest.approx(146, abs=4)
    assert 1000 * NIST.gain * peaks.zero_width == pytest.approx(75, abs=2)


def test_noise_hides_the_width_of_few_peaks_only(nist):
    """Where noise hides a peak's width, it is measured from that of the other peaks."""
    peaks = measure_peaks(nist["Sn"].counts)
    assert peaks.reliable.mean() > 0.6


def test_scatter_is_no_line_and_hides_none(nist):
    """The Compton peak is twice as wide as a line, and the tube's Ka on its flank is found."""
    peaks = measure_peaks(nist["S"].counts)
    compton, alpha = (int(np.abs(peaks.positions - NIST.channel(at)).argmin()) for at in (18.97, 20.17))
    assert not peaks.reliable[compton]
    assert peaks.reliable[alpha]
    assert peaks.positions[alpha] == pytest.approx(NIST.channel(20.17), abs=1.5)
