"""A click on a rotated or mirrored picture selects the pixel that is shown there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.transform.coordinates import View

VIEWS = st.builds(View, turns=st.integers(0, 7), mirrored=st.booleans())


@given(VIEWS, st.integers(1, 6), st.integers(1, 6))
def test_every_pixel_is_shown_where_the_coordinates_say(view: View, width: int, height: int):
    picture = np.arange(width * height).reshape(height, width)
    turned = view.turn(picture)
    assert turned.shape[::-1] == view.shown_size(width, height)
    for y, x in np.ndindex(height, width):
        column, row = view.to_shown(x, y, width, height)
        assert turned[int(row), int(column)] == picture[y, x]


@given(VIEWS, st.floats(-1, 50), st.floats(-1, 50))
def test_a_place_comes_back_exactly(view: View, x: float, y: float):
    assert view.from_shown(*view.to_shown(x, y, 40, 30), 40, 30) == pytest.approx((x, y), abs=1e-9)
