"""Refine finds the bend of a warped panel, and none on a flat one."""

import json

import numpy as np
import pytest

from maxrf_core.autoalign.propose import propose
from maxrf_core.autoalign.refine import refine
from maxrf_core.registration.register import register
from tests.maxrf_core.autoalign.seen_drawing import (
    SHAPE,
    bow,
    in_warped_photograph,
    rough_clicks,
    warped_photograph,
)


@pytest.fixture(scope="module")
def warped(known):
    """The known drawing on a bowed panel, and where places of the map lie in its photograph."""
    photo, map_, truth = known
    places = np.random.default_rng(0).uniform(8, np.array(SHAPE[::-1]) - 8, (60, 2))
    return warped_photograph(photo, truth), map_, truth, places, in_warped_photograph(places, truth)


@pytest.fixture(scope="module")
def refined(warped):
    photo, map_, truth = warped[:3]
    return refine(photo, map_, *rough_clicks(truth, 8), click_error=10)


def off(transform, source, places):
    return np.hypot(*(transform.apply(source) - places).T)


def rms(lengths):
    return float(np.sqrt(np.mean(lengths**2)))


def test_a_warped_panel_has_a_bend_that_fits_within_half_a_pixel(warped, refined):
    *_, places, source = warped
    assert refined.accepted
    assert rms(off(refined.after, source, places)) > 1
    assert refined.bend is not None
    assert rms(off(refined.bend.transform, source, places)) < 0.5
    bent = refined.bent
    assert "warped by up to" in bent.sentence
    stored = register(warped[0], SHAPE, bent.src, bent.dst, model="thin-plate-spline", refinement=bent.record)
    assert rms(off(stored.transform, source, places)) < 0.5
    assert json.loads(stored.attributes["imvis_points"]["refinement"])["bend"]["gain"] > 0.5


def test_the_error_map_tells_the_error_with_and_without_the_bend(warped, refined):
    *_, places, source = warped
    for result, transform in ((refined, refined.after), (refined.bent, refined.bend.transform)):
        true = rms(off(transform, source, places))
        told = rms(np.array([result.error_map.at(tuple(place)) for place in places]))
        assert true / 2 < told < 2 * true
        assert result.uncertainty == pytest.approx(result.error_map.rms)
    flat = off(refined.after, source, places)
    local = np.array([refined.error_map.at(tuple(place)) for place in places])
    assert np.corrcoef(flat, local)[0, 1] > 0.7  # it knows where the homography is wrong


def test_a_flat_panel_has_none_and_a_bend_can_be_forbidden(known, warped):
    photo, map_, truth = known
    result = refine(photo, map_, *rough_clicks(truth, 8), click_error=10)
    assert result.accepted
    assert result.bend is None
    assert result.bent is result
    forbidden = refine(*warped[:2], *rough_clicks(warped[2], 8), click_error=10, bend=False)
    assert forbidden.bend is None
    assert forbidden.uncertainty > 1  # yet it is known what the homography lacks


def test_a_proposal_follows_a_warped_panel_and_is_not_sure_where_that_is_forbidden(known):
    photo, map_, truth = known
    further = SHAPE[0], SHAPE[1] - 20  # bowed about another axis, so more than a homography nearly follows
    warped = warped_photograph(photo, truth, further)
    source = np.random.default_rng(0).uniform(40, np.array(warped.shape[1::-1]) - 40, (60, 2))
    places = truth.apply(source) + bow(truth.apply(source), further)
    proposal = propose(warped, map_)
    assert proposal.sure, proposal.sentence
    assert proposal.uncertainty > 2
    assert rms(off(proposal.bend.transform, source, places)) < 0.5
    bent = proposal.bent
    assert bent.uncertainty < 1
    assert "warped by up to" in bent.sentence
    stored = register(warped, SHAPE, bent.src, bent.dst, model="thin-plate-spline", refinement=bent.record)
    assert rms(off(stored.transform, source, places)) < 0.5
    forbidden = propose(warped, map_, bend=False)
    assert forbidden.is_found
    assert not forbidden.sure
    assert forbidden.bent is forbidden
    assert "guess: the error to be expected" in forbidden.sentence
