"""The uncertainty of a robust fit counts what the map's border contests, too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.autoalign.patch_matching import Matches
from maxrf_core.autoalign.robust_fit import (
    Clicks,
    Fit,
    fit_magsac,
    fit_weighted,
    landmarks_of,
    max_shift,
    mean_distance,
)
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import NOWHERE, SHAPE

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


@st.composite
def small_motions(draw):
    numbers = np.array(draw(st.lists(st.floats(-1, 1), min_size=8, max_size=8)))
    size = np.array([0.02, 0.02, 4, 0.02, 0.02, 4, 5e-5, 5e-5])
    a, b, c, d, e, f, g, h = numbers * size
    return Homography(np.array([[1 + a, b, c], [d, 1 + e, f], [g, h, 1]]))


def found_at(truth: Homography, rng: np.random.Generator, wrong: float, noise: float) -> Matches:
    """Return matches of which a share is wrong."""
    places = rng.uniform(5, [SHAPE[1] - 6, SHAPE[0] - 6], (150, 2))
    on_photo = truth.inverse().apply(places + rng.normal(0, noise, places.shape))
    astray = rng.random(len(places)) < wrong
    on_photo[astray] += rng.uniform(-12, 12, (int(astray.sum()), 2))
    everywhere = np.ones(len(places))
    stiff = np.tile(0.1 * np.eye(2), (len(places), 1, 1))
    return Matches(places, on_photo, 0.7 * everywhere, 5 * everywhere, stiff, everywhere.astype(bool), 1.0)


@settings(max_examples=25)
@given(small_motions(), st.integers(0, 99))
def test_the_fit_is_right_though_a_third_of_the_matches_are_wrong(truth, seed):
    matches = found_at(truth, np.random.default_rng(seed), 0.33, 0.1)
    voted = fit_magsac(NOWHERE, matches, 1.5, 12)
    assert voted is not None
    assert mean_distance(truth, voted, SHAPE) < 1.5
    corners = corners_of(SHAPE)
    clicks = Clicks(truth.inverse().apply(corners), corners + np.array([5, 3]), 10)
    fit = fit_weighted(voted, [matches], clicks, SHAPE, 1.0)
    distance = mean_distance(truth, fit.transform, SHAPE)
    assert distance < 0.15
    assert fit.uncertainty < 0.5


def test_too_few_matches_give_no_consensus():
    matches = found_at(NOWHERE, np.random.default_rng(1), 0.0, 0.1)
    assert fit_magsac(NOWHERE, matches[np.arange(11)], 1.5, 12) is None


@settings(max_examples=25)
@given(small_motions())
def test_clicks_alone_determine_the_transform_if_nothing_matches(truth):
    corners = corners_of(SHAPE)
    clicks = Clicks(truth.inverse().apply(corners), corners, 10)
    nothing = found_at(NOWHERE, np.random.default_rng(1), 0.0, 0.1)[np.arange(0)]
    fit = fit_weighted(NOWHERE, [nothing], clicks, SHAPE, 1.0)
    assert mean_distance(truth, fit.transform, SHAPE) < 0.05
    assert fit.uncertainty > 5  # as far off as the clicks


def test_a_point_moved_beyond_the_horizon_has_an_infinite_shift():
    tilted = Homography(np.array([[1, 0, 0], [0, 1, 0], [-0.01, 0, 1]]))
    assert max_shift(NOWHERE, tilted, landmarks_of(SHAPE)) == float("inf")
