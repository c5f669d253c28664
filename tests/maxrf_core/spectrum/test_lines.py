"""Element lines: energies, names and spectra, compared with published and measured values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.lines import COMMON_ELEMENTS, all_lines, element_lines, element_spectrum, find_line

ORIGINAL_AXIS = np.linspace(-0.98188629, 40.1076992, 4096)


@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("Fe Ka", 6.3995),
        ("Pb La", 10.5408),
        ("Hg La", 9.9798),
        ("Cu Ka", 8.0411),
        ("Ca Ka", 3.6905),
        ("Zn Ka", 8.6311),
    ],
)
def test_lines_have_their_weighted_energies(name, energy):
    assert find_line(name).energy == pytest.approx(energy, abs=2e-4)


@pytest.mark.parametrize(
    ("element", "maximum"),
    [
        ("S", 2.309),
        ("Cl", 2.620),
        ("K", 3.313),
        ("Ca", 3.694),
        ("Ba", 4.467),
        ("Ti", 4.507),
        ("Mn", 5.901),
        ("Fe", 6.403),
        ("Cu", 8.039),
        ("Zn", 8.631),
        ("Pb", 10.547),
    ],
)
def test_spectra_are_highest_where_the_original_documents_say(element, maximum):
    """To the channel; Mn, whose doublet lies between two, to the next one (the original rounds each line)."""
    highest = ORIGINAL_AXIS[element_spectrum(element, ORIGINAL_AXIS, 25).argmax()]
    assert highest == pytest.approx(maximum, abs=0.0102 if element == "Mn" else 0.0006)


@pytest.mark.parametrize(
    "written", ["Fe Ka", "FeKa", "fe-ka", "FE_KA", "Fe Kα", " fe ka1 ", "Fe Kα1", "feKA2"]
)
def test_a_line_is_found_however_its_name_is_written(written):
    assert find_line(written).label == "Fe Ka"


@given(st.sampled_from(all_lines()))
def test_every_line_is_found_by_its_own_label(line):
    assert find_line(line.label) == line


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("Fe Kx", "Fe Ka"), ("Xx Ka", "Xe Ka"), ("Fr", "Fr "), ("", ""), ("Pb Lq", "Pb La")],
)
def test_an_unknown_line_name_raises_with_the_nearest_name(written, nearest):
    with pytest.raises(
        CalibrationError, match=f"There is no element line '{written}': did you mean {nearest}"
    ):
        find_line(written)


def test_an_element_that_does_not_exist_is_refused():
    with pytest.raises(CalibrationError, match="There is no element 'Qq'"):
        element_lines("Qq")


def test_only_shells_that_the_excitation_reaches_emit():
    assert {line.series for line in element_lines("Sn", 25)}.isdisjoint({"Ka", "Kb"})
    assert element_lines("Sn", 35)[0].series == "Ka"
    assert {line.series[0] for line in element_lines("Pb", 12)} == {"M"}
    assert element_lines("H", 25) == []


@given(st.sampled_from(COMMON_ELEMENTS), st.floats(1, 60))
def test_the_strongest_line_has_intensity_1_and_comes_first(element, excitation):
    lines = element_lines(element, excitation)
    assert [line.intensity for line in lines] == sorted((line.intensity for line in lines), reverse=True)
    assert not lines or lines[0].intensity == 1
    assert all(0 < line.energy < excitation for line in lines)


@given(st.sampled_from(COMMON_ELEMENTS), st.integers(16, 4096))
def test_an_element_spectrum_peaks_at_1_and_is_never_negative(element, channels):
    energies = Calibration(40.96 / channels, -0.96).energies(channels)
    spectrum = element_spectrum(element, energies)
    assert spectrum.shape == (channels,)
    assert spectrum.min() >= 0
    assert spectrum.max() == pytest.approx(1) or spectrum.max() == 0


def test_an_element_without_a_line_on_the_axis_gives_zeros():
    assert not element_spectrum("Fe", np.linspace(20, 40, 100)).any()


@pytest.mark.parametrize("element", ["Ag", "Cd", "Sn", "Sb", "I", "Ba"])
def test_k_lines_above_20_kev_are_there_at_the_tube_voltage(element):
    assert "Ka" in {line.series for line in element_lines(element, Tube("Rh", 50))}
    assert "Ka" in {line.series for line in element_lines(element, Tube("Rh", 40))}
    assert "Ka" not in {line.series for line in element_lines(element, Tube("Rh", 25))}
