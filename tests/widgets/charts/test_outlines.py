"""Outlines of patches: as they were drawn, and of many scattered pixels roughly."""

import numpy as np

from maxrf_core.patches.patch import Patch
from widgets.charts.outlines import MAX_CORNERS, outline_marks, rings_for_screen


def test_a_patch_is_outlined_as_it_was_drawn():
    patch = Patch.polygon([(1, 1), (8, 1.5), (4, 8)], (10, 10), "sky", "#56b4e9")
    [mark] = outline_marks([patch])
    assert mark == {"number": 1, "colour": "#56b4e9", "path": "M1,1L8,1.5L4,8Z", "at": (1.0, 1.0)}


def test_an_outline_of_thousands_of_islands_is_drawn_coarsely_and_stays_in_the_map():
    mask = np.zeros((400, 300), bool)
    mask[::2, ::2] = True
    mask[100:300, 100:200] = True
    rings = rings_for_screen(Patch("all", "#56b4e9", mask))
    assert 0 < sum(map(len, rings)) <= MAX_CORNERS
    corners = np.concatenate(rings)
    assert corners.min() >= -0.5
    assert corners[:, 0].max() <= 304
