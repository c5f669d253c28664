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
from maxrf_core.registration.ransac import inliers
from maxrf_core.registration.uncertainty import position_errors, suggested_places
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography, homography, refit_homography
from maxrf_core.transform.models import MODELS, affine, find_model

MAP = (1692, 1592)
TO_MAP = Homography([[0.365126, -0.0061413, -2.7048], [0.0026763, 0.365019, -67.2526], [2.69e-7, 1.08e-7, 1]])
DRAWING_SRC = [[78.5, 204.6], [4340.1, 180.4], [4376.99, 4724.0], [110.1, 4766.3]]
DRAWING_DST = [[24.7, 7.64], [1579.0, 10.2], [1563.8, 1666.0], [8.22, 1671.92]]
FOUR = [(0.08, 0.08), (0.92, 0.08), (0.92, 0.92), (0.08, 0.92)]
SIX = [*FOUR, (0.5, 0.08), (0.5, 0.92)]
NINE = [(x, y) for x in (0.08, 0.5, 0.92) for y in (0.08, 0.5, 0.92)]
SEEDS = range(20)


def clicks(places, seed, error=1.0):
    """Return pairs clicked with a random error in map pixels, root mean square."""
    random = np.random.default_rng(seed)
    exact = np.array(places) * [MAP[1], MAP[0]] + random.uniform(-60, 60, (len(places), 2))
    return TO_MAP.inverse().apply(exact), exact + random.normal(0, error * np.sqrt(0.5), exact.shape)


def misclicked(places, seed, off=40.0):
    src, dst = clicks(places, seed)
    random = np.random.default_rng(1000 + seed)
    culprit, angle = random.integers(len(places)), random.uniform(0, 2 * np.pi)
    dst[culprit] += off * np.array([np.cos(angle), np.sin(angle)])
    return src, dst, culprit


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


def test_magsac_finds_the_misclick_and_always_says_the_same():
    for seed in SEEDS:
        src, dst, culprit = misclicked(NINE, seed)
        agree = inliers(src, dst)
        assert np.flatnonzero(~agree).tolist() == [culprit]
        np.testing.assert_array_equal(agree, inliers(src, dst))


def test_magsac_holds_the_corners_where_least_squares_loses_them():
    corners = corners_of(MAP)
    off = {True: [], False: []}
    for seed in SEEDS:
        src, dst, _ = misclicked(SIX, seed)
        for robust in (True, False):
            use = inliers(src, dst) if robust else np.ones(6, dtype=bool)
            found = homography(src[use], dst[use])
            off[robust].append(np.hypot(*(found.apply(TO_MAP.inverse().apply(corners)) - corners).T).max())
    assert np.median(off[True]) < 3
    assert np.median(off[False]) > 10


def test_magsac_finds_two_fifths_of_wrong_pairs_among_a_hundred():
    random = np.random.default_rng(7)
    dst = random.uniform(0, 1600, (100, 2))
    src = TO_MAP.inverse().apply(dst)
    wrong = np.arange(100) % 5 < 2
    dst[wrong] += random.uniform(40, 300, (wrong.sum(), 2))
    np.testing.assert_array_equal(inliers(src, dst), ~wrong)


def test_magsac_refuses_too_few_pairs_and_pairs_that_do_not_agree_at_all():
    with pytest.raises(RegistrationError, match="With 5 pairs of points it cannot be told"):
        inliers(*clicks([*FOUR, (0.5, 0.5)], 0))
    random = np.random.default_rng(1)
    with pytest.raises(RegistrationError, match="agree"):
        inliers(np.zeros((6, 2)), random.uniform(0, 900, (6, 2)))


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


# What is said


def texts(*arguments, **options):
    return {advice.kind: advice.text for advice in advise(assess(*arguments, **options))}, " ".join(
        advice.text for advice in advise(assess(*arguments, **options))
    )


def test_advice_names_the_suspect_first_and_gives_millimetres():
    src, dst, culprit = misclicked(NINE, 2)
    first, *rest = advise(assess(src, dst, MAP, pixel_size=0.5))
    assert first.kind == "warning"
    assert first.text.startswith(f"Pair {culprit + 1} is probably set wrongly")
    assert "map pixels (2" in first.text
    assert " mm)" in first.text
    assert all("suspect" not in advice.text for advice in rest)


def test_advice_warns_of_points_that_surround_less_than_a_quarter_of_the_map():
    near, far = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)], FOUR
    assert "surround only" in texts(*clicks(near, 0, 0.3), MAP)[1]
    assert "surround only" not in texts(*clicks(far, 0, 0.3), MAP)[1]


def test_advice_offers_two_check_points_with_four_pairs_and_none_with_six():
    assert "Four pairs cannot show a wrong click; two more would" in texts(*clicks(FOUR, 0), MAP)[1]
    assert "cannot show a wrong click" not in texts(*clicks(SIX, 0), MAP)[1]


@pytest.mark.parametrize("model", ["thin-plate-spline", "piecewise-affine"])
def test_advice_says_that_a_bent_model_meets_all_pairs_by_construction(model):
    said = texts(*clicks(NINE, 0), MAP, model=model)[1]
    assert "meets all 9 pairs by construction" in said
    assert "Left out and predicted from the others" in said


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
