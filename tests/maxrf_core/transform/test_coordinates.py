"""Coordinates of enlarged, displayed, rotated and mirrored pictures, and those of Leaflet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.coordinates import (
    ORIENTATIONS,
    View,
    displayed_to_image,
    image_to_displayed,
    latlon_to_xy,
    rescale_points,
    xy_to_latlon,
)

VIEWS = st.builds(View, turns=st.integers(0, 7), mirrored=st.booleans())
decimals = st.integers(-(10**7), 10**7).map(lambda number: number / 1000)


@given(VIEWS, st.integers(1, 6), st.integers(1, 6))
def test_every_pixel_is_shown_where_the_coordinates_say(view: View, width: int, height: int):
    picture = np.arange(width * height).reshape(height, width)
    turned = view.turn(picture)
    assert turned.shape[::-1] == view.shown_size(width, height)
    for y, x in np.ndindex(height, width):
        column, row = view.to_shown(x, y, width, height)
        assert turned[int(row), int(column)] == picture[y, x]


@given(VIEWS, st.data())
def test_a_part_of_the_rotated_picture_is_read_from_its_place_in_the_picture(view: View, data: st.DataObject):
    width, height = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    picture = np.arange(width * height).reshape(height, width)
    ends = [
        sorted(data.draw(st.lists(st.integers(0, size), min_size=2, max_size=2, unique=True)))
        for size in reversed(view.shown_size(width, height))
    ]
    rows, columns = (slice(*pair) for pair in ends)
    part = picture[view.part_from_shown(rows, columns, width, height)]
    np.testing.assert_array_equal(view.turn(part), view.turn(picture)[rows, columns])


@given(st.integers(2, 6), st.integers(2, 6))
def test_the_eight_orientations_are_the_symmetries_of_a_rectangle_and_its_quarter_turns(width, height):
    """They are the dihedral group of order 8: closed, with inverses, r⁴ = s² = 1 and s r s = r⁻¹."""
    picture = np.arange(width * height).reshape(height, width)
    turned = [view.turn(picture) for view in ORIENTATIONS]

    def number(made: np.ndarray) -> int:
        [found] = [n for n, each in enumerate(turned) if np.array_equal(each, made)]
        return found

    table = np.array([[number(second.turn(each)) for second in ORIENTATIONS] for each in turned])
    assert number(picture) == 0
    assert all(sorted(line) == list(range(8)) for line in (*table, *table.T))
    assert all(table[table[a, b], c] == table[a, table[b, c]] for a, b, c in np.ndindex(8, 8, 8))
    quarter, mirror = ORIENTATIONS.index(View(1)), ORIENTATIONS.index(View(0, True))
    once_back = table[table[quarter, quarter], quarter]
    assert table[once_back, quarter] == table[mirror, mirror] == 0
    assert table[table[mirror, quarter], mirror] == once_back
    for view, each in zip(ORIENTATIONS, turned, strict=True):
        np.testing.assert_array_equal(view.turn_back(each), picture)


@given(VIEWS, st.floats(-1, 50), st.floats(-1, 50))
def test_a_place_comes_back_exactly(view: View, x: float, y: float):
    assert view.from_shown(*view.to_shown(x, y, 40, 30), 40, 30) == pytest.approx((x, y), abs=1e-9)


def test_enlarged_points_stay_on_the_same_spot_of_the_picture():
    image = np.zeros((6, 5))
    image[2, 3] = 1
    rows, columns = np.nonzero(np.kron(image, np.ones((4, 4))))
    np.testing.assert_allclose(rescale_points([[3, 2]], 4), [[columns.mean(), rows.mean()]])


def test_outer_edges_of_an_image_stay_its_outer_edges_when_enlarged():
    np.testing.assert_allclose(
        rescale_points([[-0.5, -0.5], [9.5, 4.5]], 2.742), [[-0.5, -0.5], [26.92, 13.21]]
    )


@given(st.floats(-0.5, 4399.4), st.floats(-0.5, 4799.4), st.integers(50, 2000), st.integers(50, 2000))
def test_marker_drawn_on_a_displayed_copy_and_clicked_again_is_the_same_point(x, y, width, height):
    there = image_to_displayed(x, y, width, height, 4400, 4800)
    assert displayed_to_image(*there, width, height, 4400, 4800) == pytest.approx((x, y), abs=1e-8)


def test_click_means_the_middle_of_the_displayed_pixel():
    shown = np.arange(4400).reshape(100, 44).mean(axis=1)
    for x in (0, 37, 99):
        assert displayed_to_image(x, 0, 100, 100, 4400, 4400)[0] == pytest.approx(shown[x])


@given(st.integers(-50, 900), st.integers(-50, 900), st.integers(1, 700), st.integers(1, 700))
def test_every_click_even_beyond_the_border_rounds_to_a_pixel_that_exists(x, y, width, height):
    column, row = displayed_to_image(x, y, 600, 655, width, height)
    assert 0 <= round(column) < width
    assert 0 <= round(row) < height


def test_displayed_picture_without_size_is_refused():
    with pytest.raises(RegistrationError, match="sizes"):
        displayed_to_image(1, 1, 0, 100, 40, 40)


def test_latlon_corners_are_those_of_maxrf4u():
    assert xy_to_latlon((24, 20)) == [[23, 0], [23, 19], [0, 0], [0, 19]]


@given(st.lists(st.tuples(decimals, decimals), min_size=1, max_size=6), st.integers(1, 6000))
def test_latlon_and_back_is_exact_for_floats(xy, height):
    there = xy_to_latlon((height, 77), xy)
    assert latlon_to_xy((height, 77), there).tolist() == [list(pair) for pair in xy]
    assert xy_to_latlon((height, 77), latlon_to_xy((height, 77), xy)) == [list(pair) for pair in xy]


@given(st.lists(st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)), min_size=1, max_size=6))
def test_latlon_and_back_is_exact_for_whole_numbers_lists_tuples_and_generators(xy):
    from_list = xy_to_latlon((31, 77), [list(pair) for pair in xy])
    assert from_list == xy_to_latlon((31, 77), tuple(xy)) == xy_to_latlon((31, 77), (pair for pair in xy))
    back = latlon_to_xy((31, 77), (pair for pair in from_list))
    assert back.dtype == np.int64
    assert back.tolist() == [list(pair) for pair in xy]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int16, np.uint8])
def test_latlon_does_not_modify_its_input(dtype):
    xy = np.array([[3, 5], [0, 23]], dtype=dtype)
    kept = xy.copy()
    there = xy_to_latlon((24, 20), xy)
    assert there == [[18, 3], [0, 0]]
    locations = np.array(there, dtype=dtype)
    np.testing.assert_array_equal(latlon_to_xy((24, 20), locations), kept)
    np.testing.assert_array_equal(xy, kept)
    np.testing.assert_array_equal(locations, there)


def test_latlon_of_unsigned_numbers_does_not_wrap():
    assert xy_to_latlon((10, 10), np.array([[0, 200]], dtype=np.uint8)) == [[-191, 0]]


def test_latlon_refuses_what_are_no_pairs():
    with pytest.raises(RegistrationError, match="pairs"):
        xy_to_latlon((24, 20), [1, 2])
    assert xy_to_latlon((24, 20), []) == []
