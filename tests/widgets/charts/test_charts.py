"""On a page, what the browser holds is not sent again, and what it fetches is what the page shows."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.shown_charts import curves_in, figure_of
from widgets.charts.component import Zoom


def page() -> None:
    import numpy as np
    import streamlit as st

    from maxrf_core.spectrum.calibration import SpectralAxis
    from widgets.charts.charts import draw_map, draw_spectrum
    from widgets.charts.map_layers import MapPicture
    from widgets.charts.spectrum_figure import Curve
    from widgets.session.map_data import MapData

    lo = st.number_input("lo", value=6.1)
    log = st.toggle("log", value=True)
    if st.toggle("charts", value=True):
        axis = SpectralAxis(np.arange(2048) * 0.02 - 0.96, "keV")
        counts = 5 + 900 * np.exp(-(((axis.values - 6.4) / 0.07) ** 2))
        draw_spectrum("s", axis, [Curve("Max", counts)], log=log, band=(lo, 6.7), on_band=print)
        highest = st.number_input("highest", value=2.0)
        draw_map("m", MapPicture(MapData(np.ones((5, 6))), 0, highest), on_pixel=lambda x, y: None)
    st.button("again")


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_function(page).run()
    assert not app.exception
    return app


def sent(app: AppTest) -> list[dict]:
    """Return what each chart's component got by the websocket."""
    return [json.loads(each.proto.json) for each in app.get("bidi_component")]


def test_a_rerun_sends_the_same(app):
    before = sent(app)
    assert [each["name"] for each in before] == ["chart-s", "chart-m"]
    app.button[0].click().run()
    assert sent(app) == before


def test_another_band_needs_no_other_figure(app):
    before = sent(app)
    app.number_input[0].set_value(5.5).run()
    after = sent(app)
    assert [each["figure"] for each in after] == [each["figure"] for each in before]
    assert after[0]["band"] == [5.5, 6.7]
    assert after[0]["keys"]["band"] == [5.5, 6.7]


def test_another_contrast_brings_another_figure_of_that_map_alone(app):
    before = sent(app)
    app.number_input[1].set_value(5.0).run()
    spectrum, the_map = sent(app)
    assert spectrum == before[0]
    assert the_map["figure"] != before[1]["figure"]
    assert figure_of(app, "m")["map"]["limits"] == [0, 5]


def test_what_goes_by_the_websocket_is_small(app):
    assert all(len(each.proto.json) < 3_000 for each in app.get("bidi_component"))


def fetched(app: AppTest, name: str, **query: str) -> bytes:
    """Return what the server answers to a chart's script."""
    answered: bytes = app.session_state[f"chart/{name}"]._answer(query)
    return answered


def test_figures_and_values_are_fetched_by_the_figures_name(app):
    spectrum, the_map = sent(app)
    figure = json.loads(fetched(app, "s", figure=spectrum["figure"]))
    assert figure["hash"] == spectrum["figure"]
    assert list(curves_in(figure)) == ["Max"]
    values = np.frombuffer(fetched(app, "m", values=the_map["figure"]), "<f4")
    np.testing.assert_array_equal(values, np.ones(30))
    with pytest.raises(ValueError, match="another figure"):
        fetched(app, "m", figure=spectrum["figure"])
    with pytest.raises(ValueError, match="not a map"):
        fetched(app, "s", values=spectrum["figure"])


def test_a_figure_is_there_still_when_a_slow_browser_fetches_the_one_before(app):
    before = sent(app)[1]["figure"]
    app.number_input[1].set_value(5.0).run()
    assert json.loads(fetched(app, "m", figure=before))["map"]["limits"] == [0, 2]


def test_the_counts_and_names_fit_the_zoom_and_not_that_of_other_axes(app):
    app.session_state["chart/s"].zoom = Zoom((-0.5, 3.0), None, "keV/log")
    app.button[0].click().run()
    _, high = figure_of(app, "s")["layout"]["yaxis"]["range"]
    assert high < 1.5  # no line is within that zoom
    app.session_state["chart/s"].zoom = Zoom((-0.5, 3.0), None, "channel/log")
    app.button[0].click().run()
    assert figure_of(app, "s")["layout"]["yaxis"]["range"][1] > 2.5


def test_charts_come_back_with_the_figures_that_the_browser_knows(app):
    before = sent(app)
    app.toggle[1].set_value(False).run()
    assert sent(app) == []
    app.toggle[1].set_value(True).run()
    assert [each["figure"] for each in sent(app)] == [each["figure"] for each in before]


def two_beside() -> None:
    import numpy as np

    from maxrf_core.imaging.layers import LayerLook
    from widgets.charts.chart_state import chart_of
    from widgets.charts.charts import draw_layers
    from widgets.charts.component import Zoom
    from widgets.charts.map_stack import MapLayer
    from widgets.session.map_data import MapData

    chart_of("all").begin(Zoom((9.5, 19.5), (29.5, 19.5), "40 pixels/30 pixels"))
    for key in "ab":
        layer = MapLayer(key, key, MapData(np.ones((30, 40), np.float32)), "")
        draw_layers(key, [layer], [LayerLook(key)], 1, (30, 40), group="all", height="300px")


def test_charts_of_one_group_show_the_part_that_was_told_to_the_group():
    app = AppTest.from_function(two_beside).run()
    assert not app.exception
    assert [each["zoom"]["x"] for each in sent(app)] == [[9.5, 19.5]] * 2
