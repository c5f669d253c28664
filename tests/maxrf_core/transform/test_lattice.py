"""Positions between nodes are as precise as asked for."""

import numpy as np
import pytest

from maxrf_core.transform.lattice import interpolated_on_grid


@pytest.mark.parametrize("max_error", [0.1, 1e-3])
def test_the_error_is_below_what_was_asked_for(max_error):
    def bent(points):
        x, y = points.T
        return np.stack([x + 9 * np.sin(y / 40), y + 5 * np.cos(x / 60)], axis=1)

    x, y = np.arange(7.0, 150), np.arange(-3.0, 90)
    grid = interpolated_on_grid(bent, x, y, max_error)
    exact = bent(np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)).reshape(len(y), len(x), 2)
    assert np.abs(grid - exact).max() <= max_error


def test_where_there_is_no_value_there_is_none_made_up():
    def half(points):
        return np.where(points[:, :1] < 50, points, np.nan)

    grid = interpolated_on_grid(half, np.arange(100.0), np.arange(10.0), 0.01)
    assert np.isfinite(grid[:, :30]).all()
    assert np.isnan(grid[:, 51:]).all()
