"""Normalised maps: topography and dead time are taken out, and the error follows."""

import numpy as np
import pytest

from maxrf_core.elements.normalise import normalise, scatter_divisor
from maxrf_core.elements.references import References


def references(scatter, sigma):
    return References(scatter, sigma, np.zeros_like(scatter), np.zeros_like(scatter))


@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_error_of_a_quotient_is_its_spread(size):
    random = np.random.default_rng(0)
    shape = (200, 200)
    net, scatter = random.poisson(90, shape), random.poisson(150, shape)
    sigmas = np.full(shape, 90**0.5), np.full(shape, 150**0.5)
    quotient, sigma = normalise(net, sigmas[0], scatter, sigmas[1], size)
    assert quotient.mean() == pytest.approx(0.6, rel=0.02)
    assert quotient[9:-9, 9:-9].std() == pytest.approx(sigma[9:-9, 9:-9].mean(), rel=0.05)


def test_topography_is_taken_out():
    slope = np.linspace(0.5, 1.5, 40) * np.ones((30, 1))
    quotient, _sigma = normalise(200 * slope, 14 * slope**0.5, 1000 * slope, 30 * slope**0.5)
    np.testing.assert_allclose(quotient, 0.2, rtol=1e-6)


def test_pixels_without_scatter_have_no_value_and_no_error():
    net, scatter = np.full((2, 2), 10.0), np.array([[0.0, -5], [20, np.nan]])
    quotient, sigma = normalise(net, net**0.5, scatter, np.full((2, 2), 2.0))
    assert np.isfinite(quotient).tolist() == np.isfinite(sigma).tolist() == [[False, False], [True, False]]


def test_scatter_is_offered_where_most_pixels_show_it():
    sigma = np.full((6, 6), 5.0)
    assert scatter_divisor(references(np.full((6, 6), 50.0), sigma)).values is not None
    refused = scatter_divisor(references(np.full((6, 6), 5.0), sigma))
    assert refused.values is None
    assert refused.sentence.startswith("Too few pixels show lines of the tube")
