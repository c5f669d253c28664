"""The switch between the parts of Look stands in the address, and the session keeps what is chosen."""

from tests.pages.conftest import Open, choice_of


def test_a_part_is_linked_by_the_address_and_chosen_by_the_switch(open_page: Open):
    app = open_page("contents", part="spectra")
    app.switch_page("pages/look.py").run()
    assert app.segmented_control(key="look-part").value == "spectra"
    app.segmented_control(key="look-part").set_value("bands").run()
    assert not app.exception
    assert choice_of(app).part == "bands"  # of which the address is made, see test_choice.py
    assert "chart/maps-map" in app.session_state
    app.switch_page("pages/contents.py").run()
    app.switch_page("pages/look.py").run()
    assert app.segmented_control(key="look-part").value == "bands"


def test_nonsense_in_the_address_shows_the_bench(open_page: Open):
    app = open_page("contents", part="../../etc")
    assert choice_of(app).part == "bench"
