"""Proposals find a photograph in any orientation without clicks, and state when they are only a guess."""

import json

import cv2
import numpy as np
import pytest

from maxrf_core.autoalign.propose import propose
from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.autoalign.robust_fit import distances
from maxrf_core.errors import PictureError, RegistrationError
from maxrf_core.imaging.resample import area_average
from maxrf_core.transform.homography import Homography, homography
from tests.maxrf_core.autoalign.seen_drawing import SHAPE, count, draw, errors, turned_photograph


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarters", range(4))
def test_a_photograph_is_found_in_every_orientation(known, quarters, mirrored):
    photo, map_, truth = known
    photo, truth = turned_photograph(photo, truth, quarters, mirrored)
    proposal = propose(photo, map_)
    assert proposal.sure, proposal.sentence
    assert np.median(errors(proposal.transform, truth)) < 0.15
    np.testing.assert_allclose(proposal.transform.apply(proposal.src), proposal.dst, atol=1e-6)
    height, width = photo.shape[:2]
    assert proposal.view.mirrored == mirrored
    left_top, right_top, right_bottom, _ = (
        np.array(proposal.view.to_shown(x, y, width, height)) for x, y in proposal.src
    )
    assert (right_top - left_top)[0] > 3 * abs((right_top - left_top)[1])  # turned, it lies as the map does
    assert (right_bottom - right_top)[1] > 3 * abs((right_bottom - right_top)[0])
    assert ((proposal.src >= 0) & (proposal.src <= [width - 1, height - 1])).all()
    by_points = homography(proposal.src, proposal.dst, mirrored)
    np.testing.assert_allclose(by_points.apply([[50, 60]]), proposal.transform.apply([[50, 60]]), atol=1e-6)


def test_a_photograph_that_shows_much_beside_the_object_is_found(known):
    photo, map_, truth = known
    shown = np.random.default_rng(3).normal(120, 4, (700, 800, 3)).clip(0, 255).astype(np.uint8)
    shown[200 : 200 + photo.shape[0], 330 : 330 + photo.shape[1]] = photo
    beside = Homography(np.array([[1, 0, -330], [0, 1, -200], [0, 0, 1]]))
    proposal = propose(shown, map_)
    assert proposal.sure, proposal.sentence
    assert np.median(errors(proposal.transform, truth @ beside)) < 0.2


def test_several_maps_are_used_together(known):
    photo, map_, truth = known
    left, right = map_.copy(), map_.copy()
    rng = np.random.default_rng(4)
    left[:, 85:], right[:, :85] = rng.poisson(3, (150, 85)), rng.poisson(3, (150, 85))
    proposal = propose(photo, [rng.poisson(9, SHAPE), left, right])
    assert proposal.sure
    assert np.median(errors(proposal.transform, truth)) < 0.3


@pytest.mark.parametrize(
    "map_",
    [
        np.random.default_rng(8).poisson(20, SHAPE),
        count(draw(7), 7),
        cv2.GaussianBlur(np.random.default_rng(5).normal(9, 3, SHAPE), (0, 0), 12),
    ],
    ids=["noise", "another drawing", "clouds"],
)
def test_with_nothing_in_common_a_proposal_is_not_sure_but_has_four_points(known, map_):
    photo, _, _ = known
    proposal = propose(photo, map_)
    assert not proposal.sure
    assert proposal.src.shape == proposal.dst.shape == (4, 2)
    assert np.isfinite(proposal.src).all()
    assert "yourself" in proposal.sentence or "guess" in proposal.sentence


def test_a_proposal_is_reproducible_and_its_record_is_json(known):
    photo, map_, _ = known
    one, other = (propose(photo, map_) for _ in range(2))
    np.testing.assert_array_equal(one.transform.matrix, other.transform.matrix)
    assert json.loads(json.dumps(one.record)) == other.record


def test_progress_is_reported_and_the_work_can_be_stopped(known):
    photo, map_, _ = known
    told = []
    propose(photo, map_, progress=lambda done, _: told.append(done))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)

    def stop(fraction, doing):
        if fraction > 0.1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        propose(photo, map_, progress=stop)


def test_invalid_input_raises_a_one_sentence_error(known):
    photo, map_, _ = known
    with pytest.raises(RegistrationError, match="same shape"):
        propose(photo, [map_, map_[:-1]])
    with pytest.raises(PictureError):
        propose(np.zeros(7), map_)
    assert not propose(photo, map_[:20, :20]).sure


@pytest.mark.parametrize("aspect", [0.7, 1.4])
def test_pixels_that_are_not_square_are_registered(known, aspect):
    photo, map_, truth = known
    shape = round(SHAPE[0] * min(1, aspect)), round(SHAPE[1] / max(1, aspect))
    narrow = area_average(map_.astype(np.float32), shape[1], shape[0])
    onto = rescaling(SHAPE, shape) @ truth
    proposal = propose(photo, narrow)
    assert proposal.sure, proposal.sentence
    assert distances(onto, proposal.transform, shape).mean() < 0.3
