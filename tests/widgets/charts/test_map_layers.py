"""The browser gets as much of a map as it shows, and what it gets is right."""

import base64
import io

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.imaging.display import colorize
from widgets.charts.component import Zoom
from widgets.charts.map_layers import (
    BLOCKS_WITH_VALUES,
    PICTURE_SIZE,
    PIXELS_WITH_VALUES,
    MapPicture,
    Part,
    add_map,
    indexed,
    map_for_browser,
    marks_for_browser,
    part_to_draw,
    values_of,
)
from widgets.session.map_data import MapData, block_means

FULL = (1692, 1592)


def a_map(height: int, width: int) -> MapPicture:
    values = np.random.default_rng(0).random((height, width))
    return MapPicture(MapData(values), 0.1, 0.9)


def shown(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"))


def told(picture: MapPicture, part: Part) -> np.ndarray:
    """Return the values that hovering tells; the browser is told their number of rows and columns."""
    values, layers = values_of(picture, part), map_for_browser(picture, part)
    assert values.shape == (layers["rows"], layers["columns"])
    return values


def pictures(picture: MapPicture, part: Part) -> list[dict]:
    """Return the pictures that are drawn, the whole map first."""
    figure = go.Figure()
    add_map(figure, picture, part)
    return [image.to_plotly_json() for image in figure.layout.images]


sides = st.integers(1, 3000)
edges = st.tuples(st.floats(-500, 3500), st.floats(-500, 3500)).filter(lambda pair: pair[0] != pair[1])


@given(st.tuples(sides, sides), edges, edges)
def test_a_part_holds_all_that_is_seen_and_no_more_than_can_be_drawn(shape, x, y):
    part = part_to_draw(shape, Zoom(x, y))
    assert 0 <= part.left < part.right <= shape[1]
    assert 0 <= part.top < part.bottom <= shape[0]
    for (low, high), first, last, length in (
        (sorted(x), part.left, part.right, shape[1]),
        (sorted(y), part.top, part.bottom, shape[0]),
    ):
        if low < length - 0.5 and high > -0.5:
            assert first - 0.5 <= max(low, -0.5) + 1e-9
            assert last - 0.5 >= min(high, length - 0.5) - 1e-9
    blocks = -(-(part.right - part.left) // part.block) * -(-(part.bottom - part.top) // part.block)
    if part.block == 1:
        assert part.size <= PIXELS_WITH_VALUES
    else:
        assert blocks <= BLOCKS_WITH_VALUES + 2 * max(shape)


def test_a_small_map_is_sent_pixel_by_pixel():
    picture = a_map(30, 40)
    part = part_to_draw(picture.shape)
    np.testing.assert_array_equal(told(picture, part), picture.data.values)
    (drawn,) = pictures(picture, part)
    assert map_for_browser(picture, part)["crisp"]
    np.testing.assert_array_equal(shown(drawn["source"]), colorize(picture.data.values, 0.1, 0.9, "viridis"))


def test_a_large_map_is_sent_as_large_as_a_screen_shows_it():
    picture = a_map(*FULL)
    part = part_to_draw(FULL)
    (drawn,) = pictures(picture, part)
    height, width, _ = shown(drawn["source"]).shape
    assert (height, width) <= (PICTURE_SIZE[1], PICTURE_SIZE[0])
    assert height / width == pytest.approx(FULL[0] / FULL[1], rel=1e-3)
    assert not map_for_browser(picture, part)["crisp"]
    np.testing.assert_array_equal(told(picture, part), block_means(picture.data.values, part.block))


def test_zoomed_in_every_pixel_is_sent_with_its_value():
    picture = a_map(*FULL)
    part = part_to_draw(FULL, Zoom((700.2, 900.7), (1100, 1000)))
    layers = map_for_browser(picture, part)
    assert part.block == 1
    seen = picture.data.values[part.pixels]
    np.testing.assert_array_equal(told(picture, part), seen)
    assert (layers["left"], layers["top"]) == (part.left, part.top)
    whole, drawn = pictures(picture, part)
    assert layers["crisp"]
    left, right, bottom, top = layers["extent"]
    assert layers["extent"] == part.extent
    assert (drawn["x"], drawn["y"]) == (left, top)
    assert (drawn["sizex"], drawn["sizey"]) == (right - left, bottom - top)
    np.testing.assert_array_equal(shown(drawn["source"]), colorize(seen, 0.1, 0.9, "viridis"))
    assert (whole["sizex"], whole["sizey"]) == (FULL[1], FULL[0])
    assert layers["finest"] == 0


def test_between_the_picture_is_sharp_before_every_value_is_sent():
    part = part_to_draw(FULL, Zoom((400, 1100), (1100, 400)))
    assert part.step == 1
    assert part.block > 1
    assert map_for_browser(a_map(*FULL), part)["finest"] == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (600, 600)])
def test_a_map_of_one_value_is_shown(shape):
    picture = MapPicture(MapData(np.full(shape, 7.0)), 7, 7)
    part = part_to_draw(shape)
    assert (told(picture, part) == 7).all()
    assert shown(pictures(picture, part)[0]["source"]).size


def test_missing_values_do_no_harm():
    picture = MapPicture(MapData(np.array([[np.nan, 1], [np.inf, -np.inf]])), 0, 1)
    (drawn,) = pictures(picture, Part(0, 0, 2, 2))
    assert shown(drawn["source"]).shape == (2, 2, 3)


@pytest.mark.parametrize("missing", [False, True])
def test_what_is_missing_is_transparent_and_all_else_keeps_its_colours(missing):
    values = np.linspace(0, 1, 900).reshape(30, 30)
    if missing:
        values[3, 4] = np.nan
    (drawn,) = pictures(MapPicture(MapData(values), 0, 1), Part(0, 0, 30, 30))
    image = Image.open(io.BytesIO(base64.b64decode(drawn["source"].partition(",")[2]))).convert("RGBA")
    pixels = np.asarray(image).astype(int)
    assert np.argwhere(pixels[:, :, 3] < 255).tolist() == ([[3, 4]] if missing else [])
    exact = colorize(values, 0, 1).astype(int)
    assert np.abs(pixels[:, :, :3] - exact)[pixels[:, :, 3] == 255].max() <= 5


def test_pixels_are_numbered_before_rectangles():
    pixel, rectangle = marks_for_browser([(3, 4)], [(10, 20, 30, 40)])
    assert (pixel["number"], pixel["box"]) == (1, (3, 4, 3, 4))
    assert (rectangle["number"], rectangle["box"]) == (2, (9.5, 19.5, 30.5, 40.5))
    assert pixel["colour"] != rectangle["colour"]


def test_missing_values_are_transparent_or_have_the_colour_that_is_wanted():
    values = np.array([[0, 1], [np.nan, 2]], np.float32)
    palette = COLORMAPS["viridis"]
    assert indexed(values, 0, 2, palette).convert("RGBA").getpixel((0, 1))[3] == 0
    grey = indexed(values, 0, 2, palette, (150, 150, 150)).convert("RGBA")
    assert grey.getpixel((0, 1)) == (150, 150, 150, 255)
    assert grey.getpixel((1, 1)) == (*palette[255].tolist(), 255)
