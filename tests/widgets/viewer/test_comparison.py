"""What is computed to compare a photograph with maps is what the pictures show."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from maxrf_core import DataStack
from tests.pages.conftest import Open, viewer_data
from widgets.viewer.compared import EDGE_COLOUR
from widgets.viewer.difference import DIVERGING
from widgets.viewer.ways import WAYS


def picture(open_page: Open, way: str, place: str) -> np.ndarray:
    """Return the pixels of a picture on the page Compare, (rows, columns, 4)."""
    app = open_page("compare", lo="6.1", hi="6.7")
    app.segmented_control(key="compare-way").set_value(way).run()
    assert not app.exception
    [shown] = [each for each in viewer_data(app) if each.get("place") == f"{place}-whole"]
    content = base64.b64decode(shown["url"].split(",")[1])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


def test_edges_are_lines_of_one_colour_and_clear_elsewhere(open_page: Open, ds: DataStack):
    drawn = picture(open_page, "edges", "edges")
    is_line = drawn[:, :, 3] > 0
    assert 0.01 < is_line.mean() < 0.5
    assert np.unique(drawn[is_line][:, :3], axis=0).tolist() == [list(EDGE_COLOUR)]


def test_the_difference_is_in_the_diverging_colours(open_page: Open, ds: DataStack):
    drawn = picture(open_page, "difference", "difference")
    shown = {tuple(colour) for colour in drawn[drawn[:, :, 3] > 0][:, :3].tolist()}
    assert shown <= {tuple(colour) for colour in DIVERGING.tolist()}
    assert len(shown) > 50


@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("beside", "edges", "difference")])
def test_in_one_place_the_photograph_lies_over_the_map(open_page: Open, ds: DataStack, way: str):
    app = open_page("compare")
    app.segmented_control(key="compare-way").set_value(way).run()
    [pane] = viewer_data(app)[0]["panes"]
    assert (pane["base"], pane["over"]) == ("map-1", "photo")
    assert pane["chips"][0] == "Photograph"
