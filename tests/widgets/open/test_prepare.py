"""Before a scan is converted its map shows what is wrong with it, and the part to be kept is chosen there."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import ArrayScan, DataStack
from maxrf_core.conversion.dead_lines import DeadLines
from maxrf_core.transform.coordinates import View
from server.conversions import conversions
from server.visitor_cookie import owner_id
from tests.pages.conftest import Open, press, texts
from tests.widgets.open.test_convert import orientation
from widgets.open.prepare import Preparation, ScanPreview

COUNTS = np.random.default_rng(7).poisson(2, (20, 30, 128)).astype(np.uint16)
COUNTS[3:8, 4:9, 60:64] += 50
COUNTS[:, 22] *= 5
COUNTS[12] = 0


@pytest.fixture
def page(open_page: Open, data_folder: Path) -> AppTest:
    """Return the page that converts a scan with a dead row, an odd column and live times of two detectors."""
    with h5py.File(data_folder / "panel.h5", "w") as file:
        for letter in "ab":
            file[f"MAPS_RAW/data_{letter}"] = COUNTS.transpose(2, 0, 1)
        file["MAPS_RAW/livetime"] = np.linspace((0.0091, 0.0093), (0.01, 0.0102), 600).T.reshape(2, 20, 30)
    app = open_page("open", stack=None)
    return app.segmented_control(key="open-task").set_value("convert").run()


def lines_on_map(app: AppTest) -> list[list[float]]:
    [chart] = [
        json.loads(each.proto.json) for each in app.get("bidi_component") if "chart" in each.proto.json
    ]
    return [mark["line"] for mark in chart["marks"]]


def test_a_part_is_chosen_dead_lines_are_named_and_drawn_and_marked(page: AppTest, data_folder: Path):
    app, told = page, texts(page)
    assert "Row 12 holds no counts" in told
    assert "Column 22 holds far more or fewer counts than its neighbours" in told
    assert "Live time: 9.2–10.1 ms per pixel, kept." in told  # of the mean of both detectors
    assert lines_on_map(app) == [[-0.5, 12, 29.5, 12], [22, -0.5, 22, 19.5]]
    orientation(app).set_value(View(1)).run()
    fields = {field.label: field for field in app.number_input}
    for label, number in (("First x", 2), ("First y", 5), ("Last x", 25)):
        fields[label].set_value(number)
    app.run()
    assert "Kept: 24 × 15 of 30 × 20 pixels." in texts(app)
    assert orientation(app).value == View(1)  # other pictures, the same choice
    assert [1.5, 4.5, 25.5, 4.5] in lines_on_map(app)
    [box] = [box for box in app.selectbox if box.label == "Rows and columns to mark as missing"]
    box.set_value("all").run()
    press(app, "Convert")
    [begun] = conversions.of(owner_id(app.session_state["visitor-secret"]))
    assert begun.wait(60)
    made, expected = DataStack(data_folder / "panel.datastack"), 2 * COUNTS
    expected[:, 22] = 0
    np.testing.assert_array_equal(made.read("maxrf_cube"), np.rot90(expected[5:20, 2:26], -1))
    missing = np.zeros((20, 30))
    missing[12], missing[:, 22] = 1, 1
    np.testing.assert_array_equal(made.read("missing"), np.rot90(missing[5:20, 2:26], -1))
    assert "Row 12 holds no counts (numbered as in the raw scan). Marked as missing." in begun.notes


def test_the_map_of_a_large_scan_has_its_size_and_its_part_is_cut_from_it():
    counts = np.random.default_rng(1).poisson(5, (30, 1001, 16)).astype(np.uint8)
    counts[:, 500] = 0
    seen = ScanPreview.of(ArrayScan(counts))
    assert (seen.step, seen.data.shape, seen.whole) == (3, (30, 1001), (0, 0, 1000, 29))
    assert seen.dead.columns.empty == (500,)
    for x, y in ((0, 0), (1000, 29), (501, 14)):
        assert seen.data.values[y, x] == seen.small[y // 3, x // 3]
    np.testing.assert_array_equal(seen.cropped((6, 9, 20, 29)), seen.small[3:, 2:7])


def test_what_is_converted_is_the_part_without_the_lines_left_out():
    scan = ArrayScan(COUNTS)
    seen = ScanPreview(scan, COUNTS[..., 0], 1, None, DeadLines(), True)  # type: ignore[arg-type]
    assert Preparation(seen.whole).part(scan) is scan
    part = Preparation((1, 2, 3, 4), missing_rows=(3,)).part(scan)
    expected = COUNTS[2:5, 1:4].copy()
    expected[1] = 0
    np.testing.assert_array_equal(part.read(slice(None), slice(None)), expected)
