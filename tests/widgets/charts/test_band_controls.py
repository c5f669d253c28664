"""A band has the name of the line that it was chosen by, and contrast follows the choice."""

import numpy as np
import pytest

from maxrf_core.autoalign.map_selection import band_of_line
from tests.pages.conftest import Open, choice_of, field, texts
from widgets.charts.band_controls import limits, line_title, lines_on
from widgets.session.choice import Choice
from widgets.session.map_data import MapData
from widgets.session.scan import open_scan_of

VALUES = MapData(np.arange(101.0).reshape(1, 101))


def test_percentiles_or_counts_are_the_limits_of_a_map():
    assert limits(VALUES, Choice(clip="percent", low=10, high=90)) == pytest.approx((10, 90), abs=1)
    assert limits(VALUES, Choice(clip="counts", low=-3, high=400)) == (-3, 400)


def test_only_lines_on_the_scans_axis_are_offered_with_the_elements_name(data_folder):
    scan = open_scan_of("demo.datastack")
    lines = lines_on(scan)
    first, last = scan.axis.values[[0, -1]]
    assert all(first < line.energy < last for line in lines)
    assert "Fe Ka · iron" in map(line_title, lines)
    assert [line.element for line in lines] == sorted(line.element for line in lines)


def test_a_line_is_chosen_with_its_band_and_named(open_page: Open):
    app = open_page("maps")
    title = "Ca Ka · calcium"
    line = next(line for line in lines_on(open_scan_of("demo.datastack")) if line_title(line) == title)
    app.selectbox(key="band-line").select(title).run()
    assert (choice_of(app).lo, choice_of(app).hi) == band_of_line(line)
    assert (field(app, "From (keV)").value, field(app, "To (keV)").value) == band_of_line(line)
    assert any(
        each.name.startswith("demo_Ca-Ka_") for each in app.session_state["offered-files"].files.values()
    )


def test_the_channels_of_a_band_are_counted(open_page: Open):
    app = open_page("maps", lo="6.1", hi="6.7")
    assert "30 channels, number 353 to 382" in texts(app)


def test_counts_begin_where_the_percentiles_stood(open_page: Open):
    app = open_page("maps")
    shown = app.session_state["chart/maps-map"].shown.drawing.map["limits"]
    app.segmented_control(key="clip-kind").set_value("counts").run()
    assert [choice_of(app).low, choice_of(app).high] == pytest.approx(shown)
    assert app.session_state["chart/maps-map"].shown.drawing.map["limits"] == pytest.approx(shown)
