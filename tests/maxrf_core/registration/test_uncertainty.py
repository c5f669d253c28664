"""Errors on the map that follow from errors of clicks, and where further pairs help."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.registration.quality import assess
from maxrf_core.registration.uncertainty import position_errors, suggested_places
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.models import MODELS, find_model
from tests.maxrf_core.registration.clicked_pairs import FOUR, MAP, NINE, SEEDS, TO_MAP, clicks

RIGID = [name for name, model in MODELS.items() if model.n_params]


@pytest.mark.parametrize(("fraction", "measured"), [(0.95, 1.44), (0.60, 2.67), (0.40, 5.65), (0.25, 13.2)])
def test_a_click_error_of_one_pixel_does_to_the_worst_corner_what_was_measured(fraction, measured):
    middle = np.array([796.0, 846])
    dst = middle + fraction * middle * [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    quality = assess(TO_MAP.inverse().apply(dst), dst, MAP)
    assert quality.worst_corner == pytest.approx(measured, rel=0.05)


@pytest.mark.parametrize("model", MODELS)
def test_position_errors_are_those_of_many_fits_to_shaken_points(model):
    exact = np.array(NINE) * [MAP[1], MAP[0]]
    src = find_model("similarity").fit(TO_MAP.inverse().apply(exact), exact).inverse().apply(exact)
    places = np.array([[40.0, 60], [796, 500], [1590, 1690]])
    random = np.random.default_rng(5)
    fitted = find_model(model).fit(src, exact)
    shakes = random.normal(0, 0.5 * np.sqrt(0.5), (400, *exact.shape))
    fits = [find_model(model).refit(fitted, src, exact + shake) for shake in shakes]
    seen = fitted.inverse().apply(places)
    shaken = np.array([fit.apply(seen) for fit in fits]) - places
    measured = np.sqrt(np.mean(np.sum(shaken**2, axis=2), axis=0))
    np.testing.assert_allclose(
        position_errors(src, exact, places, model, click_error=0.5), measured, rtol=0.12
    )


def test_click_error_is_estimated_from_the_residuals():
    estimates = [assess(*clicks(NINE, seed, error=2.0), MAP).click_error for seed in SEEDS]
    assert np.mean(estimates) == pytest.approx(2.0, rel=0.15)
    assert assess(*clicks(FOUR, 0), MAP).click_error is None
    assert assess(*clicks(FOUR, 0), MAP, model="thin-plate-spline").click_error is None
    bent = [assess(*clicks(NINE, seed, 2.0), MAP, model="thin-plate-spline").click_error for seed in SEEDS]
    assert np.mean(bent) == pytest.approx(2.0, rel=0.2)


@pytest.mark.parametrize("model", MODELS)
def test_further_pairs_are_suggested_on_the_map_and_away_from_those_there_are(model):
    src, dst = clicks(FOUR, 0)
    further = assess(src, dst, MAP, model=model).suggested
    assert further.shape == (2, 2)
    assert (further > 0).all()
    assert (further < [MAP[1], MAP[0]]).all()
    apart = np.hypot(*(np.vstack([dst, further])[:, None] - further).transpose(2, 0, 1))
    assert apart[apart > 0].min() > 0.14 * np.hypot(*MAP)


def test_the_suggested_pairs_help_more_than_others_would():
    _, dst = clicks([(0.1, 0.1), (0.4, 0.12), (0.38, 0.5), (0.12, 0.45)], 0)
    back = TO_MAP.inverse()
    grid = np.array([[x, y] for x in np.linspace(0, 1591, 9) for y in np.linspace(0, 1691, 9)])

    def spread(more):
        dst_too = np.vstack([dst, more])
        return np.mean(position_errors(back.apply(dst_too), dst_too, grid) ** 2)

    suggested = spread(assess(back.apply(dst), dst, MAP).suggested)
    random = np.random.default_rng(0)
    others = [spread(random.uniform([127, 135], [1464, 1556], (2, 2))) for _ in range(30)]
    assert suggested < np.quantile(others, 0.1)


def test_a_map_full_of_points_needs_no_further_ones():
    places = [(x, y) for x in np.linspace(0.02, 0.98, 12) for y in np.linspace(0.02, 0.98, 12)]
    src, dst = clicks(places, 0)
    kind = find_model("homography")
    assert suggested_places(kind, kind.fit(src, dst), src, dst, MAP).shape == (0, 2)


@settings(max_examples=20)
@given(st.sampled_from(RIGID), st.floats(-3, 3), st.floats(0.2, 9), st.booleans())
def test_the_error_does_not_depend_on_how_the_photograph_was_taken(model, angle, scale, mirrored):
    src, dst = clicks(NINE, 1)
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    turned = src @ np.array([[c, s], [-s, c]]) + 500
    if mirrored:
        turned = turned * [-1, 1]
    places = corners_of(MAP)
    expected = position_errors(src, dst, places, model)
    np.testing.assert_allclose(
        position_errors(turned, dst, places, model, 1.0, mirrored), expected, rtol=1e-4
    )
    np.testing.assert_allclose(position_errors(src, dst, places, model, 2.5), 2.5 * expected, rtol=1e-9)


@settings(max_examples=30)
@given(st.sampled_from(RIGID), st.integers(0, 99))
def test_a_further_pair_never_makes_the_error_larger(model, seed):
    src, dst = clicks(NINE, seed)
    places = np.random.default_rng(seed).uniform(0, 1600, (5, 2))
    fewer = position_errors(src[:-1], dst[:-1], places, model)
    assert (position_errors(src, dst, places, model) <= 1.02 * fewer).all()


@pytest.mark.parametrize("model", RIGID)
def test_the_error_in_a_long_strip_is_that_of_many_shaken_clicks(model):
    dst = np.array([[0.0, 0], [1000, 0], [2000, 0], [0, 60], [1000, 60], [2000, 60]])
    src, places = 2 * dst, np.array([[0.0, 0], [1000, 30], [1500, 60]])
    random, kind = np.random.default_rng(0), find_model(model)
    fitted = kind.fit(src, dst)
    shaken = (dst + random.normal(0, np.sqrt(0.5), dst.shape) for _ in range(400))
    away = np.array([kind.refit(fitted, src, clicked).apply(2 * places) - places for clicked in shaken])
    measured = np.sqrt(np.sum(away**2, axis=2).mean(axis=0))
    np.testing.assert_allclose(position_errors(src, dst, places, model), measured, rtol=0.12)
