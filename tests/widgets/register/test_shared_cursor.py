"""Photograph and map know where the pointer is in the other one, however they are turned, zoomed and bent."""

import numpy as np
import pytest

from maxrf_core.transform.coordinates import ORIENTATIONS, View
from maxrf_core.transform.models import find_model
from maxrf_core.transform.parts import Part
from widgets.register.shared_cursor import shared_cursor

MAP, PHOTO = (300, 280), (1127, 1125)
DST = np.array([[20.0, 30], [250, 25], [255, 270], [30, 265], [140, 150]])


def between(table, x, y):
    """Interpolate as the browser does, see cursor.js."""
    rows = np.array(table, dtype=float)
    cells = len(rows) - 1
    column, row = min(int(x * cells), cells - 1), min(int(y * cells), cells - 1)
    right, down = x * cells - column, y * cells - row
    upper = (1 - right) * rows[row, column] + right * rows[row, column + 1]
    lower = (1 - right) * rows[row + 1, column] + right * rows[row + 1, column + 1]
    return (1 - down) * upper + down * lower


def share(point, part, view):
    """Return where a point is seen, as shares of what is shown."""
    width, height = view.shown_size(*part.size)
    x, y = view.to_shown(point[0] - part.left, point[1] - part.top, *part.size)
    return (x + 0.5) / width, (y + 0.5) / height


@pytest.mark.parametrize("view", ORIENTATIONS)
@pytest.mark.parametrize("model", ["homography", "thin-plate-spline"])
def test_the_places_of_a_pair_of_points_find_each_other(view, model):
    src = 3.7 * DST + [[40, 30], [25, 60], [30, 45], [60, 20], [40, 41]]
    to_map = find_model(model).fit(src, DST)
    whole, zoomed = Part(0, 0, *PHOTO[::-1]), Part(50, 60, 1050, 1100)
    map_part, plain = Part(5, 10, 270, 290), View()
    there = shared_cursor(map_part, plain, MAP)
    for part in (whole, zoomed):
        here = shared_cursor(part, view, MAP, to_map)
        for point, at in zip(src, to_map.apply(src), strict=True):
            on_map = between(here["to"], *share(point, part, view))
            np.testing.assert_allclose(on_map * MAP[::-1] - 0.5, at, atol=0.4)
            np.testing.assert_allclose(between(there["from"], *on_map), share(at, map_part, plain), atol=2e-3)
            back = between(there["to"], *share(at, map_part, plain))
            np.testing.assert_allclose(back * MAP[::-1] - 0.5, at, atol=1e-2)
            np.testing.assert_allclose(between(here["from"], *back), share(point, part, view), atol=2e-3)
