"""The search for the best transform, and its limits."""

import pytest

from maxrf_core.autoalign.pyramid import Pyramid, translation
from maxrf_core.autoalign.robust_fit import Clicks, max_shift, mean_distance
from maxrf_core.autoalign.search import Search
from maxrf_core.progress import silent
from maxrf_core.transform.extents import corners_of
from tests.maxrf_core.autoalign.seen_drawing import SHAPE, scene


def test_a_search_stays_within_its_limit():
    photo, map_, truth = scene()
    origin, corners = translation(12, 0) @ truth, corners_of(SHAPE)
    clicks = Clicks(origin.inverse().apply(corners), corners, 15)
    pyramid = Pyramid(photo, map_, origin, 60)
    free = Search(pyramid, clicks, origin, 60).run([origin], silent)
    assert mean_distance(truth, free.transform, SHAPE) < 0.3
    held = Search(pyramid, clicks, origin, 8).run([origin], silent)
    assert max_shift(origin, held.transform, corners) <= 8


def test_what_is_found_is_near_the_truth_and_the_map_border_agrees(known):
    photo, map_, truth = known
    corners = corners_of(SHAPE)
    clicks = Clicks(truth.inverse().apply(corners), corners, 10)
    fit, evidence = Search(Pyramid(photo, map_, truth, 60), clicks, truth, 30).find([truth], silent)
    assert mean_distance(truth, fit.transform, SHAPE) < 2 * fit.expected_error < 1
    assert fit.inner is not None
    assert fit.border_shift == pytest.approx(mean_distance(fit.transform, fit.inner, SHAPE))
    assert evidence.significance > 10
