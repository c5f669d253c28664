"""Transforms one after the other lead where they lead step by step, and back."""

import numpy as np
import pytest
from hypothesis import given, settings

from maxrf_core.transform.composed import Composed, compose, jacobians, on_grid
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import find_model
from tests.maxrf_core.transform.drawn_transforms import ELASTIC, bends, perspectives

PLACES = np.array([[x, y] for y in (30.0, 400, 800) for x in (20.0, 500, 900)])


@given(perspectives(), perspectives())
def test_homographies_compose_to_one(first, second):
    both = compose(first, second)
    assert isinstance(both, Homography)
    np.testing.assert_allclose(both.apply(PLACES), second.apply(first.apply(PLACES)), rtol=1e-7)


@settings(max_examples=10, deadline=None)
@given(bends(), perspectives())
@pytest.mark.parametrize("model", ELASTIC)
def test_a_bend_and_a_perspective_lead_there_and_back(model, pairs, perspective):
    src, dst = pairs
    elastic = find_model(model).fit(src, dst)
    both = compose(elastic, perspective)
    assert isinstance(both, Composed)
    shown = elastic.inverse().apply(dst)
    there = both.apply(shown)
    np.testing.assert_allclose(there, perspective.apply(dst), rtol=1e-6)
    np.testing.assert_allclose(both.inverse().apply(there), shown, atol=1e-4)
    scale = elastic.scale_at(shown[0]) * perspective.scale_at(dst[0])
    assert both.scale_at(shown[0]) == pytest.approx(scale, rel=1e-6)


@pytest.mark.parametrize("model", ["homography", *ELASTIC])
def test_positions_on_a_grid_are_those_of_the_points_one_by_one(model):
    dst = np.array([[5.0, 8], [180, 10], [176, 140], [9, 150], [90, 71]])
    transform = find_model(model).fit(3 * dst + [[4, 0], [0, 9], [-7, 0], [0, -5], [6, 6]], dst)
    x, y = np.arange(100.0, 260), np.arange(90.0, 200)
    points = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
    enlarging = Homography(np.diag([1.5, 1.5, 1.0]))
    for each in (transform, transform.inverse(), compose(transform, enlarging)):
        off = on_grid(each, x, y).reshape(-1, 2) - each.apply(points)
        assert np.abs(off).max() < 0.011


def test_derivatives_of_a_perspective_are_those_of_its_formula():
    matrix = np.array([[2.0, 0.3, 5], [-0.2, 1.8, 3], [1e-4, 2e-4, 1]])
    x, y, w = matrix @ [300, 200, 1]
    exact = np.array(
        [
            [(matrix[0, column] * w - x * matrix[2, column]) / w**2 for column in (0, 1)],
            [(matrix[1, column] * w - y * matrix[2, column]) / w**2 for column in (0, 1)],
        ]
    )
    np.testing.assert_allclose(jacobians(Homography(matrix), [[300, 200]])[0], exact, rtol=1e-6)
