"""Pixels inside outlines: the even-odd rule at pixel centres, whatever the number and direction of rings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cube import polygons
from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.errors import DatastackError

SHAPE = (9, 11)
corner = st.tuples(st.floats(-4, 14), st.floats(-4, 14))
rings = st.lists(st.lists(corner, min_size=3, max_size=8).map(np.array), min_size=1, max_size=4)


def crossings(x: float, y: float, ring: np.ndarray) -> int:
    """Count the edges that a ray from a point to the left meets, point by point."""
    count = 0
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if (y0 < y) != (y1 < y):
            (xa, ya), (xb, yb) = ((x0, y0), (x1, y1)) if y0 <= y1 else ((x1, y1), (x0, y0))
            count += xa + (xb - xa) * ((y - ya) / (yb - ya)) <= x  # on a left edge is inside
    return count


@given(rings)
def test_a_centre_is_inside_if_an_odd_number_of_edges_is_to_its_left(drawn):
    shift = 0.123456  # so that no corner is exactly on a centre
    drawn = [ring + shift for ring in drawn]
    mask = pixels_inside(drawn, SHAPE)
    for y, x in np.ndindex(SHAPE):
        assert mask[y, x] == sum(crossings(x, y, ring) for ring in drawn) % 2


@given(rings, st.integers(1, 3))
def test_direction_and_beginning_of_a_ring_change_nothing(drawn, turn):
    turned = [np.roll(ring[::-1], turn, axis=0) for ring in drawn]
    np.testing.assert_array_equal(pixels_inside(drawn, SHAPE), pixels_inside(turned, SHAPE))


def test_edges_are_drawn_in_portions(monkeypatch):
    angles = np.linspace(0, 40 * np.pi, 400, endpoint=False)
    ring = 50 + np.column_stack([np.cos(angles), np.sin(angles)]) * (angles[:, None] / 3)
    whole = pixels_inside([ring], (100, 100))
    monkeypatch.setattr(polygons, "CROSSINGS_AT_A_TIME", 7)
    np.testing.assert_array_equal(pixels_inside([ring], (100, 100)), whole)
    assert 0 < whole.sum() < whole.size


def test_an_outline_that_would_take_minutes_is_refused(monkeypatch):
    monkeypatch.setattr(polygons, "MAX_CROSSINGS", 20)
    square = np.array([[-1.0, -1], [20, -1], [20, 20], [-1, 20]])
    assert pixels_inside([square], SHAPE).all()
    with pytest.raises(DatastackError, match="fewer corners"):
        pixels_inside([square, square], SHAPE)


def test_an_edge_that_is_nearly_level_is_crossed_at_its_end():
    flat = np.array([[0.5, 0.0], [9.5, 5e-324], [9.5, 4.2], [0.5, 4.2]])
    assert pixels_inside([flat], SHAPE)[1:5, 1:10].all()
