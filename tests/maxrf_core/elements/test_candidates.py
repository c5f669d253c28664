"""Candidates and rivals: what a scan is examined for, and what hides what."""

import pytest

from maxrf_core.elements.candidates import UNLIKELY, candidate_families, rivals, rivals_of_all
from maxrf_core.spectrum.elements import Tube
from maxrf_core.spectrum.families import family_lines, split_family
from maxrf_core.spectrum.response import Response

RESPONSE = Response(-0.95, 0.01)


@pytest.mark.parametrize("tube", [Tube("Rh", 50), Tube("Ag", 38), Tube("W", 15)])
def test_candidates_lie_on_the_axis_and_are_never_of_the_anode(tube):
    found = candidate_families(tube, 1.0, 24.0)
    assert found
    assert len(set(found)) == len(found)
    for name in found:
        element, shell = split_family(name)
        assert element != tube.anode
        assert element not in UNLIKELY
        assert 1.0 <= family_lines(element, shell, tube).main_energy <= 24.0


@pytest.mark.parametrize(
    ("name", "rival"),
    [("As-K", "Pb-L"), ("Ti-K", "Ba-L"), ("S-K", "Pb-M"), ("Mn-K", "Cr-K"), ("Co-K", "Fe-K")],
)
def test_the_classical_pairs_are_rivals(name, rival):
    assert rivals(name, ["Ca-K", rival, "Sn-K"], Tube("Rh", 50), RESPONSE) == [rival]


def test_rivals_of_present_families_are_common_elements_that_are_not_present():
    found = rivals_of_all(["Pb-L", "Fe-K"], Tube("Rh", 50), RESPONSE, 1.0, 24.0)
    assert {"As-K", "Co-K"} <= set(found)
    assert not {"Pb-L", "Fe-K", "Ca-K"} & set(found)
