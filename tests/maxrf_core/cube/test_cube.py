"""Reading of the cube: equal counts for all layouts of the file and all ways of reading."""

from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import gaussian_filter1d

from maxrf_core.conversion.convert import convert
from maxrf_core.cube.cube import Cube
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.regions import Region
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.cube.small_cubes import LAYOUTS, assert_same, counts_of, write


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_maps_and_spectra_equal_numpy_for_any_shape_dtype_and_layout(layout, tmp_path, data):
    shape = data.draw(st.tuples(st.integers(1, 11), st.integers(1, 12), st.integers(1, 15)))
    dtype = data.draw(st.sampled_from([np.uint8, np.uint16, np.uint32, np.int16, np.float32, ">u2"]))
    counts = data.draw(hnp.arrays(dtype, shape, elements={"min_value": 0, "max_value": 250}))
    lo = data.draw(st.integers(0, shape[2] - 1))
    hi = data.draw(st.integers(lo + 1, shape[2]))
    xs, ys = st.integers(0, shape[1] - 1), st.integers(0, shape[0] - 1)
    corners = data.draw(st.tuples(xs, ys, xs, ys))
    cube = write(tmp_path / "cube.h5", counts, **LAYOUTS[layout])
    assert_same(cube, counts, lo, hi, corners)
    assert_same(Cube(zarr.array(counts, chunks=(3, 5, 4))), counts, lo, hi, corners)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_all_questions_are_answered_as_numpy_does_from_the_raw_counts(layout, tmp_path, data):
    shape = data.draw(st.tuples(st.integers(1, 11), st.integers(1, 12), st.integers(1, 15)))
    dtype = np.dtype(data.draw(st.sampled_from(["u1", "<u2", ">u2", "<u4", ">u4"])))
    top = np.iinfo(dtype).max
    numbers = st.one_of(st.integers(0, 3), st.sampled_from([top, top - 1, min(256, top), min(65536, top)]))
    counts = data.draw(hnp.arrays(dtype, shape, elements=numbers))
    wide = counts.astype(np.int64)
    for cube in (
        write(tmp_path / "cube.h5", counts, **LAYOUTS[layout]),
        Cube(zarr.array(counts, chunks=(3, 5, 4))),
    ):
        ends = st.lists(st.integers(0, shape[2]), min_size=2, max_size=2, unique=True)
        bands = [sorted(pair) for pair in data.draw(st.lists(ends, min_size=1, max_size=4))]
        expected = [wide[:, :, lo:hi].sum(axis=2) / (hi - lo) for lo, hi in bands]
        np.testing.assert_array_equal(cube.band_maps(bands), expected)

        mask = data.draw(hnp.arrays(bool, shape[:2]))
        mask[data.draw(st.integers(0, shape[0] - 1)), data.draw(st.integers(0, shape[1] - 1))] = True
        found = cube.region_spectrum(mask)
        assert found.pixels == mask.sum()
        np.testing.assert_array_equal(found.sum, wide[mask].sum(axis=0))
        np.testing.assert_array_equal(found.mean, wide[mask].sum(axis=0) / mask.sum())
        np.testing.assert_array_equal(found.max, counts[mask].max(axis=0))

        total, highest = cube.sum_and_max()
        np.testing.assert_array_equal(total, wide.sum(axis=(0, 1)))
        np.testing.assert_array_equal(highest, counts.max(axis=(0, 1)))

        xs, ys = st.integers(0, shape[1] - 1), st.integers(0, shape[0] - 1)
        points = np.array(data.draw(st.lists(st.tuples(xs, ys), max_size=6)), int).reshape(-1, 2)
        np.testing.assert_array_equal(cube.spectra(points), counts[points[:, 1], points[:, 0]])

        weights = data.draw(hnp.arrays(float, shape[2], elements=st.floats(-3, 3, allow_subnormal=False)))
        scale = np.abs(weights) @ wide.max(axis=(0, 1)) + 1e-300
        np.testing.assert_allclose(cube.weighted_map(weights) / scale, wide @ weights / scale, atol=1e-12)


