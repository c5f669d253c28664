"""Each element has its place in the periodic table."""

from maxrf_core.elements.periodic_table import PLACES
from maxrf_core.spectrum.elements import ELEMENTS


def test_every_element_has_a_place_of_its_own():
    assert sorted(PLACES) == sorted(ELEMENTS)
    assert len(set(PLACES.values())) == len(ELEMENTS)
    assert max(column for _, column in PLACES.values()) == 18


def test_elements_of_a_group_are_in_one_column():
    for group in (
        ("Mg", "Ca", "Sr", "Ba", "Ra"),
        ("Cu", "Ag", "Au"),
        ("Zn", "Cd", "Hg"),
        ("Si", "Ge", "Sn", "Pb"),
    ):
        assert len({PLACES[symbol][1] for symbol in group}) == 1
