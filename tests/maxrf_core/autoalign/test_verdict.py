"""A right photograph is distinguished from a wrong one by its agreement with the maps, not by its points."""

import cv2
import numpy as np
import pytest

from benchmarks.scenes import hopeless_scenes, painting, real_iron
from maxrf_core.autoalign.advice import MAX_DISTANCE, advise
from maxrf_core.autoalign.robust_fit import mean_distance
from maxrf_core.autoalign.verdict import Verdict, judge_agreement, smaller_maps
from maxrf_core.registration.quality import assess
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import MIRROR, Homography, homography
from maxrf_core.transform.models import find_model
from tests.maxrf_core.autoalign.repeating_drawing import repeating
from tests.maxrf_core.autoalign.seen_drawing import (
    SHAPE,
    count,
    draw,
    photograph,
    rough_clicks,
    true_transform,
)


def corners_clicked(photo: np.ndarray, shape: tuple[int, int] = SHAPE) -> tuple[np.ndarray, np.ndarray]:
    """Click on the four corners of the photograph and, in the same order, of the map."""
    return corners_of(photo.shape[:2]), corners_of(shape)


def judged(photo: np.ndarray, map_: np.ndarray, src: np.ndarray, dst: np.ndarray) -> Verdict:
    verdict = judge_agreement(photo, smaller_maps(map_), homography(src, dst), map_.shape)
    assert verdict is not None
    return verdict


def said(verdict: Verdict | None, src, dst, refinement=None) -> list[tuple[str, str]]:
    quality = assess(src, dst, SHAPE)
    return [(advice.kind, advice.text) for advice in advise(quality, verdict, refinement)]


@pytest.mark.parametrize("length", [0, 3, 12])
def test_a_right_photograph_is_recognised_with_the_error_of_its_points(known, length):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, length)
    verdict = judged(photo, map_, src, dst)
    assert verdict.kind == "same"
    true = mean_distance(homography(src, dst), truth, SHAPE)
    assert verdict.distance == pytest.approx(true, abs=0.3)
    first = said(verdict, src, dst)[0]
    assert "Photograph and maps show the same" in first[1]
    assert first[0] == ("good" if true <= MAX_DISTANCE else "warning")
    assert ("Refine the points" in first[1]) == (true > MAX_DISTANCE)


def framed(picture: np.ndarray, width: int, value: float, noise: float) -> np.ndarray:
    """Return a picture with a frame around it."""
    beyond = cv2.copyMakeBorder(
        picture.astype(np.float32), *[width] * 4, cv2.BORDER_CONSTANT, value=[value] * 3
    )
    return beyond + np.random.default_rng(0).normal(0, noise, beyond.shape)


def other_photographs() -> dict[str, np.ndarray]:
    other = photograph(draw(9), *true_transform(), 9)
    noise = np.random.default_rng(1).integers(0, 255, (180, 200, 3), dtype=np.uint8)
    return {"another drawing": other, "noise": noise, "one colour": np.full((90, 80, 3), 99, np.uint8)}


@pytest.mark.parametrize("name", other_photographs())
def test_a_wrong_photograph_with_clicked_corners_is_reported_and_nothing_is_called_good(known, name):
    photo = other_photographs()[name]
    src, dst = corners_clicked(photo)
    verdict = judged(photo, known[1], src, dst)
    assert verdict.kind == "nothing"
    told = said(verdict, src, dst)
    assert told[0][0] == "warning"
    assert told[0][1].startswith("Probably not this artwork")
    assert not any(kind == "good" for kind, _ in told)
    assert not any("affine" in text for _, text in told)


def test_an_equal_frame_around_both_does_not_make_a_wrong_photograph_right(known):
    photo = framed(cv2.resize(other_photographs()["another drawing"], (340, 300)), 24, 20, 2)
    map_ = np.maximum(framed(known[1], 12, 0, 1) + 1, 0)
    verdict = judged(photo, map_, *corners_clicked(photo, map_.shape))
    assert verdict.kind == "nothing"


def test_the_affine_check_is_reported_only_without_a_verdict(known):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, 1.0)
    assert any("affine" in text for _, text in said(None, src, dst))
    assert not any(kind == "good" for kind, _ in said(None, src, dst))
    assert not any("affine" in text for _, text in said(judged(photo, map_, src, dst), src, dst))


def test_refined_points_are_reported_with_their_error_instead_of_residuals(known):
    photo, map_, truth = known
    src, _ = rough_clicks(truth, 0)
    dst = truth.apply(src)
    told = said(judged(photo, map_, src, dst), src, dst, {"refined": {"accepted": True, "uncertainty": 0.31}})
    assert any("the error to be expected over the map is 0.31 map pixels" in text for _, text in told)
    assert any("which is known to 0.3 map pixels" in text for _, text in told)
    assert not any("0.00" in text or "Four pairs" in text or "surround" in text for _, text in told)


