"""Outlines are seen in any picture, told apart by their lines and letters."""

import numpy as np

from widgets.register.place_outlines import PlaceOutline, with_outlines

GREY = np.full((200, 300, 3), 128, np.uint8)
SQUARE = np.array([[50.0, 40], [250, 40], [250, 160], [50, 160]])


def black(drawn: np.ndarray) -> np.ndarray:
    return (drawn < 60).all(axis=2)


def test_a_solid_line_has_no_gap_and_a_dashed_one_has():
    solid = black(with_outlines(GREY, [PlaceOutline("A", SQUARE)], (300, 200)))
    dashed = black(with_outlines(GREY, [PlaceOutline("B", SQUARE, is_dashed=True)], (300, 200)))
    assert solid[39:42, 60:130].any(axis=0).all()
    assert 0.3 < dashed[39:42, 60:240].any(axis=0).mean() < 0.9
    assert (GREY == 128).all()


def test_the_letter_stands_at_an_edge_that_is_seen():
    plain = with_outlines(GREY, [PlaceOutline("", SQUARE)], (300, 200)) != 128
    lettered = with_outlines(GREY, [PlaceOutline("A", SQUARE)], (300, 200)) != 128
    rows, columns = np.nonzero((plain != lettered).any(axis=2))
    assert 20 < rows.min() < rows.max() < 60
    assert 130 < columns.min() < columns.max() < 170
    beyond = np.add(SQUARE, (0, -60))  # its upper edge is outside
    rows, columns = np.nonzero(
        (with_outlines(GREY, [PlaceOutline("A", beyond)], (300, 200)) != 128).any(axis=2)
    )
    assert rows.min() == 0
    assert len(rows)


def test_a_place_that_is_far_outside_or_nowhere_is_left_out():
    for corners in (SQUARE + 1e7, SQUARE * np.nan):
        assert (with_outlines(GREY, [PlaceOutline("A", corners)], (300, 200)) == GREY).all()


def test_a_picture_shown_smaller_has_the_outline_at_its_place():
    drawn = black(with_outlines(GREY, [PlaceOutline("A", 4 * SQUARE + 1.5)], (1200, 800)))
    assert drawn[80:120, 49:52].any(axis=1).all()
