"""The precision estimated from the points is true, and a wrong click is named."""

import doctest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.autoalign.advice import advise
from maxrf_core.errors import RegistrationError
from maxrf_core.registration.quality import assess
from maxrf_core.transform.homography import homography, refit_homography
from maxrf_core.transform.models import MODELS, affine, find_model
from tests.maxrf_core.registration.clicked_pairs import (
    FOUR,
    MAP,
    NINE,
    SEEDS,
    SIX,
    TO_MAP,
    clicks,
    misclicked,
)

DRAWING_SRC = [[78.5, 204.6], [4340.1, 180.4], [4376.99, 4724.0], [110.1, 4766.3]]
DRAWING_DST = [[24.7, 7.64], [1579.0, 10.2], [1563.8, 1666.0], [8.22, 1671.92]]


# Wrong clicks


def test_a_misclick_of_40_pixels_among_nine_is_named_in_every_trial_and_leave_one_out_names_it_in_most():
    named, largest = 0, 0
    for seed in SEEDS:
        src, dst, culprit = misclicked(NINE, seed)
        quality = assess(src, dst, MAP)
        named += quality.suspect == culprit
        largest += int(np.nanargmax(quality.leave_one_out)) == culprit
        if quality.suspect == culprit:
            assert quality.leave_one_out[culprit] == pytest.approx(40, abs=12)
    assert named == len(SEEDS)
    assert largest >= 0.6 * len(SEEDS)


def test_a_misclick_of_40_pixels_among_six_is_named_more_often_than_not_and_never_another_pair():
    named = []
    for seed in SEEDS:
        src, dst, culprit = misclicked(SIX, seed)
        suspect = assess(src, dst, MAP).suspect
        assert suspect in (culprit, None)
        named.append(suspect == culprit)
    assert np.mean(named) > 0.4


@pytest.mark.parametrize("places", [SIX, NINE])
def test_honest_clicks_are_hardly_ever_suspected(places):
    suspects = [assess(*clicks(places, seed), MAP).suspect for seed in SEEDS]
    assert sum(suspect is not None for suspect in suspects) <= 1


@pytest.mark.parametrize("model", [name for name in MODELS if name != "homography"])
def test_a_misclick_is_named_under_every_model(model):
    for seed in range(3):
        src, dst, culprit = misclicked(NINE, seed)
        flat = affine(src, dst) if model == "affine" else find_model("similarity").fit(src, dst)
        src = flat.inverse().apply(TO_MAP.apply(src))  # a photograph without perspective
        assert assess(src, dst, MAP, model=model).suspect == culprit


def test_exact_points_are_not_suspected():
    src, dst = clicks(NINE, 0, error=0.0)
    assert assess(src, dst, MAP).suspect is None


# Numbers


def test_residuals_point_from_the_click_to_where_the_fit_puts_it():
    src, dst = clicks(NINE, 3, error=0.0)
    moved = dst.copy()
    moved[4] += [6, 0]
    quality = assess(src, moved, MAP)
    assert quality.vectors[4, 0] < -3
    np.testing.assert_allclose(quality.vectors, quality.transform.apply(src) - moved)
    np.testing.assert_allclose(quality.residuals, np.hypot(*quality.vectors.T))
    assert quality.rms == pytest.approx(np.sqrt(np.mean(quality.residuals**2)))


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from(list(MODELS)))
def test_leave_one_out_is_what_a_fit_without_that_pair_gives(seed, model):
    src, dst = clicks(NINE, seed, error=0.5)
    quality = assess(src, dst, MAP, model=model)
    for number in (0, 4, 8):
        others = np.arange(9) != number
        without = find_model(model).fit(src[others], dst[others])
        expected = without.apply(src[number : number + 1])[0] - dst[number]
        np.testing.assert_allclose(quality.left_out[number], expected, atol=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_below_six_pairs_none_is_left_out_since_the_others_would_hardly_hold_the_fit(model):
    for places in (FOUR, [*FOUR, (0.5, 0.4)]):
        quality = assess(*clicks(places, 0), MAP, model=model)
        assert np.isnan(quality.leave_one_out).all()
        assert not any("Left out" in advice.text for advice in advise(quality))
    assert np.isfinite(assess(*clicks(SIX, 0), MAP, model=model).leave_one_out).any()


def test_a_pair_that_the_others_cannot_predict_has_no_leave_one_out_error():
    line = np.array([[100.0, 100], [400, 400], [800, 800], [1200, 1200], [300, 1500]])
    more = np.vstack([line, [[1500, 200]]])
    quality = assess(TO_MAP.inverse().apply(more), more, MAP)
    assert np.isnan(quality.leave_one_out[[4, 5]]).all()  # without them all but one lie on a line


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(4, 12))
def test_the_fast_refit_is_the_least_squares_fit(seed, count):
    random = np.random.default_rng(seed)
    places = [*FOUR, *random.uniform(0.1, 0.9, (count - 4, 2))]
    src, dst = clicks(places, seed, error=2.0)
    start = homography(src, dst)
    shaken = dst + random.normal(0, 3, dst.shape)
    everywhere = TO_MAP.inverse().apply(random.uniform(0, 1600, (20, 2)))
    again, slow = refit_homography(start, src, shaken), homography(src, shaken)
    np.testing.assert_allclose(again.apply(everywhere), slow.apply(everywhere), atol=1e-3)


def test_four_pairs_of_the_reference_drawing_leave_an_affine_transform_less_than_two_pixels():
    quality = assess(DRAWING_SRC, DRAWING_DST, MAP)
    assert quality.rms < 1e-6
    assert 0.1 < quality.affine_rms < 1.5
    assert assess(*clicks(NINE, 0), MAP).affine_rms is None


def test_a_misclick_among_four_that_the_homography_hides_shows_in_the_affine_check():
    src, dst = np.array(DRAWING_SRC), np.array(DRAWING_DST)
    dst[2] += [28, 28]
    quality = assess(src, dst, MAP)
    assert quality.rms < 1e-6
    assert quality.affine_rms > 5
    assert any(a.kind == "warning" and "affine" in a.text for a in advise(quality))


@given(st.floats(0.05, 1), st.floats(0.05, 1))
def test_coverage_is_the_part_of_the_map_inside_the_hull(across, down):
    dst = np.array([[0, 0], [across, 0], [across, down], [0, down], [across / 2, down / 3]]) * [
        MAP[1],
        MAP[0],
    ]
    quality = assess(TO_MAP.inverse().apply(dst), dst, MAP)
    assert quality.coverage == pytest.approx(across * down, rel=1e-4)


# Where to click next


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 14), st.sampled_from(list(MODELS)))
def test_any_points_under_any_model_can_be_assessed(seed, count, model):
    random = np.random.default_rng(seed)
    dst = random.uniform(0, 1500, (count, 2))
    try:
        quality = assess(TO_MAP.inverse().apply(dst) + random.normal(0, 3, dst.shape), dst, MAP, model=model)
    except RegistrationError:
        return
    for advice in advise(quality):
        assert advice.text.endswith(".")
        assert "nan" not in advice.text
        assert "\n" not in advice.text


def test_bad_sizes_are_refused():
    src, dst = clicks(FOUR, 0)
    with pytest.raises(RegistrationError, match="rows and columns"):
        assess(src, dst, (0, 5))
    for size in (0, -1.0, np.nan, np.inf):
        with pytest.raises(RegistrationError, match="millimetres above 0"):
            assess(src, dst, MAP, pixel_size=size)


# The documentation


def test_what_docs_points_says_is_true():
    page = Path(__file__).resolve().parents[3] / "docs" / "points.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried >= 8
    assert failed == 0
