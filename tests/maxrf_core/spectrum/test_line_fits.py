"""Positions of split lines on measured spectra."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.detector import gaussian
from maxrf_core.spectrum.line_fits import line_position
from maxrf_core.spectrum.lines import TRANSITIONS, find_line, transition
from maxrf_core.spectrum.peaks import centroid
from tests.maxrf_core.spectrum.genuine_spectra import NIST


@pytest.mark.parametrize(
    ("spectrum", "line", "centroid_off", "fit_off"), [("Acrylic", "Rh Ka", 10, 2.5), ("Sn", "Sn Ka", 62, 5)]
)
def test_heavy_k_lines_are_placed_by_their_doublet(nist, spectrum, line, centroid_off, fit_off):
    """A centroid takes Ka1: 10 eV too high at Rh, 62 eV at Sn."""
    counts, wanted = nist[spectrum].counts, find_line(line)
    near = NIST.channel(wanted.energy)

    def off(channel: float) -> float:
        return 1000 * (NIST.offset + NIST.gain * channel - wanted.energy)

    assert off(centroid(counts, near)) == pytest.approx(centroid_off, abs=1)
    for clicked in (near - 6, near, near + 8):
        assert abs(off(line_position(counts, clicked, wanted, 0.01))) < fit_off


@pytest.mark.parametrize("name", ["Si", "Ti", "Cr", "Fe", "Ni", "Cu"])
def test_light_lines_stay_where_their_centroid_is(nist, name):
    line = find_line(f"{name} Ka")
    near = NIST.channel(line.energy)
    assert line_position(nist[name].counts, near, line, 0.01) == centroid(nist[name].counts, near)


@given(st.floats(-0.9, 0.9), st.sampled_from(["Ag Ka", "Sn Ka", "Ba Ka", "Pb La"]))
def test_a_line_between_two_channels_is_placed_to_a_tenth_of_one(shift, name):
    """Both parts of the line drawn with the detector's width, clicked at its maximum."""
    line, gain = find_line(name), 0.01
    energies = -0.96 + gain * (np.arange(4096) + shift)
    counts = sum(
        transition(line.element, part, 60)[1] * gaussian(energies, transition(line.element, part, 60)[0])
        for part in TRANSITIONS[line.series]
    )
    place = (line.energy + 0.96) / gain - shift
    assert line_position(1e4 * counts + 20, int(counts.argmax()), line, gain) == pytest.approx(place, abs=0.1)


def test_a_spectrum_with_few_wide_channels_is_refused_in_words():
    counts = np.zeros(256)
    counts[100:103] = 50, 100, 40
    with pytest.raises(CalibrationError, match="No Sn Ka can be fitted near channel 10"):
        line_position(counts, 101, find_line("Sn Ka"), 0.25)
