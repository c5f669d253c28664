"""Profiles along a line: values, errors, missing pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import PictureError
from maxrf_core.imaging.profile import line_length, line_profile

ends = st.floats(0, 19, allow_nan=False, width=32)


@given(ends, ends, ends, ends, st.floats(-3, 3), st.floats(-3, 3))
def test_a_plane_is_sampled_exactly_along_any_line(x0, y0, x1, y1, slope_x, slope_y):
    line = (x0, y0, x1, y1)
    if line_length(line) == 0:
        return
    y, x = np.mgrid[:20, :20]
    found = line_profile(slope_x * x + slope_y * y, line)
    part = found.distances / line_length(line)
    expected = slope_x * (x0 + part * (x1 - x0)) + slope_y * (y0 + part * (y1 - y0))
    np.testing.assert_allclose(found.values, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("line", "width"), [((5, 10, 30, 10), 1), ((5, 10, 30, 10), 4), ((4.3, 5, 25, 31), 5)]
)
def test_the_error_is_what_noise_makes_of_the_profile(line, width):
    rng = np.random.default_rng(5)
    profiles = [
        line_profile(rng.normal(0, 3, (40, 40)), line, width, np.full((40, 40), 3.0)) for _draw in range(400)
    ]
    spread = np.std([each.values for each in profiles], axis=0)
    np.testing.assert_allclose(spread, profiles[0].sigma, rtol=0.2)
    assert np.median(profiles[0].sigma) <= 3 / np.sqrt(width) * 1.01


def test_a_sample_with_too_few_pixels_has_no_value():
    values = np.ones((10, 10))
    values[:, 4:] = np.nan
    found = line_profile(values, (-3, 5, 8, 5), sigma=values)
    np.testing.assert_array_equal(np.isfinite(found.values), [False] * 3 + [True] * 4 + [False] * 5)
    assert np.all(found.values[3:7] == 1)


@pytest.mark.parametrize(("line", "width"), [((3, 3, 3, 3), 1), ((0, 0, 5, 5), 0)])
def test_no_line_is_refused_in_words(line, width):
    with pytest.raises(PictureError):
        line_profile(np.ones((9, 9)), line, width)
