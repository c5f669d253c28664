"""Line families: energies, ratios and the names that users write."""

import numpy as np
import pytest
import xraylib

from maxrf_core.errors import CalibrationError
from maxrf_core.spectrum.elements import ELEMENTS, Tube
from maxrf_core.spectrum.families import SHELLS, family_lines, split_family


def test_every_family_has_shares_that_add_up_to_one_and_rising_energies():
    for tube in (Tube("Rh", 50), Tube("Mo", 15)):
        for element in ELEMENTS:
            for shell in SHELLS:
                lines = family_lines(element, shell, tube)
                if lines is not None:
                    assert lines.intensities.sum() == pytest.approx(1)
                    assert (lines.intensities > 0).all()
                    assert (np.diff(lines.energies) >= 0).all()
                    assert lines.energies.max() < tube.kv


@pytest.mark.parametrize(
    ("element", "shell", "energy", "group"),
    [("Fe", "K", 6.405, "Ka"), ("Pb", "L", 10.551, "L3"), ("Pb", "M", 2.345, "M"), ("Ba", "L", 4.466, "L3")],
)
def test_the_strongest_line_lies_where_the_tables_of_x_rays_have_it(element, shell, energy, group):
    lines = family_lines(element, shell)
    assert lines.main_energy == pytest.approx(energy, abs=0.01)
    assert lines.groups[lines.intensities.argmax()] == group


def test_kb_has_the_share_of_the_tables():
    lines = family_lines("Fe", "K")
    table = xraylib.RadRate(26, xraylib.KB_LINE) / xraylib.RadRate(26, xraylib.KA_LINE)
    is_kb = np.array([group == "Kb" for group in lines.groups])
    ratio = lines.intensities[is_kb].sum() / lines.intensities[~is_kb].sum()
    assert ratio == pytest.approx(table * 1.057, rel=0.01)  # with its satellite


def test_a_tube_excites_only_shells_below_its_voltage():
    assert family_lines("Pb", "L", Tube("Rh", 12)) is None
    assert family_lines("Sn", "K", Tube("Rh", 25)) is None
    assert family_lines("Sn", "K", Tube("Rh", 50)) is not None


@pytest.mark.parametrize("name", ["Xx-K", "Fe", "Fe-Q", "", "iron K"])
def test_a_name_that_is_no_family_is_refused_with_an_example(name):
    with pytest.raises(CalibrationError, match="such as Fe-K"):
        split_family(name)


def test_lines_are_computed_once_for_all_anodes_of_one_voltage():
    assert family_lines("Pb", "L", Tube("Rh", 50)) is family_lines("Pb", "L", Tube("Ag", 50))
