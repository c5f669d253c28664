"""Odd rows that are shifted back lie under the even ones, and every pixel shown has its pixel in the scan."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.imaging.straight_rows import straighten, to_scan, to_view

DISPLACEMENTS = st.floats(-3, 3)


@given(DISPLACEMENTS)
def test_a_displaced_slope_becomes_straight_and_even_rows_stay(displacement):
    x = np.arange(20.0) * np.ones((7, 1))
    scan = x - displacement * (np.arange(7)[:, np.newaxis] % 2)
    shown = straighten(scan, displacement)
    np.testing.assert_array_equal(shown[::2], scan[::2])
    inside = shown[:, 4:-4]
    np.testing.assert_allclose(inside, x[:, 4:-4], atol=1e-9)


@given(DISPLACEMENTS, st.integers(0, 9), st.integers(0, 6))
def test_a_pixel_that_is_shown_is_the_nearest_of_the_scan(displacement, x, y):
    (column, row) = to_scan(np.array([[x, y]]), displacement)[0]
    assert row == y
    assert abs(column - (x + displacement * (y % 2))) <= 0.5 + 1e-9
    assert to_view(np.array([[column, row]]), displacement).tolist() == [[x, y]]
    exists = np.isfinite(straighten(np.ones((7, 10)), displacement)[y, x])
    assert exists == (0 <= column < 10)


def test_missing_values_stay_missing_and_do_not_spread():
    scan = np.ones((2, 6))
    scan[1, 3] = np.nan
    shown = straighten(scan, 0.75)
    assert np.isnan(shown).tolist() == [[False] * 6, [False, False, True, False, False, True]]
    np.testing.assert_array_equal(np.nan_to_num(shown, nan=1.0), 1.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint16])
def test_nothing_changes_without_a_displacement_nor_in_the_scan_itself(dtype):
    scan = np.arange(12).reshape(3, 4).astype(dtype)
    assert straighten(scan, 0) is scan
    before = scan.copy()
    assert straighten(scan, 0.4).dtype.kind == "f"
    np.testing.assert_array_equal(scan, before)
