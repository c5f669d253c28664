"""Shapes of families for automatic calibration."""

import numpy as np
import pytest

from maxrf_core.spectrum.calibration_templates import LOW, STEP, line_groups, penalty, templates


def test_iron_has_its_lines_where_they_are():
    shapes = templates(0.075)
    iron = np.diff(shapes.cumulated[shapes.names.index("Fe-K")])
    assert LOW + STEP * iron.argmax() == pytest.approx(6.40, abs=STEP)


def test_scatter_of_a_known_anode_is_the_only_scatter():
    assert {name.split()[0] for name in templates(0.075, 50.0, "Ag").names if "Compton" in name} == {"Ag"}


def test_a_rare_element_costs_more_than_a_frequent_one_and_the_anode_least():
    assert penalty("Fe") < penalty("Ag") < penalty("Dy")
    assert penalty("Ag", "Ag") == penalty("Fe")


def test_every_family_begins_with_its_strongest_line():
    assert all(lines[0, 1] == lines[:, 1].max() for _, lines in line_groups()[:-4])
