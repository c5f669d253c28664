"""Stretch along the map's axes is told from shear and tilt."""

import numpy as np
import pytest

from maxrf_core.autoalign.stretch import MAX_ASPECT, stretch_of
from maxrf_core.transform.homography import Homography

SHAPE = (80, 100)


def turned(angle: float) -> Homography:
    cos, sin = np.cos(angle), np.sin(angle)
    return Homography(np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]))


@pytest.mark.parametrize("aspect", [0.7, 1.0, 1.4])
@pytest.mark.parametrize("angle", [0.0, 0.4, np.pi / 2])
def test_pixels_that_are_not_square_explain_a_stretch_however_the_photograph_is_turned(aspect, angle):
    found = stretch_of(Homography(np.diag([1 / aspect, 1, 1])) @ turned(angle), SHAPE)
    assert found.aspect == pytest.approx(aspect)
    assert found.rest == pytest.approx(1)
    assert found.total == pytest.approx(max(aspect, 1 / aspect))
    assert found.is_plausible(1.2, 1.1)


def test_a_stretch_across_the_axes_is_not_explained_by_pixels():
    across = turned(np.pi / 4) @ Homography(np.diag([1.6, 1, 1])) @ turned(-np.pi / 4)
    found = stretch_of(across, SHAPE)
    assert found.aspect == pytest.approx(1)
    assert found.total == pytest.approx(found.rest) == pytest.approx(1.6)
    assert not found.is_plausible(1.45, 1.25)


def test_no_scan_has_pixels_twice_as_long_as_wide():
    assert 1.4 < MAX_ASPECT < 2
    assert not stretch_of(Homography(np.diag([0.5, 1, 1])), SHAPE).is_plausible(1.45, 1.25)


def test_a_map_that_folds_is_not_plausible():
    assert not stretch_of(Homography([[1, 0, 0], [0, 1, 0], [0.05, 0, -1]]), SHAPE).is_plausible(1.6, 1.4)
