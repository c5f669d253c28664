"""The error of a mean is the scatter that means really have, whether neighbouring pixels are alike or not."""

import numpy as np
import pytest

from maxrf_core.patches import scatter
from maxrf_core.patches.scatter import mean_of
from tests.maxrf_core.patches.made_maps import GROUND, drawn_maps

N = 60


def drawn_means(rng, side, reach, spread):
    mask = np.ones((side, side), bool)
    maps = drawn_maps(("Fe-K",) * N, np.full((N, side, side), 100.0), rng, spread, reach)
    return [mean_of(net, sigma, mask) for net, sigma in zip(maps.net, maps.sigma, strict=True)]


@pytest.mark.parametrize(
    ("reach", "spread", "slack"), [(0, 0, 1.2), (0, 0.3, 1.3), (1, 0.3, 1.6), (2, 0.3, 1.8)]
)
def test_the_error_is_what_means_scatter_by_and_rather_too_large(reach, spread, slack):
    means = drawn_means(np.random.default_rng(4), 40, reach, spread)
    true = np.std([mean.value for mean in means], ddof=1)
    told = np.sqrt(np.mean([mean.error**2 for mean in means]))
    assert 0.85 < told / true < slack
    if reach:
        independent = np.mean([mean.effective for mean in means])
        assert 0.3 < independent / (40**2 / (4 * np.pi * reach**2)) < 2


def test_without_real_differences_the_error_is_that_of_counting():
    means = drawn_means(np.random.default_rng(4), 40, 0, 0)
    assert np.mean([mean.counting for mean in means]) == pytest.approx(np.sqrt(100 + GROUND) / 40, rel=0.01)
    assert np.mean([mean.scatter**2 for mean in means]) < 0.5 * np.mean([mean.counting**2 for mean in means])


def test_large_patches_are_looked_at_in_parts_with_the_same_result(monkeypatch):
    maps = drawn_maps(("Fe-K",), np.full((1, 150, 150), 100.0), np.random.default_rng(2), 0.3, 1)
    mask = np.ones((150, 150), bool)
    whole = mean_of(maps.net[0], maps.sigma[0], mask)
    monkeypatch.setattr(scatter, "TILE", 64)
    parts = mean_of(maps.net[0], maps.sigma[0], mask)
    assert parts.value == whole.value
    assert parts.scatter == pytest.approx(whole.scatter, rel=0.2)


def test_missing_values_are_left_out_and_the_scanner_has_its_part():
    net, sigma = np.full((5, 5), 50.0), np.full((5, 5), 5.0)
    net[0, 0] = np.nan
    mask = np.ones((5, 5), bool)
    mean = mean_of(net, sigma, mask, scanner_share=0.02)
    assert (mean.pixels, mean.value, mean.scanner) == (24, 50.0, 1.0)
    assert mean.counting == pytest.approx(5 / np.sqrt(24))
    assert mean.error == pytest.approx(np.hypot(mean.counting, 1.0))
    nothing = mean_of(net, sigma, np.arange(25).reshape(5, 5) == 0)
    assert nothing.pixels == 0
    assert np.isnan(nothing.error)
    assert mean_of(net, sigma, np.zeros((5, 5), bool)).pixels == 0
    one = mean_of(net, sigma, np.arange(25).reshape(5, 5) == 7)
    assert (one.pixels, one.error) == (1, 5.0)
