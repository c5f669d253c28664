"""A spline through few ordinary pairs is the bend."""

import numpy as np
import pytest

from maxrf_core.autoalign.control_points import place_control_points
from maxrf_core.registration.register import register
from maxrf_core.transform.homography import Homography

SHAPE, PHOTO = (200, 260), (480, 620)
FLAT = Homography([[0.5, 0.02, -20], [-0.01, 0.5, -18], [2e-5, -1e-5, 1]])


def bend(places):
    x, y = ((places - [130, 100]) / 130).T
    return np.stack([1.5 * x * y, 3 * x**2 - 2 * y**2], axis=1)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_spline_through_the_pairs_agrees_with_the_bend(mirrored):
    flat = FLAT @ Homography([[-1, 0, PHOTO[1] - 1], [0, 1, 0], [0, 0, 1]]) if mirrored else FLAT
    points = place_control_points(flat, bend, SHAPE, PHOTO)
    assert 9 <= len(points.src) <= 64
    places = np.random.default_rng(0).uniform([3, 3], [256, 196], (300, 2))
    source = flat.inverse().apply(places + bend(places))
    assert np.hypot(*(points.transform.apply(source) - places).T).max() < 0.05
    assert (points.src > -0.5).all()
    assert (points.src < [PHOTO[1] - 0.5, PHOTO[0] - 0.5]).all()
    assert (points.dst >= 0).all()
    assert (points.dst <= [SHAPE[1] - 1, SHAPE[0] - 1]).all()


def test_the_pairs_are_registered_as_any_others():
    points = place_control_points(FLAT, bend, SHAPE, PHOTO)
    photo = np.zeros(PHOTO, np.uint8)
    stored = register(photo, SHAPE, points.src, points.dst, model="thin-plate-spline")
    places = np.array([[20.0, 30], [130, 100], [240, 180]])
    np.testing.assert_allclose(
        stored.transform.inverse().apply(places), points.transform.inverse().apply(places), atol=1e-6
    )


def test_a_bend_that_no_small_grid_follows_has_no_pairs():
    assert place_control_points(FLAT, lambda places: 3 * np.sin(places), SHAPE, PHOTO) is None
    assert place_control_points(FLAT, bend, SHAPE, (20, 20)) is None
