"""The uncertainty of a robust fit counts what the map's border contests, too."""

import numpy as np
import pytest

from maxrf_core.autoalign.robust_fit import Fit, landmarks_of
from maxrf_core.transform.homography import Homography

SAME = Homography(np.eye(3))


@pytest.mark.parametrize(
    ("scatter", "shift", "expected"), [(0.3, 0.4, 0.5), (0.3, 0.0, 0.3), (0.0, 2.0, 2.0)]
)
def test_the_expected_error_adds_scatter_and_border_as_squares(scatter: float, shift: float, expected: float):
    assert Fit(SAME, scatter, SAME, shift).expected_error == pytest.approx(expected)


def test_without_a_fit_that_leaves_out_the_border_the_error_is_unknown():
    assert Fit(SAME, 0.1).expected_error == np.inf


def test_the_landmarks_lie_inside_the_map_and_reach_near_its_corners():
    points = landmarks_of((101, 201))
    assert points.shape == (49, 2)
    np.testing.assert_allclose(points.min(axis=0), [6, 3])
    np.testing.assert_allclose(points.max(axis=0), [194, 97])
