"""Refinement makes rough clicks precise if the pictures allow it, and keeps them otherwise."""

import json

import numpy as np
import pytest

from maxrf_core.autoalign.evidence import Evidence
from maxrf_core.autoalign.refine import is_conclusive, move_limit, refine
from maxrf_core.autoalign.robust_fit import max_shift
from maxrf_core.errors import PictureError, RegistrationError
from maxrf_core.registration.register import register
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import SHAPE, count, draw, errors, rough_clicks


@pytest.mark.parametrize("length", [3, 10, 20])
def test_rough_clicks_become_precise(known, length):
    photo, map_, truth = known
    for seed in range(2):
        src, dst = rough_clicks(truth, length, seed)
        result = refine(photo, map_, src, dst, click_error=length)
        assert result.accepted, result.sentence
        assert np.median(errors(result.after, truth)) < 0.15
        assert errors(result.after, truth).max() < 0.6 < errors(result.before, truth).max()
        assert result.score_after > result.score_before + 0.01
        assert result.inliers >= 12


def test_the_stated_error_is_about_the_true_one(known):
    photo, map_, truth = known
    result = refine(photo, map_, *rough_clicks(truth, 10))
    true = np.sqrt(np.mean(errors(result.after, truth) ** 2))
    assert true / 4 < result.uncertainty < 4 * true


def test_the_points_in_the_photograph_stay_and_those_on_the_map_follow_the_transform(known):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, 10)
    result = refine(photo, map_, src, dst)
    np.testing.assert_array_equal(result.src, src)
    np.testing.assert_allclose(result.dst, result.after.apply(src), atol=1e-9)
    registered = register(photo, SHAPE, result.src, result.dst, refinement=result.record)
    np.testing.assert_allclose(registered.transform.apply(src), result.after.apply(src), atol=1e-6)
    np.testing.assert_allclose(registered.arrays["imvis_points"][:, 1], result.dst)
    assert json.loads(registered.attributes["imvis_points"]["refinement"]) == result.record


def unrelated_maps():
    return {"noise": np.random.default_rng(8).poisson(20, SHAPE), "another drawing": count(draw(7), 7)}


@pytest.mark.parametrize("name", unrelated_maps())
@pytest.mark.parametrize("length", [5, 15])
def test_points_are_kept_if_photograph_and_map_have_nothing_in_common(known, name, length):
    photo, _, truth = known
    for seed in range(2):
        src, dst = rough_clicks(truth, length, seed)
        result = refine(photo, unrelated_maps()[name], src, dst, click_error=length)
        assert not result.accepted
        np.testing.assert_array_equal(result.dst, dst)
        assert result.after is result.before
        assert "kept" in result.sentence


def test_points_that_are_already_right_are_kept(known):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, 0.0)
    result = refine(photo, map_, src, dst, click_error=5)
    assert not result.accepted
    assert "noticeably better" in result.sentence
    np.testing.assert_array_equal(result.dst, dst)


def test_no_corner_moves_beyond_the_limit_of_the_click_error(known):
    photo, map_, truth = known
    for seed in range(3):
        # Clicks close together leave the corners far off; patches would pull them back by more than allowed
        src, dst = rough_clicks(truth, 6, seed, spread=0.25)
        result = refine(photo, map_, src, dst, click_error=1)
        assert max_shift(result.before, truth, corners_of(SHAPE)) > move_limit(1)
        assert max_shift(result.before, result.after, corners_of(SHAPE)) <= move_limit(1)


def test_a_common_offset_of_all_clicks_is_corrected(known):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, 0.0)
    result = refine(photo, map_, src, dst + np.array([26, 15]), click_error=30)
    assert result.accepted
    assert np.median(errors(result.after, truth)) < 0.15


def test_the_same_input_gives_the_same_answer(known):
    photo, map_, truth = known
    clicks = rough_clicks(truth, 10)
    one, other = refine(photo, map_, *clicks), refine(photo, map_, *clicks)
    np.testing.assert_array_equal(one.dst, other.dst)
    assert one.record == other.record


def with_holes(photo):
    grey = photo.mean(axis=2)
    grey[:, :12] = np.nan
    return grey


@pytest.mark.parametrize(
    "kind",
    [
        lambda photo: photo[:, :, 1],
        lambda photo: photo.astype(np.uint16) * 257,
        lambda photo: 1 - photo / 255.0,
        lambda photo: np.dstack([photo, np.full(photo.shape[:2], 255, dtype=np.uint8)]),
        with_holes,
    ],
    ids=["grey", "16 bits", "a negative in float64", "with alpha", "with holes"],
)
def test_photographs_of_all_kinds_are_accepted(known, kind):
    photo, map_, truth = known
    result = refine(kind(photo), map_, *rough_clicks(truth, 10))
    assert result.accepted
    assert np.median(errors(result.after, truth)) < 0.25


def test_a_photograph_ten_times_as_fine_as_the_map_is_refined(known):
    _, map_, truth = known
    photo = np.kron(known[0], np.ones((6, 6, 1), dtype=np.uint8))
    larger = Homography(
        np.array([[1 / 6, 0, -2.5 / 6], [0, 1 / 6, -2.5 / 6], [0, 0, 1]])
    )  # (x + 0.5) / 6 - 0.5
    result = refine(photo, map_, *rough_clicks(truth @ larger, 10))
    assert result.accepted
    assert np.median(errors(result.after, truth @ larger)) < 0.15


def test_empty_maps_beside_a_good_one_do_no_harm(known):
    photo, map_, truth = known
    maps = [map_, *(np.random.default_rng(seed).poisson(30, SHAPE) for seed in range(6))]
    result = refine(photo, maps, *rough_clicks(truth, 10))
    assert result.accepted
    assert np.median(errors(result.after, truth)) < 0.3
    assert result.record["maps"] == 7


def test_an_empty_map_keeps_the_points(known):
    photo, map_, truth = known
    assert not refine(photo, np.zeros(SHAPE), *rough_clicks(truth, 10)).accepted
    assert not refine(np.zeros_like(photo), map_, *rough_clicks(truth, 10)).accepted


def test_a_map_too_small_to_compare_is_reported(known):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, 3)
    result = refine(photo, map_[:30], src, dst)
    assert not result.accepted
    assert "too small" in result.sentence


def test_progress_is_reported_and_the_work_can_be_stopped(known):
    photo, map_, truth = known
    told = []
    refine(photo, map_, *rough_clicks(truth, 10), progress=lambda fraction, doing: told.append(fraction))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)

    def stop(fraction, doing):
        if fraction > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        refine(photo, map_, *rough_clicks(truth, 10), progress=stop)


def test_invalid_input_raises_a_one_sentence_error(known):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, 10)
    for wrong, reason in [
        ((photo, [map_, map_[:-1]], src, dst), "same shape"),
        ((photo, [], src, dst), "same shape"),
        ((photo, map_, src[:3], dst[:3]), "four"),
        ((photo, map_, src + 9000, dst), "does not touch"),
    ]:
        with pytest.raises(RegistrationError, match=reason):
            refine(*wrong)
    with pytest.raises(RegistrationError, match="above 0"):
        refine(photo, map_, src, dst, click_error=0)
    with pytest.raises(PictureError):
        refine(np.zeros((3, 0)), map_, src, dst)


@pytest.mark.parametrize("found", [12, 60])
def test_what_is_decided_can_be_stored_as_json(found):
    decided = is_conclusive(Evidence(found, 80, 1.0, 1.5), np.float64(0.1))
    assert json.loads(json.dumps(decided)) == (found == 60)
