"""Transforms and points that hypothesis draws."""

import numpy as np
from hypothesis import strategies as st

from maxrf_core.transform.homography import Homography

EVERYWHERE = np.array([[x, y] for y in (-40.0, 0, 333, 900, 1300) for x in (-30.0, 0, 512, 801, 1100)])


ELASTIC = ["thin-plate-spline", "piecewise-affine"]


@st.composite
def similarities(draw):
    angle, scale = draw(st.floats(-3.1, 3.1)), draw(st.floats(0.2, 5))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return Homography([[c, -s, draw(st.floats(-500, 500))], [s, c, draw(st.floats(-500, 500))], [0, 0, 1]])


@st.composite
def affines(draw):
    stretched = Homography([[draw(st.floats(0.5, 2)), draw(st.floats(-0.4, 0.4)), 0], [0, 1, 0], [0, 0, 1]])
    return draw(similarities()) @ stretched


@st.composite
def perspectives(draw):
    tilt = draw(st.tuples(st.floats(-2e-4, 2e-4), st.floats(-2e-4, 2e-4)))
    return draw(affines()) @ Homography([[1, 0, 0], [0, 1, 0], [*tilt, 1]])


@st.composite
def scattered(draw, min_count=4, max_count=12):
    """Points well apart, all over a map of 1100 × 1300 pixels."""
    cells = [(column, row) for row in range(4) for column in range(4)]
    corners = [(0, 0), (3, 0), (3, 3), (0, 3)]
    others = draw(st.permutations([cell for cell in cells if cell not in corners]))
    chosen = [*corners, *others[: draw(st.integers(min_count, max_count)) - 4]]
    jitter = draw(st.lists(st.floats(0, 1), min_size=2 * len(chosen), max_size=2 * len(chosen)))
    uneven = np.sin(np.arange(2 * len(chosen))).reshape(-1, 2) / 9  # no four points on one circle
    return (np.array(chosen) + 0.2 + uneven + 0.4 * np.reshape(jitter, (-1, 2))) * [270, 320]


@st.composite
def bends(draw):
    """Points on the map, and where a gently bent photograph, twice as large, shows them."""
    dst = draw(scattered(min_count=6))
    moved = draw(st.lists(st.floats(-14, 14), min_size=2 * len(dst), max_size=2 * len(dst)))
    return 2 * dst + np.reshape(moved, (-1, 2)) + [20, 30], dst
