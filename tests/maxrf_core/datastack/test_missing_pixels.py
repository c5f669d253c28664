"""Pixels that were never measured have no value in maps, and change no mean."""

import numpy as np
import pytest

from maxrf_core import ArrayScan, DataStack, Region, convert
from maxrf_core.datastack.missing_pixels import missing_pixels_of
from tests.maxrf_core.elements.made_scan import CALIBRATION, TUBE, made_counts

COUNTS = np.random.default_rng(2).poisson(9, (20, 30, 64)).astype(np.uint16)
COUNTS[12], COUNTS[:, 7] = 0, 0
MISSING = COUNTS.sum(axis=2) == 0


@pytest.fixture
def ds(tmp_path) -> DataStack:
    return DataStack(convert(ArrayScan(COUNTS), tmp_path / "scan.datastack"))


def test_maps_have_no_value_where_a_row_or_column_was_dead(ds):
    np.testing.assert_array_equal(ds.missing, MISSING)
    expected = np.where(MISSING, np.nan, COUNTS[:, :, 5:9].mean(axis=2))
    np.testing.assert_allclose(ds.band_map(5, 9), expected)
    np.testing.assert_allclose(ds.band_maps([(5, 9), (0, 64)])[0], expected)
    np.testing.assert_array_equal(np.isnan(ds.band_map(5, 9, sigma=2)), MISSING)
    weights = np.ones(64)
    np.testing.assert_array_equal(np.isnan(ds.weighted_map(weights)), MISSING)
    np.testing.assert_array_equal(np.isnan(ds.weighted_maps([weights])[0]), MISSING)


def test_means_of_regions_leave_them_out_and_sums_are_exact(ds):
    found = ds.region_spectrum(Region.rectangle(5, 10, 9, 14))
    part, there = COUNTS[10:15, 5:10], ~MISSING[10:15, 5:10]
    assert found.pixels == 25
    np.testing.assert_array_equal(found.sum, part.sum(axis=(0, 1)))
    np.testing.assert_allclose(found.mean, part[there].mean(axis=0))
    np.testing.assert_array_equal(found.missing, np.full(64, 9))
    mask = np.zeros((20, 30), bool)
    mask[3, 6:9] = mask[4, 8] = True
    np.testing.assert_allclose(ds.region_spectrum(mask).mean, COUNTS[mask & ~MISSING].mean(axis=0))
    assert np.isnan(ds.region_spectrum(Region.rectangle(0, 12, 3, 12)).mean).all()
    np.testing.assert_array_equal(ds.sum_and_max()[0], COUNTS.sum(axis=(0, 1)))


def test_element_maps_have_no_value_there_either(tmp_path):
    counts = made_counts().copy()
    counts[9] = 0
    ds = DataStack(convert(ArrayScan(counts), tmp_path / "made.datastack", calibration=CALIBRATION))
    ds.set_tube({"tube_kV": TUBE.kv, "tube_anode": TUBE.anode})
    maps = ds.element_maps(["Fe"])
    lines = np.zeros(counts.shape[:2], bool)
    lines[9] = True
    for each in (maps.net[0], maps.sigma[0]):
        np.testing.assert_array_equal(np.isnan(each), lines)


def test_an_array_of_this_name_that_is_no_mask_is_ignored(ds):
    assert missing_pixels_of(ds) is not None
    for other in (np.zeros((20, 30), np.uint8), np.ones((5, 5), np.uint8), np.full((20, 30), 0.5)):
        ds.append({"missing": other})
        again = DataStack(ds.path)
        assert again.missing is None
        assert np.isfinite(again.band_map(5, 9)).all()
