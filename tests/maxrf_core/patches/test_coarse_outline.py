"""Outlines for drawing have not too many corners."""

import numpy as np

from maxrf_core.patches.coarse_outline import coarse_outline
from maxrf_core.patches.patch import Patch

MAX_CORNERS = 5000


def test_an_outline_of_thousands_of_islands_is_drawn_coarsely_and_stays_in_the_map():
    mask = np.zeros((400, 300), bool)
    mask[::2, ::2] = True
    mask[100:300, 100:200] = True
    rings = coarse_outline(Patch("all", "#56b4e9", mask), MAX_CORNERS)
    assert 0 < sum(map(len, rings)) <= MAX_CORNERS
    corners = np.concatenate(rings)
    assert corners.min() >= -0.5
    assert corners[:, 0].max() <= 304


def test_a_drawn_outline_stays_as_it_is_unless_it_has_too_many_corners():
    angles = np.linspace(0, 2 * np.pi, 9000, endpoint=False)
    patch = Patch.polygon(25 + 20 * np.c_[np.cos(angles), np.sin(angles)], (50, 50), "disc", "#56b4e9")
    assert len(coarse_outline(patch, 9000)[0]) == 9000
    assert sum(map(len, coarse_outline(patch, MAX_CORNERS))) <= MAX_CORNERS
