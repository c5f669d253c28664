"""The grid of a picture: what it shows of the map, and how finely."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import PictureError
from maxrf_core.figures.grid import grid_for


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 200), st.floats(1, 9))
def test_a_picture_is_no_larger_than_is_of_use_and_a_multiple_if_finer(rows, columns, most, fineness):
    grid = grid_for((rows, columns), None, (most, most), fineness)
    values = grid.of_map(np.arange(rows * columns, dtype=float).reshape(rows, columns))
    assert values.shape == (grid.shape[0] // grid.times, grid.shape[1] // grid.times)
    if most < max(rows, columns):
        assert max(grid.shape) <= most
    else:
        assert grid.shape == (rows * grid.times, columns * grid.times)


def test_of_a_larger_map_means_are_shown():
    values = np.arange(64.0).reshape(8, 8)
    np.testing.assert_allclose(
        grid_for((8, 8), None, (4, 4)).of_map(values), values.reshape(4, 2, 4, 2).mean(axis=(1, 3))
    )


def test_a_pixel_that_is_seen_in_part_belongs_to_it():
    grid = grid_for((30, 20), (3.2, 8.9, 12.4, 4.6))
    assert (grid.left, grid.right, grid.top, grid.bottom) == (3, 10, 5, 13)
    assert grid.extent == (2.5, 9.5, 12.5, 4.5)


def test_what_lies_beside_the_map_is_refused():
    with pytest.raises(PictureError, match="nothing of the map"):
        grid_for((30, 20), (25, 40, 10, 0))
