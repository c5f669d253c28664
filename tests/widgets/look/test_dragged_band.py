"""A band that is dragged on the page Look: its layer moves with it, and is seen before the drag ends."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.imaging.layers import LayerLook
from tests.pages.conftest import choice_of
from tests.pages.elements_scan import NAME, examined_folder, open_made
from tests.shown_charts import figure_of
from widgets.look.dragged_band import lay_band
from widgets.session.scan import open_scan_of

__all__ = ["examined_folder"]


@pytest.fixture
def app(examined_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page, on a scan whose strongest element lies on the bench."""
    monkeypatch.setenv("MAXRF_DATA", str(examined_folder))
    return open_made("look")


def drag(app: AppTest, lo: float, hi: float, number: int) -> dict:
    """Drag a band: what was asked for at its end becomes what the page shows."""
    answer = app.session_state["preview/look-picture"].answer
    seen: dict = json.loads(answer({"from": str(lo), "to": str(hi), "number": str(number)}))
    lay_band(open_scan_of(NAME), choice_of(app), (lo, hi))
    app.run()
    assert not app.exception
    return seen


def bands(app: AppTest) -> list[str]:
    return [key for key in choice_of(app).bench.keys if key.startswith("band:")]


def test_a_drag_moves_the_layer_and_shows_it_at_once(app: AppTest):
    first = choice_of(app).bench.keys
    seen = drag(app, 6.2, 6.6, 1)
    assert [look["key"] for look in seen["looks"]] == [*first, "band:6.2:6.6"]
    assert seen["hash"] == figure_of(app, "look-picture")["hash"]
    assert [LayerLook.from_dict(look) for look in seen["looks"]] == choice_of(app).bench.looks

    seen = drag(app, 7.0, 7.4, 2)
    assert bands(app) == ["band:7:7.4"]
    assert seen["hash"] == figure_of(app, "look-picture")["hash"]
    assert [LayerLook.from_dict(look) for look in seen["looks"]] == choice_of(app).bench.looks
    assert len({look.colour for look in choice_of(app).bench.looks}) == 2

    app.button(key="look-undo").click().run()
    assert bands(app) == ["band:6.2:6.6"]
    assert (choice_of(app).lo, choice_of(app).hi) == (6.2, 6.6)


def test_another_band_is_laid_beside_the_first_and_either_can_be_moved(app: AppTest):
    drag(app, 6.2, 6.6, 1)
    app.button(key="look-band-add").click().run()
    assert any("lay another band" in each.value for each in app.caption)
    drag(app, 7.0, 7.4, 2)
    assert bands(app) == ["band:6.2:6.6", "band:7:7.4"]
    drag(app, 8.0, 8.4, 3)
    assert bands(app) == ["band:6.2:6.6", "band:8:8.4"]
    app.segmented_control(key="look-band-moved").set_value("band:6.2:6.6").run()
    drag(app, 5.0, 5.4, 4)
    assert bands(app) == ["band:5:5.4", "band:8:8.4"]
    assert not app.exception
