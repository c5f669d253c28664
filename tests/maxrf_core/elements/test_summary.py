"""A summary tells signal from noise, and does not stretch noise."""

import numpy as np
import pytest

from maxrf_core.elements.maps import DETECTION
from maxrf_core.elements.summary import summary_of

SIGMA = np.full((60, 80), 2.0, np.float32)


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 2, SIGMA.shape).astype(np.float32)


@pytest.mark.parametrize("seed", range(20))
def test_noise_alone_does_not_stand_out_and_stays_dark(seed: int):
    summary = summary_of(noise(seed), SIGMA)
    assert summary.smoothing == 0
    assert summary.brightest >= 2 * summary.limit
    assert summary.limit == pytest.approx(DETECTION * 2)


def test_a_few_speckles_stand_out_where_they_are():
    net = noise()
    net[10:13, 20:23] += 100
    net[11, 21] += 50
    summary = summary_of(net, SIGMA)
    assert summary.stands_out
    assert summary.place == (21, 11)
    assert 9 / net.size <= summary.share < 0.01


def test_what_is_faint_but_wide_is_seen_smoothed():
    summary = summary_of(noise() + np.float32(0.9), SIGMA)
    assert not summary.stands_out
    assert summary.smoothing == 5
    assert summary.small.mean() == pytest.approx(0.9, abs=0.1)


def test_missing_pixels_are_left_out():
    net = noise()
    net[:30] = np.nan
    net[40, 5] = 500
    summary = summary_of(net, SIGMA)
    assert summary.place == (5, 40)
    assert summary.strongest == 500


def test_a_map_without_values_has_nothing():
    summary = summary_of(np.full((3, 4), np.nan, np.float32), SIGMA[:3, :4])
    assert (summary.strongest, summary.share, summary.stands_out) == (0, 0, False)
