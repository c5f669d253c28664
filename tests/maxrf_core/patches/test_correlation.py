"""Correlations of elements are the true ones, in spite of speckles and noise, and tell their error."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from maxrf_core.patches.correlation import correlations, winsorising_limits
from tests.maxrf_core.patches.made_maps import drawn_maps, maps_of

NAMES = ("Fe-K", "Mn-K", "Cu-K", "Zn-K")
SHAPE = (150, 160)


def drawn(rng):
    """Draw maps of Fe, of Mn that goes with Fe and Cu, of Cu, and of Zn that is not there; and the truth."""
    a, b = (np.clip(gaussian_filter(rng.normal(size=SHAPE), 4) * 40, 0, None) for _number in range(2))
    mean = np.stack([a * 5, a * 4 + b * 3, b * 6, 0 * a])
    truth = np.corrcoef(mean[:3].reshape(3, -1))
    speckles = rng.random(SHAPE) < 0.002
    mean[0] += speckles * 4000
    mean[2] += speckles * 3000
    return drawn_maps(NAMES, mean, rng), truth


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(1)
    return [(correlations(maps), maps, truth) for maps, truth in (drawn(rng) for _repeat in range(8))]


def test_the_truth_is_found_within_its_error_where_plain_correlations_see_speckles_and_noise(found):
    pulls = []
    for told, maps, truth in found:
        plain = np.corrcoef(maps.net.reshape(4, -1))
        for one, other in ((0, 1), (1, 2), (0, 2)):
            assert told.values[one, other] == pytest.approx(truth[one, other], abs=0.15)
            pulls.append((told.values[one, other] - truth[one, other]) / told.errors[one, other])
        assert plain[0, 2] > 0.9 > 0.3 > told.values[0, 2]
        assert plain[0, 1] < 0.2 < 0.6 < told.values[0, 1]
    assert np.sqrt(np.mean(np.square(pulls))) < 1.6


def test_a_map_of_noise_goes_with_nothing(found):
    for told, _maps, _truth in found:
        assert np.isnan(told.values[3]).all()
        assert np.isnan(told.errors[:, 3]).all()
        assert told.signal[3] == 0
        assert (told.signal[:3] > 0).all()
        np.testing.assert_allclose(np.diag(told.values)[:3], 1)
        np.testing.assert_array_equal(told.values, told.values.T)


def test_missing_pixels_are_left_out(found):
    told, maps, _truth = found[0]
    net = maps.net.copy()
    net[1, :20] = np.nan
    part = correlations(maps_of(NAMES, net, maps.sigma))
    np.testing.assert_allclose(part.values[:3, :3], told.values[:3, :3], atol=0.1)


def test_speckles_are_moved_to_the_ends_of_the_other_values():
    net = np.arange(1000.0).reshape(1, 20, 50)
    net[0, -1, -1] = 1e9
    low, high = winsorising_limits(net)
    assert low[0] == pytest.approx(5, abs=1)
    assert high[0] == pytest.approx(995, abs=1)
