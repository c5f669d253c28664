"""Figures go by the hash of their content, are drawn once, and few are kept."""

import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.charts.chart_state import KEPT_FIGURES, Chart, Drawing, Published, chart_key
from widgets.charts.component import Zoom


def publish(chart: Chart, title: str, drawn: list[str] | None = None) -> Published:
    def draw() -> Drawing:
        if drawn is not None:
            drawn.append(title)
        return Drawing(go.Figure(layout={"title": title}), ("keV", "log"))

    return chart.publish(title, draw)


def test_a_drawing_that_is_known_is_not_drawn_again():
    chart, drawn = Chart(), []
    assert publish(chart, "one", drawn) is publish(chart, "one", drawn)
    assert drawn == ["one"]


def test_the_same_content_has_the_same_name_in_every_session():
    assert publish(Chart(), "one").name == publish(Chart(), "one").name
    assert publish(Chart(), "one").name != publish(Chart(), "two").name


def test_the_browser_gets_the_figure_without_a_template_of_colours():
    content = json.loads(publish(Chart(), "one").content)
    assert content["hash"] == publish(Chart(), "one").name
    assert content["axes"] == ["keV", "log"]
    assert content["layout"]["title"]["text"] == "one"
    assert "template" not in content["layout"]


def test_what_the_browser_no_longer_needs_is_forgotten():
    chart, drawn = Chart(), []
    names = [publish(chart, f"{number}", drawn).name for number in range(KEPT_FIGURES + 1)]
    publish(chart, f"{KEPT_FIGURES}", drawn)
    assert len(drawn) == KEPT_FIGURES + 1
    with pytest.raises(ValueError, match="another figure"):
        chart._answer({"figure": names[0]})
    assert json.loads(chart._answer({"figure": names[-1]}))["hash"] == names[-1]


def test_values_come_as_little_endian_floats_row_by_row():
    chart, values = Chart(), np.array([[1.5, np.nan, 3], [4, 5, 6]])
    name = chart.publish(
        "map", lambda: Drawing(go.Figure(), ("3 pixels", "2 pixels"), {}, lambda: values)
    ).name
    found = np.frombuffer(chart._answer({"values": name}), "<f4")
    np.testing.assert_array_equal(found, values.ravel().astype("<f4"))


def test_the_zoom_that_was_told_is_kept():
    chart = Chart()
    chart.zoom_to(Zoom((1, 2), None, "keV/log"))
    assert chart.zoom.x == (1, 2)


@given(st.text(min_size=1, max_size=200))
def test_the_key_of_a_chart_is_a_class_in_css_for_every_name_of_an_array(name: str):
    assert re.fullmatch(r"chart-[A-Za-z0-9_-]{1,100}", chart_key(name))
    assert chart_key(name) != chart_key(name + "x")


def test_previews_do_not_drive_out_what_the_page_shows():
    chart = Chart()
    chart.shown = publish(chart, "page")
    drawn: list[str] = []
    for number in range(2 * KEPT_FIGURES):
        publish(chart, f"{number}")
    assert publish(chart, "page", drawn) is chart.shown
    assert drawn == []
