"""A smoothed map has the mean of its neighbours, and an error that is true."""

import numpy as np
import pytest

from maxrf_core.elements.smoothing import smooth


@pytest.mark.parametrize("size", [3, 5])
def test_the_error_of_smoothed_noise_is_its_spread_at_the_edges_too(size: int):
    rng = np.random.default_rng(1)
    sigma = rng.uniform(1, 4, (6, 7))
    trials = np.array([smooth(rng.normal(10, sigma), sigma, size)[0] for _ in range(4000)])
    error = smooth(np.zeros((6, 7)), sigma, size)[1]
    np.testing.assert_allclose(trials.std(axis=0), error, rtol=0.06)
    np.testing.assert_allclose(trials.mean(axis=0), 10, atol=0.1)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_missing_pixels_stay_missing_and_do_not_spread(size: int):
    net = np.full((5, 6), 7.0)
    net[2, 3] = np.nan
    smoothed, error = smooth(net, np.ones((5, 6)), size)
    assert np.isnan(smoothed[2, 3])
    others = np.delete(smoothed.ravel(), 2 * 6 + 3)
    np.testing.assert_allclose(others, 7, rtol=1e-6)
    assert np.isfinite(np.delete(error.ravel(), 2 * 6 + 3)).all()


def test_a_scan_of_one_pixel_is_smoothed_to_itself():
    net, sigma = smooth(np.array([[3.0]]), np.array([[2.0]]), 5)
    assert (net.item(), sigma.item()) == (3.0, 2.0)


@pytest.mark.parametrize("displacement", [0.75, -0.81, 1.3])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_error_is_the_spread_also_where_odd_rows_are_shifted_back(displacement, size):
    noise = np.random.default_rng(0).normal(0, 2, (300, 300))
    net, sigma = smooth(noise, np.full(noise.shape, 2.0), size, displacement)
    for parity in (0, 1):
        part = np.s_[5 + parity : -5 : 2, 9:-9]
        assert net[part].std() == pytest.approx(sigma[part].mean(), rel=0.03)
