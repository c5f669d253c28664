"""Groups of lines: each line of a family is in one, and a thin layer has the ratio of their intensities."""

import numpy as np
import pytest

from maxrf_core.elements.line_groups import group_shapes, groups_of, thin_ratio
from tests.maxrf_core.elements.made_scan import INSTRUMENT, N


@pytest.mark.parametrize("family", ["Fe-K", "Pb-L", "Hg-L"])
def test_the_groups_together_are_the_family(family):
    shapes = group_shapes(INSTRUMENT, family, N)
    assert all(shape.sum() == pytest.approx(1, abs=0.02) for shape in shapes.values())
    parts = np.array([1 / thin_ratio(INSTRUMENT, f"{family}a", name) for name in shapes])
    together = (parts / parts.sum()) @ np.array(list(shapes.values()))
    np.testing.assert_allclose(together, INSTRUMENT.family(family, N), atol=2e-4)


def test_their_energies_are_those_of_the_tables():
    assert groups_of(INSTRUMENT, "Fe-K") == pytest.approx({"Fe-Ka": 6.40, "Fe-Kb": 7.05}, abs=0.03)
    expected = {"Pb-La": 10.53, "Pb-Lb": 12.65, "Pb-Lg": 14.8}  # with the weaker lines beside each
    assert groups_of(INSTRUMENT, "Pb-L") == pytest.approx(expected, abs=0.15)


def test_lines_that_lie_within_the_detectors_width_are_not_told_apart():
    assert groups_of(INSTRUMENT, "Al-K") == {}
    assert groups_of(INSTRUMENT, "Pb-M") == {}


def test_iron_has_the_ratio_of_the_tables():
    assert thin_ratio(INSTRUMENT, "Fe-Ka", "Fe-Kb") == pytest.approx(7, abs=0.7)
