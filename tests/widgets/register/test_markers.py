"""Markers leave the point itself visible, whatever its place."""

import numpy as np
import pytest

from tests.pages.conftest import Open, choice_of
from widgets.register.markers import COLOURS, FREE, colour_name, marker_name, with_markers

GREY = np.full((200, 300, 3), 128, np.uint8)


@pytest.mark.parametrize("place", [(150, 100), (0, 0), (299, 199), (0, 199)])
def test_the_point_itself_stays_visible_and_is_marked_in_its_colour(place: tuple[int, int]):
    drawn = with_markers(GREY, [None, place], (300, 200))
    x, y = place
    near = np.s_[max(0, y - FREE + 4) : y + FREE - 3, max(0, x - FREE + 4) : x + FREE - 3]
    assert (drawn[near] == 128).all()
    assert (drawn == COLOURS[1]).all(axis=2).sum() > 50
    assert not (drawn == COLOURS[0]).all(axis=2).any()
    assert (GREY == 128).all()


def test_a_marker_lies_at_its_place_in_a_picture_of_another_size():
    drawn = with_markers(GREY, [(599.5, 799.5)], (1200, 1600))  # the middle of a larger picture
    rows, columns = np.nonzero((drawn != 128).any(axis=2))
    assert (drawn[98:102, 148:152] == 128).all()
    assert rows.min() < 85 < 115 < rows.max()
    assert columns.min() < 135 < 165 < columns.max()


def test_an_arrow_is_drawn_from_the_point_as_far_as_it_is_and_none_where_there_is_none():
    arrows = np.array([[60.0, 0.0], [np.nan, np.nan]])
    with_one = with_markers(GREY, [(60, 100), (60, 30)], (300, 200), arrows)
    without = with_markers(GREY, [(60, 100), (60, 30)], (300, 200))
    _, columns = np.nonzero((with_one != without).any(axis=2))
    assert columns.max() == pytest.approx(120, abs=4)
    assert (with_one[:60] == without[:60]).all()


def test_the_first_eight_markers_are_of_colours_of_their_own():
    assert len({colour_name(index) for index in range(8)}) == len(set(COLOURS)) == 8
    assert (marker_name(0), marker_name(8)) == ("1 orange", "9 orange")


def test_a_typed_point_far_away_is_taken_calmly(open_page: Open):
    app = open_page("register")
    choice_of(app).pairs.edit({("src", 0, 0): 1e300, ("src", 0, 1): -1e9})
    app.run()
    assert not app.exception
