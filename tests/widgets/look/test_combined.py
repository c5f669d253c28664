"""Combined maps on the bench: which families are offered, and what is said of the depth."""

from maxrf_core.elements.combined_maps import Combination
from tests.widgets.elements.made_examination import made_examination
from widgets.look.bench_layers import title_of
from widgets.look.combined import combined_layer, depth_of, offered_families, offered_lines, thin_of


def test_other_shells_of_the_elements_that_are_there_are_offered_too():
    examination = made_examination()
    offered = offered_families(examination)
    assert offered[: len(examination.maps.names)] == list(examination.maps.names)
    assert "Pb-M" in offered
    assert "Au-L" not in offered


def test_the_softer_family_of_one_element_is_told_to_be_absorbed_more():
    examination = made_examination()
    for pair in (("Pb-M", "Pb-L"), ("Pb-L", "Pb-M")):
        assert depth_of(examination, Combination("ratio", *pair), title_of).startswith("Less Pb M (2.3 keV)")
    assert depth_of(examination, Combination("ratio", "Pb-L", "Fe-K"), title_of) == ""


def test_a_family_that_the_scan_does_not_hold_makes_no_layer():
    assert combined_layer(None, made_examination(), "ratio:Au-L:Fe-K", title_of) is None


def test_single_lines_of_the_mapped_families_are_offered_with_the_hint_and_the_ratio_of_a_thin_layer():
    examination = made_examination()
    assert {"Pb-La", "Pb-Lb", "Fe-Ka", "Fe-Kb"} <= set(offered_lines(examination))
    lead = Combination("ratio", "Pb-La", "Pb-Lb")
    said = depth_of(examination, lead, title_of)
    assert said.startswith("Less Pb Lα (10.5 keV) beside Pb Lβ (12.")
    assert "Pb Lα / Pb Lβ is about 1.3" in thin_of(examination, lead, title_of)
    assert thin_of(examination, Combination("ratio", "Pb-La", "Fe-Ka"), title_of) == ""
