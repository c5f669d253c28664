"""Points of the reference drawing, and homographies as photographs have them."""

import numpy as np
from hypothesis import strategies as st

from maxrf_core.registration.register import Homography

DRAWING_SRC = [[78.5, 204.6], [4340.1, 180.4], [4376.99, 4724.0], [110.1, 4766.3]]


DRAWING_DST = [[24.7, 7.64], [1579.0, 10.2], [1563.8, 1666.0], [8.22, 1671.92]]


DRAWING_MATRIX = [
    [0.365126351, -0.00614125878, -2.70484854],
    [0.00267627771, 0.365018898, -67.2526264],
    [2.68694154e-7, 1.08174496e-7, 1],
]


DRAWING_MAP = (1692, 1592)
DRAWING_SIZES = {"photo_shape": (4920, 4396, 3), "map_shape": DRAWING_MAP}


SQUARE = np.array([[10.0, 12], [90, 8], [95, 88], [6, 93]])


@st.composite
def plausible_homographies(draw):
    """A rotated, sheared, scaled, shifted plane, seen a little from the side."""
    angle = draw(st.floats(-3.1, 3.1))
    scale = draw(st.floats(0.2, 5))
    shear = draw(st.floats(-0.2, 0.2))
    tilt = draw(st.tuples(st.floats(-1e-4, 1e-4), st.floats(-1e-4, 1e-4)))
    shift = draw(st.tuples(st.floats(-500, 500), st.floats(-500, 500)))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return Homography(np.array([[c, scale * shear - s, shift[0]], [s, c, shift[1]], [*tilt, 1]]))


def points_in(width, height, least, most):
    pair = st.tuples(st.floats(0, width - 1), st.floats(0, height - 1))
    return st.lists(pair, min_size=least, max_size=most).map(np.array)
