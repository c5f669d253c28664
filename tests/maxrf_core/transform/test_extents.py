"""The extent places a photograph of any resolution on the map, and a click selects the right pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.coordinates import rescale_points
from maxrf_core.transform.extents import (
    check_map_shape,
    corners_of,
    image_extent,
    image_to_map,
    map_to_image,
    pixel_at,
    pixels_within,
)

sizes = st.integers(1, 5000)
edges = st.floats(-1e4, 1e4)
places = st.lists(st.tuples(edges, edges), min_size=1, max_size=5)
extents = st.tuples(edges, st.floats(0.1, 1e4), edges, st.floats(0.1, 1e4), st.booleans()).map(
    lambda drawn: (
        (drawn[0], drawn[0] + drawn[1], drawn[2] + drawn[3], drawn[2])
        if drawn[4]
        else (drawn[0] + drawn[1], drawn[0], drawn[2], drawn[2] + drawn[3])
    )
)


@given(places, extents, sizes, sizes)
def test_there_and_back_is_the_same_place(points, extent, height, width):
    there = map_to_image(points, extent, (height, width))
    size = max(abs(extent[1] - extent[0]), abs(extent[3] - extent[2]), 1e4)
    np.testing.assert_allclose(image_to_map(there, extent, (height, width)), points, atol=1e-9 * size)


@given(places, sizes, sizes, st.integers(1, 9))
def test_a_photograph_that_covers_the_map_is_the_map_enlarged(points, height, width, scale):
    there = map_to_image(points, image_extent(height, width), (height * scale, width * scale, 3))
    np.testing.assert_allclose(there, rescale_points(points, scale), rtol=1e-12, atol=1e-6)


@given(extents, sizes, sizes)
def test_the_outer_corners_of_the_image_are_its_extent(extent, height, width):
    left, right, bottom, top = extent
    corners = image_to_map([[-0.5, -0.5], [width - 0.5, height - 0.5]], extent, (height, width))
    np.testing.assert_allclose(corners, [[left, top], [right, bottom]], rtol=1e-12, atol=1e-7)


def test_the_extent_of_maxrf4u_lies_half_a_pixel_further():
    ours, theirs = ((-0.5, 19.5, 23.5, -0.5), (0, 20, 24, 0))
    there = [image_to_map([[10, 10]], extent, (24, 20))[0] for extent in (ours, theirs)]
    np.testing.assert_allclose(there[1] - there[0], [0.5, 0.5])


@pytest.mark.parametrize("extent", [(0, 0, 1, 0), (0, 1, 1, 1), (0, np.nan, 1, 0), (-np.inf, 1, 1, 0)])
def test_an_extent_without_an_area_is_refused(extent):
    with pytest.raises(RegistrationError, match="enclose an area"):
        map_to_image([[0, 0]], extent, (4, 5))


@given(st.integers(0, 99), st.integers(0, 79), st.floats(-0.5, 0.499), st.floats(-0.5, 0.499))
def test_every_position_in_a_pixel_gives_that_pixel(column, row, right, down):
    assert pixel_at(column + right, row + down, (80, 100)) == (column, row)


@pytest.mark.parametrize("place", [(-0.51, 3), (3, -0.51), (99.5, 3), (3, 79.5), (np.nan, 3), (3, np.inf)])
def test_beside_the_map_there_is_no_pixel(place):
    assert pixel_at(*place, (80, 100)) is None


@given(*[st.floats(-20, 120)] * 4)
def test_a_rectangle_holds_the_pixels_whose_centres_it_holds(x0, x1, y0, y1):
    held = [
        (column, row)
        for column in range(100)
        for row in range(80)
        if min(x0, x1) <= column <= max(x0, x1) and min(y0, y1) <= row <= max(y0, y1)
    ]
    found = pixels_within((x0, x1), (y0, y1), (80, 100))
    assert found == ((*held[0], *held[-1]) if held else None)


def test_a_rectangle_without_end_is_none():
    assert pixels_within((0, np.inf), (0, 3), (80, 100)) is None


def test_extent_reaches_half_a_pixel_beyond_the_outermost_centres():
    assert image_extent(1692, 1592) == (-0.5, 1591.5, 1691.5, -0.5)


@given(sizes, sizes)
def test_the_corners_of_a_map_are_its_outermost_pixels_in_turn(height, width):
    corners = corners_of((height, width, 3))
    assert [pixel_at(x, y, (height, width)) for x, y in corners] == [
        (0, 0),
        (width - 1, 0),
        (width - 1, height - 1),
        (0, height - 1),
    ]


@pytest.mark.parametrize("shape", [(), (5,), (0, 5), (5, 0), (5, -1, 3)])
def test_a_map_without_an_area_is_refused(shape):
    with pytest.raises(RegistrationError, match="rows and columns, not the shape"):
        check_map_shape(shape)
    check_map_shape((5, 1))
    check_map_shape((5, 1, 4096))
