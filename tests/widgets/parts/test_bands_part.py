"""The part Bands: a band by number or by element, and its map in a contrast that can be chosen."""

import pytest

from maxrf_core.cube.cube import Cube
from tests.pages.conftest import Open, choice_of


def test_the_first_band_is_a_line_and_not_the_zero_peak(open_page: Open):
    now = choice_of(open_page("maps"))
    assert (now.lo, now.hi) == (6.25, 6.55)  # around Fe Ka


def test_a_band_can_be_typed_or_chosen_by_element(open_page: Open):
    app = open_page("maps")
    app.number_input(key="band-hi").set_value(6.7).run()
    assert (choice_of(app).lo, choice_of(app).hi) == (6.25, 6.7)
    box = next(box for box in app.selectbox if box.label == "Element line")
    box.select(next(line for line in box.options if line == "Pb La · lead")).run()
    assert choice_of(app).lo < 10.541 < choice_of(app).hi
    assert not app.exception


def test_a_band_without_channels_is_refused_in_words(open_page: Open):
    app = open_page("maps")
    app.number_input(key="band-lo").set_value(6.545).run()
    assert not app.exception
    assert choice_of(app).lo == 6.25
    assert "channel" in app.toast[0].value


def test_the_contrast_changes_without_a_new_map(open_page: Open, monkeypatch: pytest.MonkeyPatch):
    app = open_page("maps")

    def refuse(*_: object) -> None:
        raise AssertionError("a map was made anew")

    monkeypatch.setattr(Cube, "band_map", refuse)
    app.segmented_control(key="clip-kind").set_value("counts").run()
    before = choice_of(app).high
    app.number_input(key="clip-high").set_value(2.5).run()
    assert before != 2.5
    assert choice_of(app).high == 2.5
    assert not app.exception
