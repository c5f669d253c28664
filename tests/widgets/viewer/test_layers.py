"""The browser gets of each picture what it shows, no more, and exactly where it lies."""

import base64
import io

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from maxrf_core.imaging.display import colorize
from maxrf_core.imaging.resample import block_averages
from maxrf_core.transform.coordinates import image_extent, map_to_image
from widgets.charts.map_layers import MapPicture, Part
from widgets.session.map_data import MapData
from widgets.viewer.layers import (
    COARSEST,
    MAX_PART_PIXELS,
    OVERVIEW,
    Layer,
    Seen,
    for_viewer,
    lines,
    map_layer,
    part_seen,
)

MAP = (300, 280)
sides = st.integers(30, 9000)
seen_parts = st.tuples(
    st.floats(-50, 330), st.floats(1, 300), st.floats(-50, 350), st.floats(1, 300), st.floats(0.2, 60)
).map(lambda drawn: Seen(drawn[0], drawn[0] + drawn[1], drawn[2] + drawn[3], drawn[2], drawn[4]))


def photo_layer(pixels: np.ndarray, extent: tuple = image_extent(*MAP)) -> Layer:
    def draw(part: Part) -> Image.Image:
        return Image.fromarray(block_averages(pixels[part.pixels], part.block))

    return Layer("photo", pixels.shape[:2], extent, "a photograph", draw)


def sized(height: int, width: int) -> Layer:
    return Layer("photo", (height, width), image_extent(*MAP), "sized", lambda part: Image.new("L", (1, 1)))


def picture_of(told: dict) -> np.ndarray:
    head, _, data = told["url"].partition(",")
    assert head.startswith("data:image/")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


@given(sides, sides, seen_parts)
@settings(max_examples=300)
def test_a_part_holds_all_that_is_seen_and_no_more_than_is_sensible(height, width, seen):
    layer = sized(height, width)
    part = part_seen(layer, seen)
    assume(part is not None)
    assert 0 <= part.left < part.right <= width
    assert 0 <= part.top < part.bottom <= height
    assert part.left % part.block == part.top % part.block == 0
    assert part.size <= (MAX_PART_PIXELS + 4 * max(height, width)) * part.block**2
    corners = map_to_image([[seen.left, seen.top], [seen.right, seen.bottom]], layer.extent, layer.shape)
    (left, top), (right, bottom) = corners
    assert part.left - 0.5 <= max(left, -0.5) + 1e-6
    assert part.top - 0.5 <= max(top, -0.5) + 1e-6
    assert part.right - 0.5 >= min(right, width - 0.5) - 1e-6
    assert part.bottom - 0.5 >= min(bottom, height - 0.5) - 1e-6


@given(sides, sides, seen_parts)
def test_whatever_is_seen_is_as_fine_as_the_screen_or_as_fine_as_is_sensible(height, width, seen):
    layer = sized(height, width)
    part = part_seen(layer, seen) or layer.whole
    is_fine = layer.fineness / part.block >= min(layer.fineness, seen.scale * COARSEST) - 1e-9
    fewest = part_seen(layer, Seen(seen.left, seen.right, seen.bottom, seen.top, 1e9)) or layer.whole
    beside = seen.right < 0 or seen.left > MAP[1] or seen.bottom < 0 or seen.top > MAP[0]
    assert is_fine or beside or part.block == fewest.block


@given(sides, sides)
def test_the_whole_is_sent_no_larger_than_a_screen(height, width):
    whole = sized(height, width).whole
    assert max(-(-height // whole.block), -(-width // whole.block)) <= OVERVIEW
    assert whole.block == 1 or max(height, width) > OVERVIEW


@given(st.integers(1, 7), st.integers(5, 60), st.integers(5, 60))
def test_pixels_keep_their_places_however_many_are_joined(block, height, width):
    pixels = np.zeros((height, width), np.uint8)
    extent = (10.0, 10.0 + 2 * width, 5 + 3 * height, 5.0)
    told = for_viewer(photo_layer(pixels, extent), Part(0, 0, width, height, block))
    left, right, bottom, top = told["extent"]
    rows, columns = picture_of(told).shape[:2]
    assert (left, top) == pytest.approx((10, 5))
    assert (right - left) / columns == pytest.approx(2 * block)
    assert (bottom - top) / rows == pytest.approx(3 * block)
    assert told["clip"] == list(extent)
    assert told["fine"] == pytest.approx(0.5 / block)


def test_a_small_photograph_arrives_unchanged_and_a_large_one_small():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 255, (120, 150, 3), np.uint8)
    told = for_viewer(photo_layer(small), Part(0, 0, 150, 120))
    assert (told["exact"], told["crisp"]) == (True, True)
    np.testing.assert_array_equal(picture_of(told), small)
    large = np.tile(small, (10, 10, 1))
    told = for_viewer(photo_layer(large), Part(0, 0, 1500, 1200))
    assert (told["exact"], told["url"][:15]) == (False, "data:image/jpeg")
    assert len(told["url"]) < 2_500_000  # of nothing but noise


@given(st.integers(2, 5), st.integers(7, 40), st.integers(7, 40))
def test_blocks_are_means_of_their_pixels(block, height, width):
    pixels = np.random.default_rng(0).random((height, width)).astype(np.float32)
    means = block_averages(pixels, block)
    assert means.shape == (-(-height // block), -(-width // block))
    assert means[0, 0] == pytest.approx(pixels[:block, :block].mean(), abs=1e-5)
    rows, columns = height // block, width // block
    assert means[rows - 1, columns - 1] == pytest.approx(
        pixels[(rows - 1) * block : rows * block, (columns - 1) * block : columns * block].mean(), abs=1e-5
    )


def test_a_map_arrives_in_its_own_pixels_and_colours():
    values = np.random.default_rng(0).random((90, 110))
    picture = MapPicture(MapData(values), 0.2, 0.7, "inferno")
    layer = map_layer("map-1", picture)
    np.testing.assert_array_equal(
        picture_of(for_viewer(layer, layer.whole)), colorize(picture.data.values, 0.2, 0.7, "inferno")
    )
    assert part_seen(layer, Seen(10, 20, 20, 10, 50)) is None  # nothing finer is to be had


def test_edges_are_drawn_in_one_colour_on_nothing():
    mask = np.zeros((20, 30), bool)
    mask[5, 7:20] = True
    told = for_viewer(
        Layer("edges", (20, 30), image_extent(20, 30), "x", lambda _: lines(mask, (9, 8, 7))),
        Part(0, 0, 30, 20),
    )
    drawn = np.asarray(
        Image.open(io.BytesIO(base64.b64decode(told["url"].partition(",")[2]))).convert("RGBA")
    )
    np.testing.assert_array_equal(drawn[:, :, 3] == 255, mask)
    assert (drawn[mask][:, :3] == (9, 8, 7)).all()