@pytest.mark.parametrize("model", ["thin-plate-spline", "piecewise-affine"])
def test_a_photograph_warped_by_another_model_is_compared_as_warped(known, model):
    photo, map_, truth = known
    places = np.array([(x, y) for x in (8, 85, 160) for y in (8, 75, 140)], dtype=float)
    bent = find_model(model).fit(truth.inverse().apply(places), places)
    verdict = judge_agreement(photo, smaller_maps(map_), bent, SHAPE)
    assert verdict.kind == "same"
    assert verdict.distance < 1.5


def test_a_mirrored_photograph_is_recognised(known):
    photo, map_, truth = known
    flipped = np.ascontiguousarray(photo[:, ::-1])
    across = Homography([[1, 0, photo.shape[1] - 1], [0, 1, 0], [0, 0, 1]]) @ MIRROR
    assert judge_agreement(flipped, smaller_maps(map_), truth @ across, SHAPE).kind == "same"


def test_large_maps_are_compared_smaller_and_reported_in_their_own_pixels(known):
    photo, map_, truth = known
    large = np.kron(map_, np.ones((6, 6)))
    onto = Homography([[6, 0, 2.5], [0, 6, 2.5], [0, 0, 1]])
    maps = smaller_maps(large)
    assert max(maps.shape[:2]) == 640
    off = Homography([[1, 0, 9.0], [0, 1, 0], [0, 0, 1]])
    verdict = judge_agreement(photo, maps, off @ onto @ truth, large.shape)
    assert verdict.kind == "same"
    assert verdict.distance == pytest.approx(9, abs=1.5)


def test_small_maps_give_no_verdict_and_a_photograph_beside_the_map_gives_nothing(known):
    photo, map_, truth = known
    assert judge_agreement(photo, smaller_maps(map_[:40]), truth, (40, SHAPE[1])) is None
    beside = Homography([[1, 0, 9000], [0, 1, 0], [0, 0, 1]]) @ truth
    assert judge_agreement(photo, smaller_maps(map_), beside, SHAPE).kind == "nothing"


def test_a_verdict_is_reproducible_and_the_work_can_be_stopped(known):
    photo, map_, truth = known
    clicks = rough_clicks(truth, 8)
    assert judged(photo, map_, *clicks) == judged(photo, map_, *clicks)

    def stop(fraction, doing):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        judge_agreement(photo, smaller_maps(map_), truth, SHAPE, progress=stop)


def test_real_photographs_are_distinguished_on_real_maps(shared):
    shared("data/susanna")
    drawing, zinc = real_iron(0), painting(0)
    right = drawing.truth.inverse().apply(corners_of(drawing.shape))
    assert judged(drawing.photo, drawing.maps[0], right, corners_of(drawing.shape)).kind == "same"
    for one, other in ((drawing, zinc), (zinc, drawing)):
        wrong = corners_clicked(one.photo, other.shape)
        assert judged(one.photo, other.maps[0], *wrong).kind == "nothing"


def test_maps_that_hardly_show_the_right_drawing_are_not_called_good(shared):
    shared("data/susanna")
    hopeless = hopeless_scenes()["real: Ti"](0)
    src, dst = hopeless.truth.inverse().apply(corners_of(hopeless.shape)), corners_of(hopeless.shape)
    verdict = judged(hopeless.photo, hopeless.maps[0], src, dst)
    assert verdict.kind in ("nothing", "unclear")


def test_with_little_in_common_the_points_are_reported(known):
    photo, _, truth = known
    src, dst = rough_clicks(truth, 1.0)
    little = Verdict("unclear", judged(photo, count(draw(7), 7), src, dst).evidence)
    told = said(little, src, dst)
    assert any("too little to say whether" in text for _, text in told)
    assert any("affine" in text for _, text in told)
    assert not any(kind == "good" for kind, _ in told)


def test_where_a_motif_repeats_the_verdict_warns_that_the_next_one_fits_as_well():
    for marks, warns in ((0.0, True), (1.0, False)):
        photo, map_, truth = repeating(marks)
        src, dst = rough_clicks(truth, 1)
        verdict = judged(photo, map_, src, dst)
        assert verdict.kind == "same"
        warning = " ".join(text for kind, text in said(verdict, src, dst) if kind == "warning")
        assert ("fits equally well" in warning) == warns
        assert (verdict.rival is not None) == warns
        assert warns is False or str(verdict.rival.where) in warning
