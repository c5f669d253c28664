"""The switch between the parts of Look stands in the address, and the session keeps what is chosen."""

from tests.pages.conftest import Open, choice_of, go_to


def test_a_part_is_linked_by_the_address_and_chosen_by_the_switch(open_page: Open):
    app = open_page("spectra")
    assert app.query_params["part"] == "spectra"
    app.segmented_control(key="look-part").set_value("bands").run()
    assert not app.exception
    assert app.query_params["part"] == "bands"
    assert "chart/maps-map" in app.session_state
    app.switch_page("pages/contents.py").run()
    app.switch_page("pages/look.py").run()
    assert app.segmented_control(key="look-part").value == "bands"
    go_to(app, "look")
    assert "part" not in app.query_params


def test_nonsense_in_the_address_shows_the_bench(open_page: Open):
    app = open_page("contents", part="../../etc")
    assert choice_of(app).part == "bench"
