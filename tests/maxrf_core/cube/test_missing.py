"""Missing values (NaN or infinite): left out of sums, means and maxima, reported, never interpolated."""

import warnings

import h5py
import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import gaussian_filter1d

from maxrf_core.conversion.convert import convert
from maxrf_core.conversion.preview import preview
from maxrf_core.cube.cube import Cube
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.max_spectrum import smoothed
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.imaging.display import shrink
from maxrf_core.imaging.write import encode
from maxrf_core.readers import ArrayScan

VALUES = st.sampled_from([0.0, 0.25, 3.0, 17.5, 240.0, np.nan, np.nan, np.inf, -np.inf])


def without(counts, reduce, **how):
    """Reduce with numpy's own functions for missing values; NaN where all are missing."""
    known = np.where(np.isfinite(counts), counts.astype(float), np.nan)
    found = np.isfinite(known).any(axis=how["axis"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of slices that hold nothing but NaN
        return np.where(found, reduce(known, **how), np.nan)


@pytest.mark.parametrize("kind", ["shuffled", "not packed", "zarr"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_maps_and_spectra_leave_missing_values_out(kind, tmp_path, data):
    shape = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 6), st.integers(1, 15)))
    counts = data.draw(hnp.arrays(data.draw(st.sampled_from(["<f4", ">f4", "<f8"])), shape, elements=VALUES))
    if kind == "zarr":
        cube = Cube(zarr.array(counts, chunks=(3, 5, 4)))
    else:
        packing = {"compression": "gzip", "shuffle": True} if kind == "shuffled" else {}
        with h5py.File(tmp_path / "cube.h5", "w") as file:
            file.create_dataset(
                "maxrf_cube", data=counts, chunks=tuple(map(min, shape, (4, 5, 6))), **packing
            )
        cube = Hdf5Cube(tmp_path / "cube.h5")

    lo = data.draw(st.integers(0, shape[2] - 1))
    hi = data.draw(st.integers(lo + 1, shape[2]))
    np.testing.assert_allclose(cube.band_map(lo, hi), without(counts[:, :, lo:hi], np.nanmean, axis=2))

    weights = data.draw(hnp.arrays(float, shape[2], elements=st.sampled_from([0.0, 1.0, -0.5, 2.0])))
    expected = without(np.where(weights, counts, np.nan) * weights, np.nansum, axis=2)
    expected = expected if weights.any() else np.zeros(shape[:2])
    np.testing.assert_allclose(cube.weighted_map(weights), expected, atol=1e-12)

    whole = cube.region_spectrum(Region.rectangle(0, 0, shape[1] - 1, shape[0] - 1))
    np.testing.assert_allclose(whole.sum, without(counts, np.nansum, axis=(0, 1)))
    np.testing.assert_allclose(whole.mean, without(counts, np.nanmean, axis=(0, 1)))
    np.testing.assert_array_equal(whole.max, without(counts, np.nanmax, axis=(0, 1)))
    np.testing.assert_array_equal(whole.missing, (~np.isfinite(counts)).sum(axis=(0, 1)))
    known = np.where(np.isfinite(counts), counts, np.nan)
    np.testing.assert_array_equal(cube.spectrum(shape[1] - 1, 0), known[0, -1])


def test_a_band_of_smoothed_spectra_is_a_mean_of_the_values_that_are_there(tmp_path):
    counts = np.full((2, 2, 40), 5.0, np.float32)
    counts[0, 0, ::3] = np.nan
    counts[1, 1] = np.nan
    cube = Cube(zarr.array(counts, chunks=(2, 2, 16)))
    np.testing.assert_allclose(cube.band_map(10, 20, sigma=3), [[5, 5], [5, np.nan]])


def test_a_scan_of_whole_numbers_has_nothing_missing(tmp_path):
    whole = Cube(
        zarr.array(np.arange(24, dtype=np.uint16).reshape(2, 3, 4), chunks=(2, 2, 2))
    ).region_spectrum(Region.rectangle(0, 0, 2, 1))
    assert whole.missing.tolist() == [0] * 4
    assert whole.sum.dtype == np.int64


@pytest.mark.parametrize("memory", [0, 10**9])
def test_a_converted_scan_keeps_what_is_missing_leaves_it_out_and_counts_it(tmp_path, memory):
    chance = np.random.default_rng(2)
    counts = chance.poisson(40, (70, 66, 150)).astype(np.float64)
    counts[chance.random(counts.shape) < 0.02] = np.nan
    counts[3, 5] = np.nan
    counts[:, :, 90] = np.inf
    path = convert(ArrayScan(counts), tmp_path / "scan.datastack", memory=memory)
    known = np.where(np.isfinite(counts), counts, np.nan)
    ds = DataStack(path)
    np.testing.assert_array_equal(ds.cube().read(*[slice(None)] * 3), known.astype(np.float32))
    assert ds.attributes("maxrf_cube")["missing_values"] == np.isnan(known).sum()
    np.testing.assert_allclose(ds.read("maxrf_sumspectrum"), without(counts, np.nanmean, axis=(0, 1)))

    present = np.isfinite(known)
    weight = np.where(present, gaussian_filter1d(present * 1.0, 7), np.nan)
    smooth = gaussian_filter1d(np.where(present, known, 0), 7) / weight
    np.testing.assert_allclose(
        ds.read("maxrf_maxspectrum"), without(smooth, np.nanmax, axis=(0, 1)), rtol=1e-4
    )
    np.testing.assert_allclose(smoothed(counts[10, 11]), smooth[10, 11])
    assert np.isnan(ds.band_map(20, 30)[3, 5])
    assert np.isfinite(np.delete(ds.band_map(20, 30).ravel(), 3 * 66 + 5)).all()


def test_the_preview_of_a_scan_shows_what_is_missing(tmp_path):
    counts = np.random.default_rng(2).poisson(40, (20, 30, 150)).astype(np.float64)
    counts[3, 5] = np.nan
    shown = preview(ArrayScan(counts))
    assert np.argwhere(np.isnan(shown)).tolist() == [[3, 5]]


def test_a_picture_is_made_smaller_without_what_is_missing():
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    values[0, 0] = values[2:, :2] = np.nan
    np.testing.assert_allclose(shrink(values, 2), [[10 / 3, 4.5], [np.nan, 12.5]])


def test_what_is_missing_in_a_map_is_transparent_in_its_png():
    from cv2 import IMREAD_UNCHANGED, imdecode

    values = np.array([[0.0, np.nan], [5.0, 10.0]])
    pixels = imdecode(np.frombuffer(encode(values, "png"), np.uint8), IMREAD_UNCHANGED)
    assert pixels[:, :, 3].tolist() == [[255, 0], [255, 255]]
    assert len(np.unique(pixels[:, :, 0])) > 1
    grey = imdecode(np.frombuffer(encode(np.nan_to_num(values), "png"), np.uint8), IMREAD_UNCHANGED)
    assert grey.ndim == 2
