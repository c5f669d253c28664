"""Pixels that were never measured have no value in maps, and change no mean."""

import h5py
import numpy as np
import pytest

from maxrf_core import ArrayScan, DataStack, Region, convert
from maxrf_core.datastack.missing_pixels import averaged_pixels, missing_pixels_of
from maxrf_core.datastack.stored_elements import scan_spectrum
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


def test_the_mean_spectrum_is_that_of_the_measured_pixels_and_says_of_how_many(ds):
    np.testing.assert_allclose(ds.read("maxrf_sumspectrum"), COUNTS[~MISSING].mean(axis=0))
    assert averaged_pixels(ds) == ds.attributes("maxrf_sumspectrum")["pixels"] == (~MISSING).sum()
    np.testing.assert_allclose(scan_spectrum(ds), COUNTS.sum(axis=(0, 1)))


def test_the_mean_spectrum_of_a_whole_scan_is_that_of_maxrf4u(tmp_path):
    whole = np.maximum(COUNTS, 1)
    ds = DataStack(convert(ArrayScan(whole), tmp_path / "whole.datastack"))
    np.testing.assert_array_equal(ds.read("maxrf_sumspectrum"), whole.mean(axis=(0, 1)))
    assert "pixels" not in ds.attributes("maxrf_sumspectrum")
    assert averaged_pixels(ds) == 600


def test_pixels_without_values_are_left_out_once(tmp_path):
    fractions = (COUNTS / 4).astype(np.float32)
    fractions[12] = np.nan
    fractions[3, 3] = np.nan
    ds = DataStack(convert(ArrayScan(fractions), tmp_path / "fractions.datastack"))
    there = np.nan_to_num(fractions[~MISSING & np.isfinite(fractions[:, :, 0])])
    np.testing.assert_allclose(ds.read("maxrf_sumspectrum"), there.mean(axis=0))


def test_without_a_mean_spectrum_the_measured_pixels_are_counted(ds, tmp_path):
    with h5py.File(ds.path, "r+") as file:
        del file["maxrf_sumspectrum"]
    assert averaged_pixels(DataStack(ds.path)) == (~MISSING).sum()


@pytest.mark.parametrize("told", [0, -3, 601, 2.5, "many"])
def test_a_number_that_cannot_be_is_not_believed(ds, told):
    with h5py.File(ds.path, "r+") as file:
        file["maxrf_sumspectrum"].attrs["pixels"] = told
    assert averaged_pixels(DataStack(ds.path)) == 600
