"""Coarse element maps are the means of the exact ones over bins of pixels."""

import numpy as np
import pytest

from maxrf_core import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.elements.coarse_maps import coarse_element_maps
from maxrf_core.elements.maps import element_maps
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, COUNTS, SHAPE, analysed, made_counts, truth

MEASURED = 22  # rows; those below were never scanned


@pytest.fixture(scope="module")
def ds(tmp_path_factory):
    path = tmp_path_factory.mktemp("coarse") / "scan.datastack"
    return DataStack(convert(ArrayScan(made_counts()), path, calibration=CALIBRATION))


def means_of_bins(values):
    """Return the means over 4 × 4 pixels; those at the edges hold fewer."""
    height, width = values.shape
    filled = np.full((-(-height // 4) * 4, -(-width // 4) * 4), np.nan)
    filled[:height, :width] = values
    return np.nanmean(filled.reshape(filled.shape[0] // 4, 4, -1, 4), axis=(1, 3))


def test_they_are_the_exact_ones_but_for_the_coarser_channels(ds):
    coarse = coarse_element_maps(ds.binned_counts, analysed(), list(COUNTS))
    exact = element_maps(ds.cube(), analysed(), list(COUNTS))
    assert coarse.names == exact.names
    for rough, sigma, fine in zip(coarse.net, coarse.sigma, exact.net, strict=True):
        means = means_of_bins(fine)
        assert rough.shape == means.shape
        assert np.sqrt(np.mean((rough - means) ** 2)) < 1.0 * np.median(sigma)


def test_their_sigma_is_the_spread_of_the_bins(ds):
    coarse = coarse_element_maps(ds.binned_counts, analysed(), list(COUNTS))
    true = np.array([means_of_bins(each) for each in truth()])
    assert ((coarse.net - true) / coarse.sigma).std() == pytest.approx(1, abs=0.15)


def test_pixels_that_were_never_measured_do_not_count(ds):
    missing = np.zeros(SHAPE, bool)
    missing[MEASURED:] = True
    missing[: MEASURED - 2, :2] = True
    coarse = coarse_element_maps(ds.binned_counts, analysed(), ["Fe-K"], missing)
    whole = coarse_element_maps(ds.binned_counts, analysed(), ["Fe-K"])
    assert np.isnan(coarse.net[0, 6:]).all()
    np.testing.assert_allclose(coarse.net[0, :5, 0], 2 * whole.net[0, :5, 0], rtol=1e-5)
    np.testing.assert_array_equal(coarse.net[0, :5, 1:], whole.net[0, :5, 1:])
