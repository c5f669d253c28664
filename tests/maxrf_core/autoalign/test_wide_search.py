"""Clicks that are off by a quarter of the map are refined by a wider search, or kept."""

import numpy as np
import pytest

from maxrf_core.autoalign.pyramid import Pyramid
from maxrf_core.autoalign.refine import is_conclusive, refine
from maxrf_core.autoalign.robust_fit import Clicks
from maxrf_core.autoalign.search import Search
from maxrf_core.autoalign.wide_search import find_wider, guess_near
from maxrf_core.progress import silent
from maxrf_core.transform.homography import homography
from maxrf_core.transform.models import similarity
from tests.maxrf_core.autoalign.seen_drawing import SHAPE, count, draw, errors, rough_clicks

FAR = 40  # map pixels, of a map 150 high


def search_from(photo, map_, src, dst, error=FAR):
    clicks, before = Clicks(src, dst, error), homography(src, dst)
    return Search(Pyramid(photo, map_, before, 6 * error), clicks, before, 6 * error)


@pytest.mark.parametrize("seed", range(2))
def test_clicks_that_are_far_off_become_precise(known, seed):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, FAR, seed)
    assert errors(homography(src, dst), truth).mean() > 25
    result = refine(photo, map_, src, dst, click_error=FAR)
    assert result.accepted, result.sentence
    assert np.median(errors(result.after, truth)) < 0.15
    np.testing.assert_allclose(result.dst, result.after.apply(src), atol=1e-6)


def test_what_the_points_do_not_allow_is_not_found(known):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, FAR)
    found = find_wider(photo, map_, search_from(photo, map_, src, dst + 90), silent)
    assert found is None or not is_conclusive(found.evidence, found.fit.uncertainty)


def test_another_drawing_keeps_points_that_are_far_off(known):
    photo, _, truth = known
    src, dst = rough_clicks(truth, FAR)
    result = refine(photo, count(draw(7), 7), src, dst, click_error=FAR)
    assert not result.accepted
    np.testing.assert_array_equal(result.dst, dst)


def test_precise_points_are_not_searched_widely(known):
    photo, map_, truth = known
    assert find_wider(photo, map_, search_from(photo, map_, *rough_clicks(truth, 5), 5), silent) is None


@pytest.mark.parametrize("seed", range(2))
def test_the_best_guess_is_within_the_reach_of_patches(known, seed):
    photo, map_, truth = known
    src, dst = rough_clicks(truth, FAR, seed)
    search = search_from(photo, map_, src, dst)
    guesses = guess_near(search.pyramid.level(2), search.clicks, similarity(src, dst), (1.0,), 3)
    assert errors(guesses[0].transform, truth).mean() < 5
    assert [guess.correlation for guess in guesses] == sorted(
        (guess.correlation for guess in guesses), reverse=True
    )
    apart = np.abs(guesses[1].transform.inverse().apply([[0, 0]]) - truth.inverse().apply([[0, 0]])).max()
    assert len(guesses) == 1 or apart > 0.05 * max(SHAPE)
