"""Registering on maps that are long strips: nothing crashes, and pictures to click in can be clicked in."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from tests.pages.conftest import Open, choice_of
from widgets.register.point_picker import MAX_HEIGHT, SHOWN_WIDTH, drawn_size

SHAPES = [(120, 1), (6000, 50), (3, 4000), (1, 1)]


def open_strip(open_page: Open, folder: Path, shape: tuple[int, int]) -> tuple[AppTest, tuple[int, int]]:
    """Open the page with a scan of this shape and a photograph twice as large."""
    counts = np.random.default_rng(0).poisson(3, (*shape, 16)).astype(np.uint16)
    convert(ArrayScan(counts), folder / "strip.datastack")
    height, width = 2 * shape[0] + 20, 2 * shape[1] + 20
    photo = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    cv2.imwrite(str(folder / "strip.png"), photo)
    app = open_page("register", stack="strip.datastack")
    choice_of(app).photo = str(folder / "strip.png")
    app.run(timeout=120)
    assert not app.exception
    return app, (height, width)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_points_are_set_on_a_strip_and_a_photograph_of_it_is_registered(
    open_page: Open, data_folder: Path, shape: tuple[int, int]
):
    app, _ = open_strip(open_page, data_folder, shape)
    bottom, right = shape[0] - 0.6, shape[1] - 0.6
    corners = [(-0.4, -0.4), (right, -0.4), (right, bottom), (-0.4, bottom)]
    choice_of(app).pairs.replace([(2 * x + 10, 2 * y + 10) for x, y in corners], corners)
    app.run(timeout=120)
    assert not app.exception
    assert not any("on one line" in each.value for each in app.warning)
    shown = [json.loads(each.proto.json_args) for each in app.get("component_instance")]
    assert any("pick-map" in each["key"] for each in shown)
    assert "How it fits" in [each.value for each in app.header]


@pytest.mark.parametrize("shape", [*SHAPES, (40, 70_000), (70_000, 40), (4800, 4400), (300, 280)], ids=str)
def test_what_is_drawn_to_click_in_is_of_a_size_that_can_be_sent_and_clicked_in(shape: tuple[int, int]):
    width, height = drawn_size(shape[1], shape[0])
    assert 60 <= width <= SHOWN_WIDTH
    assert 60 <= height <= max(MAX_HEIGHT, 4 * SHOWN_WIDTH)


def test_both_pictures_are_sent_small_and_as_jpeg(open_page: Open):
    pictures = [json.loads(each.proto.json_args) for each in open_page("register").get("component_instance")]
    assert len(pictures) == 2
    for picture in pictures:
        assert picture["src"].startswith("data:image/jpeg")
        assert len(picture["src"]) < 600_000
