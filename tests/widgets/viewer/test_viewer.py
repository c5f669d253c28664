"""The viewer's browser part gets what to show, and only what it does not have yet."""

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from widgets.charts.map_layers import MapPicture
from widgets.session.map_data import MapData
from widgets.viewer.layers import Seen
from widgets.viewer.viewer import Legend


def page() -> None:
    import numpy as np
    import streamlit as st

    from widgets.charts.map_layers import MapPicture
    from widgets.session.map_data import MapData
    from widgets.viewer.layers import map_layer
    from widgets.viewer.viewer import Legend, Pane, show_pictures

    highest = st.number_input("highest", value=2.0)
    rows = st.number_input("rows", value=30)
    picture = MapPicture(MapData(np.arange(rows * 40.0).reshape(rows, 40), "map"), 0, highest)
    pane = Pane("Fe Ka", "map", legend=Legend.of_map(picture))
    show_pictures(
        "v", picture.shape, [map_layer("map", picture)], [pane], marks=[(3, 4)], on_pixel=lambda x, y: None
    )
    st.button("again")


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_function(page).run()
    assert not app.exception
    return app


def data_of(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(each.proto.json) for each in app.get("bidi_component")]


def test_first_what_to_show_then_the_pictures_by_their_place(app: AppTest):
    shown, *pictures = data_of(app)
    assert shown["shape"] == [30, 40]
    assert [pane["title"] for pane in shown["panes"]] == ["Fe Ka"]
    assert shown["panes"][0]["legend"]["limits"] == ["0", "2"]
    assert (shown["clicks"], shown["selects"]) == (True, False)
    assert shown["panes"][0]["says"].endswith("Enter takes the pixel.")
    assert [each["place"] for each in pictures] == ["map-whole", "map-part"]
    assert pictures[0]["url"].startswith("data:image/png;base64,")
    assert pictures[1]["url"] is None


def test_a_picture_that_is_the_same_is_not_compressed_again(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    before = data_of(app)

    def refuse(*_: object) -> None:
        raise AssertionError("it was compressed again")

    with monkeypatch.context() as patched:
        patched.setattr("widgets.viewer.viewer.for_viewer", refuse)
        app.button[0].click().run()
        assert not app.exception
    assert data_of(app) == before
    app.number_input[0].set_value(5.0).run()
    assert data_of(app)[1]["url"] != before[1]["url"]


def test_a_map_of_another_shape_is_shown_whole(app: AppTest):
    app.session_state["viewer/v"].seen = Seen(1, 5, 5, 1, 20.0)
    app.button[0].click().run()
    assert app.session_state["viewer/v"].seen is not None
    app.number_input[1].set_value(20).run()
    assert app.session_state["viewer/v"].seen is None


def test_the_legend_of_a_map_tells_its_limits_in_short():
    legend = Legend.of_map(MapPicture(MapData(np.ones((2, 2))), 0.123456, 12345.6))
    assert legend.limits == ("0.123", "1.23e+04")
    assert legend.units == "counts per channel"
    assert legend.colours[0] == "#440154"  # viridis
