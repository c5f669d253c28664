"""The maximum of smoothed spectra is that of scipy's filter, missing values left out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from maxrf_core.cube.max_spectrum import smoothed, smoothed_bands


def poisson(shape, seed=0, mean=3.0):
    return np.random.default_rng(seed).poisson(mean, shape)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400), st.sampled_from([0.0, 1.0, 2.5, 7.0]), st.integers(1, 200), st.integers(0, 99))
def test_smoothing_is_that_of_scipy_at_every_channel(channels, sigma, band, seed):
    spectra = poisson((6, channels), seed, mean=200).astype("u2")
    expected = gaussian_filter1d(spectra.astype(float), sigma) if sigma else spectra
    got = np.concatenate([part.smooth(spectra) for part in smoothed_bands(channels, sigma, band)], axis=1)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, rtol=1e-5)


@given(st.integers(1, 90), st.floats(0.5, 9), st.data())
def test_missing_values_are_left_out_of_both_smoothings_alike(channels, sigma, data):
    spectrum = poisson(channels, mean=200).astype(np.float32)
    missing = data.draw(st.lists(st.integers(0, channels - 1), max_size=channels))
    spectrum[missing] = np.nan
    bands = [band.smooth(spectrum[np.newaxis]) for band in smoothed_bands(channels, sigma)]
    alone = smoothed(spectrum, sigma)
    assert np.flatnonzero(np.isnan(alone)).tolist() == sorted(set(missing))
    np.testing.assert_allclose(np.concatenate(bands, axis=1)[0], alone, rtol=1e-4)


def test_the_maximum_is_over_the_pixels_that_hold_a_value_at_a_channel():
    spectra = np.array([[1, 5, np.nan], [4, 2, np.nan]])
    (band,) = smoothed_bands(3, sigma=0)
    assert band.maximum(spectra).tolist()[:2] == [4, 5]
    assert np.isnan(band.maximum(spectra)[2])
