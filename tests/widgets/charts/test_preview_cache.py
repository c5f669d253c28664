"""Previews of charts: the last request counts."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from widgets.charts.chart_state import Chart
from widgets.charts.charts import publish_map
from widgets.charts.map_layers import MapPicture
from widgets.session.map_data import MapData


def page() -> None:
    import numpy as np
    import streamlit as st

    from widgets.charts.chart_state import chart_of
    from widgets.charts.map_layers import MapPicture
    from widgets.charts.preview_cache import preview_map
    from widgets.session.map_data import MapData

    made = st.session_state.setdefault("made", [])

    def picture_of(lo, hi, is_wanted):
        made.append((lo, hi, is_wanted))
        return None if lo == 9 else MapPicture(MapData(np.ones((30, 40))), 0, 1)

    def coarse_of(lo, hi):
        return None if lo == 9 else MapPicture(MapData(np.zeros((30, 40))), 0, 1)

    st.session_state.told = preview_map("map", picture_of, coarse_of)
    st.session_state.respondent = st.session_state["preview/map"]
    st.session_state.chart = chart_of("map")


def ask(app: AppTest, number: int, lo: float, hi: float, **how: str) -> dict:
    query = {"from": str(hi), "to": str(lo), "number": str(number), **how}
    figure: dict = json.loads(app.session_state.respondent.answer(query))
    return figure


def test_a_dragged_bands_map_is_the_figure_that_the_page_would_bring():
    app = AppTest.from_function(page).run()
    figure = ask(app, 5, 6.1, 6.7004)
    assert figure["map"]["shape"] == [30, 40]
    expected = publish_map(Chart(), MapPicture(MapData(np.ones((30, 40))), 0, 1))
    assert figure["hash"] == expected.name
    assert app.session_state.chart.asked == 5
    ((lo, hi, is_wanted),) = app.session_state.made
    assert (lo, hi) == (6.1, 6.7)
    assert is_wanted()


def test_the_next_band_cancels_the_last_one_even_after_another_run_of_the_page():
    app = AppTest.from_function(page).run()
    ask(app, 5, 6.1, 6.7)
    app.run()
    ask(app, 6, 7.1, 7.7)
    assert [is_wanted() for _, _, is_wanted in app.session_state.made] == [False, True]


def test_the_map_of_a_band_is_not_made_after_a_newer_request():
    app = AppTest.from_function(page).run()
    ask(app, 6, 7.1, 7.7)
    with pytest.raises(ValueError, match="newer request"):
        ask(app, 5, 6.1, 6.7)
    assert len(app.session_state.made) == 1


def test_a_cancelled_map_is_no_answer():
    app = AppTest.from_function(page).run()
    with pytest.raises(ValueError, match="cancelled"):
        ask(app, 1, 9, 9.5)


def test_a_coarse_map_says_so_and_gives_way_to_the_exact_one():
    app = AppTest.from_function(page).run()
    assert app.session_state.told["coarse"]
    coarse = ask(app, 1, 6.1, 6.7, coarse="1")
    assert coarse["coarse"] == "Coarse while the band moves"
    assert app.session_state.made == []
    exact = ask(app, 2, 6.1, 6.7)
    assert "coarse" not in exact
    assert exact["hash"] != coarse["hash"]
    with pytest.raises(ValueError, match="cancelled"):
        ask(app, 3, 9, 9.5, coarse="1")
