"""Named views on the page: kept in the scan, opened again, and by their link."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.datastack.stored_views import keep_view, stored_views
from maxrf_core.imaging.bench_view import BenchView
from maxrf_core.imaging.layers import LayerLook
from tests.pages.conftest import APP, choice_of, go_to
from tests.pages.elements_scan import NAME, PATIENCE, examined_folder, open_made
from tests.shown_charts import figure_of
from widgets.charts.component import Zoom
from widgets.elements import examination

__all__ = ["examined_folder"]
BAND = LayerLook("band:6.2:6.6", high=3, opacity=0.5)


@pytest.fixture
def folder(examined_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with a copy of the scan, into which views can be kept."""
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    return examined_folder


def test_a_view_is_kept_opened_again_and_removed(folder: Path):
    app = open_made("look")
    choice_of(app).bench.show([BAND])
    choice_of(app).pixels = [(2, 3)]
    choice_of(app).ruler = (1, 2, 8, 9)
    app.text_input(key="look-view-name").set_value("Ink").run()
    app.button(key="look-view-keep").click().run()
    assert not app.exception
    [view] = stored_views(DataStack(folder / NAME))
    assert (view.name, view.layers, view.pixels) == ("Ink", (BAND,), ((2, 3),))

    choice_of(app).bench.show([])
    choice_of(app).pixels = []
    choice_of(app).ruler = None
    app.run()
    app.button(key="look-view-0").click().run()
    assert choice_of(app).bench.looks == [BAND]
    assert choice_of(app).pixels == [(2, 3)]
    assert choice_of(app).ruler == (1, 2, 8, 9)

    app.button(key="look-view-remove-0").click().run()
    assert not app.exception
    assert stored_views(DataStack(folder / NAME)) == []


def test_the_elements_are_not_looked_for_again_when_a_view_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    app = open_made("look")
    monkeypatch.setattr(examination, "scan_elements", None)  # which looks for them
    app.text_input(key="look-view-name").set_value("Ink").run()
    app.button(key="look-view-keep").click().run()
    assert not app.exception
    assert len(stored_views(DataStack(folder / NAME))) == 1
    assert figure_of(app, "look-picture")["map"]["layers"]


def test_a_link_shows_its_view(folder: Path):
    keep_view(DataStack(folder / NAME), BenchView("Ink", (BAND,), (0, 10, 12, 1), pixels=((2, 3), (9999, 1))))
    app = open_made("look", view="Ink")
    assert choice_of(app).bench.looks == [BAND]
    assert choice_of(app).pixels == [(2, 3)]
    zoom = app.session_state["chart/look-picture"].zoom
    assert (zoom.x, zoom.y) == ((0, 10), (12, 1))


def test_the_line_and_the_zoom_come_back_after_a_crash_side_by_side_too(folder: Path):
    before = open_made("look")
    choice_of(before).bench.show([BAND, LayerLook("band:7:7.4", high=3)])
    choice_of(before).ruler = (1, 2, 8, 9)
    before.run()  # with two layers the choice is there
    before.toggle(key="look-beside").set_value(True).run()
    axes = figure_of(before, "look-picture-0")["axes"]
    before.session_state["chart/look-picture"].zoom_to(Zoom((0, 10), (12, 1), "/".join(axes)))
    before.run()
    before.run()  # AppTest runs the page alone: it saves what the run before has noted

    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    app.query_params["stack"] = NAME
    if "visitor-secret" in before.session_state:
        app.session_state["visitor-secret"] = before.session_state["visitor-secret"]
    with pytest.MonkeyPatch.context() as first:
        first.setenv("MAXRF_READ_ONLY", "1")  # else Open makes a demo
        app.run()
    go_to(app, "look")
    app.button(key="go-on-yes").click().run()
    assert not app.exception
    assert choice_of(app).ruler == (1, 2, 8, 9)
    zoom, begun = (getattr(app.session_state["chart/look-picture"], name) for name in ("zoom", "begun"))
    assert (zoom.x, zoom.y, begun) == ((0, 10), (12, 1), 1)


def test_a_link_to_a_view_that_is_gone_shows_the_first_layers(folder: Path):
    app = open_made("look", view="Gone")
    assert choice_of(app).view is None
    assert len(choice_of(app).bench.looks) == 1
