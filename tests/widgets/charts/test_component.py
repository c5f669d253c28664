"""What comes from the browser is checked, and each act is handled once, in order."""

import json
import math

from streamlit.testing.v1 import AppTest

from server.assets import PLOTLY, asset_url
from widgets.charts.component import Acts, Zoom


def page() -> None:
    import streamlit as st

    from widgets.charts.component import _new_acts

    st.session_state["taken"] = _new_acts("chart", "click", 3)


def taken(app: AppTest, told: object) -> list[list[float]]:
    """Return the acts that are handled when the browser tells this."""
    app.session_state["chart"] = {"click": told}
    app.run()
    assert not app.exception
    found: list[list[float]] = app.session_state["taken"]
    return found


def test_clicks_that_came_while_the_page_was_busy_are_all_handled_and_none_twice():
    app = AppTest.from_function(page)
    assert taken(app, [[10, 1, 2, 0]]) == [[1, 2, 0]]
    assert taken(app, [[10, 1, 2, 0], [11, 3, 4, 0], [12, 5, 6, 0]]) == [[3, 4, 0], [5, 6, 0]]
    assert taken(app, [[11, 3, 4, 0], [12, 5, 6, 0]]) == []


def test_what_is_no_act_is_left_out():
    app = AppTest.from_function(page)
    for told in (None, "click", 7, {}, [], [None], [[1, 2]], [[1, 2, 3, "4"]], [[1, 2, 3, math.nan]]):
        assert taken(app, told) == []
    assert taken(app, ["click", [2, 3, 4, 5]]) == [[3, 4, 5]]


def test_the_browser_reports_only_what_somebody_handles():
    assert Acts(print).names == []
    assert Acts(print, click=print, band=print, box=print).names == ["click", "band", "box"]
    assert Zoom() == Zoom(None, None, "")


def chart() -> None:
    from widgets.charts.component import Acts, show_chart

    show_chart(
        "chart", "figure", "../answers", Acts(print), label="Spectrum", height="300px", band=(6.1, 6.7)
    )


def test_the_browser_is_told_the_name_of_a_figure_and_where_plotly_is():
    app = AppTest.from_function(chart).run()
    assert not app.exception
    told = json.loads(app.get("bidi_component")[0].proto.json)
    assert (told["figure"], told["address"], told["band"]) == ("figure", "../answers", [6.1, 6.7])
    assert told["plotly"] == asset_url(PLOTLY)
    assert set(told["texts"]) == {"failure", "picture", "everything", "fullscreen", "keys", "shortcuts"}
    assert told["handled"] == {}
