"""Wrong pairs among many are found by MAGSAC, always the same."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.ransac import inliers
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import homography
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
