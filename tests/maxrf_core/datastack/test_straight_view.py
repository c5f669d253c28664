"""In the view with straight rows, maps, pixels and regions of a scan belong together; its counts stay."""

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.straight_view import ROW_DISPLACEMENT, region_in_scan
from maxrf_core.errors import DatastackError
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.readers import ArrayScan

COUNTS = np.random.default_rng(0).poisson(40, (10, 12, 64)).astype(np.uint16)


@pytest.fixture
def ds(tmp_path):
    return DataStack(convert(ArrayScan(COUNTS), tmp_path / "scan.datastack"))


@pytest.mark.parametrize("displacement", [0.75, -0.81, 0.3, 1.6])
def test_maps_are_straight_and_a_pixel_is_the_one_that_is_shown(ds, displacement):
    view = ds.straightened(displacement)
    np.testing.assert_allclose(view.band_map(10, 20), straighten(ds.band_map(10, 20), displacement))
    weights = np.zeros((2, 64))
    weights[0, 10:20], weights[1, 30] = 0.1, 1
    np.testing.assert_allclose(view.weighted_maps(weights)[0], view.band_map(10, 20), rtol=1e-5)
    np.testing.assert_allclose(view.weighted_map(weights[0]), view.band_map(10, 20), rtol=1e-6)
    np.testing.assert_allclose(view.band_maps([(10, 20)])[0], view.band_map(10, 20))
    shift = int(np.floor(displacement + 0.5))
    for x, y in [(5, 4), (5, 3)]:
        expected = COUNTS[y, x + shift * (y % 2)]
        np.testing.assert_array_equal(view.spectrum(x, y), expected)
        np.testing.assert_array_equal(view.spectra([(x, y)])[0], expected)
        np.testing.assert_array_equal(view.region_spectrum(Region.rectangle(x, y, x, y)).sum, expected)
    np.testing.assert_array_equal(view.cube().spectrum(5, 3), COUNTS[3, 5])


@pytest.mark.parametrize("displacement", [0.75, -1.6, 2.8])
@pytest.mark.parametrize("corners", [(2, 1, 6, 5), (0, 0, 11, 9), (9, 4, 11, 7), (3, 3, 3, 4)])
def test_a_region_sums_the_pixels_that_it_shows(ds, displacement, corners):
    view = ds.straightened(displacement)
    x0, y0, x1, y1 = corners
    spectra = view.spectra([(x, y) for y in range(y0, y1 + 1) for x in range(x0, x1 + 1)])
    found = view.region_spectrum(Region.rectangle(*corners))
    np.testing.assert_array_equal(found.sum, np.nansum(spectra, axis=0))
    assert found.pixels == np.isfinite(spectra[:, 0]).sum()
    mask = np.zeros((10, 12), bool)
    mask[y0 : y1 + 1, x0 : x1 + 1] = True
    np.testing.assert_array_equal(view.region_spectrum(mask).sum, found.sum)


def test_where_the_scan_has_no_pixel_there_is_no_spectrum(ds):
    view = ds.straightened(0.75)
    assert np.isnan(view.spectrum(11, 1)).all()
    assert np.isnan(view.band_map(10, 20)[1, 11])
    with pytest.raises(DatastackError, match="no pixel in this region"):
        region_in_scan(Region.rectangle(11, 1, 11, 1), (10, 12), 0.75)
    with pytest.raises(DatastackError, match="inside the scan"):
        view.spectrum(12, 1)


def test_the_displacement_is_kept_in_the_file_and_can_be_taken_back(ds):
    assert ds.row_displacement == 0
    ds.keep_row_displacement(-0.81)
    again = DataStack(ds.path)
    assert again.row_displacement == again.about[ROW_DISPLACEMENT] == -0.81
    np.testing.assert_allclose(again.band_map(10, 20), ds.straightened(-0.81).band_map(10, 20))
    np.testing.assert_array_equal(again.straightened(0).band_map(10, 20), COUNTS[:, :, 10:20].mean(axis=2))
    assert again.straightened(0).straightened(None).row_displacement == -0.81
    np.testing.assert_array_equal(again.read("maxrf_cube"), COUNTS)
    ds.keep_row_displacement(0)
    assert DataStack(ds.path).row_displacement == 0


@pytest.mark.parametrize("wrong", [4, -99, np.nan, np.inf])
def test_a_displacement_that_no_scanner_has_is_refused(ds, wrong):
    with pytest.raises(DatastackError, match="at most 3 pixels"):
        ds.keep_row_displacement(wrong)
    with pytest.raises(DatastackError, match="at most 3 pixels"):
        ds.straightened(wrong)