@pytest.mark.parametrize("channels", [1, 5, 40, 300])
@pytest.mark.parametrize("sigma", [0.5, 7])
def test_the_band_of_smoothed_spectra_is_that_of_scipy_without_smoothing_them(tmp_path, channels, sigma):
    counts = counts_of((5, 4, channels))
    cube = write(tmp_path / "cube.h5", counts, chunks=(4, 4, 16), compression="gzip", shuffle=True)
    smooth = gaussian_filter1d(counts.astype(float), sigma, axis=2)
    for lo, hi in ((0, 1), (channels - 1, channels), (channels // 3, channels // 3 + max(1, channels // 2))):
        found = cube.band_map(lo, hi, sigma=sigma)
        np.testing.assert_allclose(found, smooth[:, :, lo:hi].mean(axis=2), rtol=1e-10)


def test_a_polygon_gives_the_mean_of_the_pixels_inside(tmp_path):
    counts = counts_of((9, 8, 7))
    cube = write(tmp_path / "cube.h5", counts, compression="gzip", shuffle=True)
    found = cube.region_spectrum([(0.5, 0.5), (6.5, 0.5), (6.5, 4.5), (0.5, 4.5)])
    np.testing.assert_allclose(found.mean, counts[1:5, 1:7].mean(axis=(0, 1)))
    assert found.pixels == 24


def test_files_with_high_counts_packed_by_the_project_are_exact(tmp_path):
    counts = np.random.default_rng(3).choice(np.array([0, 1, 255, 256, 65535], np.uint16), (70, 66, 70))
    path = convert(ArrayScan(counts), tmp_path / "scan.datastack")
    cube = Hdf5Cube(path)
    np.testing.assert_array_equal(cube.band_map(3, 67), counts[:, :, 3:67].sum(axis=2, dtype=np.int64) / 64)
    np.testing.assert_array_equal(cube.sum_and_max()[0], counts.sum(axis=(0, 1), dtype=np.int64))
    with h5py.File(path) as file:  # the filters are HDF5's own
        np.testing.assert_array_equal(file["maxrf_cube"][:], counts)


@pytest.mark.parametrize("weights", [np.ones(6), np.ones((7, 1)), np.full(7, np.nan)])
def test_weights_that_do_not_fit_the_channels_are_refused(tmp_path, weights):
    with pytest.raises(DatastackError, match="each of the 7 channels"):
        write(tmp_path / "cube.h5", counts_of((4, 5, 7))).weighted_map(weights)


def test_stopping_a_long_question_begins_no_more_work(tmp_path, monkeypatch):
    cube = write(tmp_path / "cube.h5", counts_of((200, 200, 8)), chunks=(2, 2, 8), compression="gzip")
    read = []
    monkeypatch.setattr(
        cube, "_reading", lambda numbers, work: read.extend(numbers) or Cube._reading(cube, numbers, work)
    )
    monkeypatch.setattr(cube, "_source", counts_of((200, 200, 8)), raising=False)

    def stop(fraction, doing):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cube.sum_and_max(stop)
    assert 0 < len(read) < 10_000 / 4


def test_sums_beyond_32_bits_lose_no_count(tmp_path):
    counts = np.full((2, 2, 6), 2**32 - 1, np.uint32)
    cube = write(tmp_path / "cube.h5", counts, compression="gzip")
    assert cube.band_map(0, 6).tolist() == [[2**32 - 1] * 2] * 2
    total, highest = cube.sum_and_max()
    assert total.tolist() == [4 * (2**32 - 1)] * 6
    assert highest.tolist() == [2**32 - 1] * 6


@pytest.mark.parametrize("dtype", [np.uint64, ">u8", np.int64])
@pytest.mark.parametrize("layout", ["as we write it", "not packed"])
def test_sums_beyond_64_bits_do_not_wrap(tmp_path, dtype, layout):
    high = int(np.iinfo(dtype).max) // 2 + 1
    counts = np.full((3, 2, 6), high, dtype)
    counts[0, 0] = 1
    cube = write(tmp_path / "cube.h5", counts, **LAYOUTS[layout])
    np.testing.assert_allclose(cube.band_map(0, 6), [[1, high], [high, high], [high, high]])
    total, highest = cube.sum_and_max()
    np.testing.assert_allclose(total, np.full(6, 5.0 * high))
    assert highest.tolist() == [high] * 6
    np.testing.assert_allclose(cube.region_spectrum(np.ones((3, 2))).mean, np.full(6, 5 / 6 * high))


def test_many_threads_read_at_once(tmp_path):
    counts = counts_of((20, 20, 30))
    cube = write(tmp_path / "cube.h5", counts, compression="gzip", shuffle=True)
    with ThreadPoolExecutor(8) as pool:
        maps = list(pool.map(lambda channel: cube.band_map(channel, channel + 2), range(28)))
    for channel, image in enumerate(maps):
        np.testing.assert_array_equal(image, counts[:, :, channel : channel + 2].mean(axis=2))


@pytest.mark.parametrize("corners", [(-1, 0, 2, 2), (0, 0, 5, 2), (0, 0, 2, 4), (0, -3, 0, 0), (9, 9, 9, 9)])
def test_pixels_outside_the_scan_are_refused(tmp_path, corners):
    cube = write(tmp_path / "cube.h5", counts_of((4, 5, 6)))
    with pytest.raises(DatastackError, match=r"last pixel is \(4, 3\)"):
        cube.region_spectrum(Region.rectangle(*corners))
    with pytest.raises(DatastackError, match="not all inside"):
        cube.spectrum(5, 0)


@pytest.mark.parametrize("pixel", [(1.7, 0), (0, 0.5), (float("nan"), 1), (1e300, 0), ("a", 1)])
def test_a_pixel_that_is_none_is_refused_in_words(tmp_path, pixel):
    cube = write(tmp_path / "cube.h5", counts_of((4, 5, 6)))
    with pytest.raises(DatastackError, match="A pixel"):
        cube.spectrum(*pixel)
    with pytest.raises(DatastackError, match="A pixel"):
        Region.rectangle(0, 0, *pixel)


def test_whole_numbers_of_any_type_are_pixels(tmp_path):
    counts = counts_of((4, 5, 6))
    cube = write(tmp_path / "cube.h5", counts)
    np.testing.assert_array_equal(cube.spectrum(2.0, np.uint8(3)), counts[3, 2])
    np.testing.assert_array_equal(cube.spectra(np.array([[2.0, 3.0], [4, 0]])), counts[[3, 0], [2, 4]])
    np.testing.assert_array_equal(cube.spectra([]), np.empty((0, 6)))
    with pytest.raises(DatastackError, match="pair of numbers"):
        cube.spectra([(1, 2, 3)])


@pytest.mark.parametrize("dtype", [bool, np.uint8, int, float])
def test_a_mask_of_0_and_1_is_one_of_false_and_true(tmp_path, dtype):
    counts = counts_of((9, 8, 7))
    cube = write(tmp_path / "cube.h5", counts, compression="gzip", shuffle=True)
    mask = np.random.default_rng(1).integers(0, 2, (9, 8)).astype(bool)
    found = cube.region_spectrum(mask.astype(dtype))
    np.testing.assert_array_equal(found.sum, counts[mask].sum(axis=0))
    assert found.pixels == mask.sum()


@pytest.mark.parametrize("band", [(3, 3), (-1, 3), (4, 8), (5, 2)])
def test_a_band_outside_the_spectrum_is_refused(tmp_path, band):
    cube = write(tmp_path / "cube.h5", counts_of((4, 5, 7)))
    with pytest.raises(DatastackError, match="spectra of 7 channels"):
        cube.band_map(*band)
    with pytest.raises(DatastackError, match="spectra of 7 channels"):
        cube.band_map(*band, sigma=2)


def test_progress_goes_up_to_all_and_what_it_raises_stops_the_work(tmp_path):
    cube = write(tmp_path / "cube.h5", counts_of((20, 20, 6)))
    seen: list[float] = []

    def note(fraction, doing):
        assert doing == "reading the band"
        seen.append(fraction)

    cube.band_map(0, 6, progress=note)
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert seen[-1] == 1.0

    def stop(fraction, doing):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cube.band_map(0, 6, progress=stop)
