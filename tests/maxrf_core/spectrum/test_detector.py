"""Response of the detector, compared with measured spectra."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from maxrf_core.spectrum.detector import efficiency, fwhm, gaussian
from maxrf_core.spectrum.lines import element_spectrum
from maxrf_core.spectrum.peaks import find_peaks


def test_lines_are_as_wide_as_measured_ones(shared):
    """Widths at half height of pure elements, single lines by the formula, doublets as drawn."""
    assert 1000 * fwhm([2.307, 6.3995]) == pytest.approx([107, 146], abs=2)
    measured = np.load(shared("data/real/nexl_rh50kv/rh50kv_measured_spectra.npz"))
    energies = measured["energy_keV"].astype(float)
    for name, counts in zip(measured["names"], measured["counts"], strict=True):
        if name in ("Si", "S", "Ti", "Fe", "Cu", "Zr"):
            top = int(find_peaks(np.clip(counts, 0, None), 1)[0])
            drawn = element_spectrum(str(name), energies, 50)
            widths = [signal.peak_widths(y, [x])[0][0] for y, x in ((counts, top), (drawn, drawn.argmax()))]
            assert widths[1] == pytest.approx(widths[0], rel=0.03), name


@pytest.mark.parametrize(
    ("energy", "attenuation"), [(6.0, 147.0), (10.0, 33.89), (20.0, 4.464), (30.0, 1.436)]
)
def test_silicon_absorbs_as_published_by_nist(energy, attenuation):
    """Hubbell and Seltzer's mass attenuation of silicon, in cm²/g, in 450 µm of it."""
    assert efficiency(energy) == pytest.approx(1 - np.exp(-attenuation * 2.33 * 0.045), rel=0.03)


@given(st.floats(0.0, 60.0))
def test_no_more_photons_are_counted_than_arrive(energy):
    assert 0 < efficiency(energy) <= 1


@given(st.floats(0.3, 40.0), st.floats(0.02, 0.5))
def test_a_drawn_line_has_the_given_area_place_and_width(centre, width):
    energies = centre + np.linspace(-4, 4, 8001) * width
    drawn = gaussian(energies, centre, width)
    assert np.trapezoid(drawn, energies) == pytest.approx(1, rel=1e-4)
    assert energies[drawn.argmax()] == pytest.approx(centre)
    assert np.ptp(energies[drawn > drawn.max() / 2]) == pytest.approx(width, rel=0.003)
