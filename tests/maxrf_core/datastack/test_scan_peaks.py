"""Peaks of a scan are those of its lines, also of small spots, and not of noise."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from maxrf_core import DataStack, append, convert
from maxrf_core.datastack.scan_peaks import scan_peaks, smoothing_of
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from tests.maxrf_core.datastack.small_datastacks import make

CHANNELS = np.arange(600)


def line(channel: int, height: float) -> np.ndarray:
    return height * np.exp(-((CHANNELS - channel) ** 2) / (2 * 6**2))


@pytest.fixture
def spotted(tmp_path) -> DataStack:
    """A scan with a line everywhere, a strong one in a single spot, and a weak one in all pixels."""
    mean = np.broadcast_to(1 + line(200, 60) + line(480, 1.5), (12, 10, 600)).copy()
    mean[3, 4] += line(330, 500)
    counts = np.random.default_rng(0).poisson(mean).astype(np.uint16)
    path = convert(ArrayScan(counts), tmp_path / "scan.datastack", calibration=Calibration(0.02, 0.0))
    return DataStack(path)


def near(peaks: np.ndarray, channel: int) -> bool:
    return bool((np.abs(peaks - channel) <= 3).any())


def test_the_lines_of_all_pixels_and_of_a_small_spot_are_found_once_each(spotted):
    peaks = scan_peaks(spotted, spotted.axis)
    assert near(peaks, 200)
    assert near(peaks, 330)  # seen in the max spectrum only
    assert near(peaks, 480)  # seen in the mean only
    assert np.diff(np.sort(peaks)).min() > 1


def test_noise_has_no_peaks(tmp_path):
    counts = np.random.default_rng(1).poisson(3, (12, 10, 600)).astype(np.uint16)
    ds = DataStack(
        convert(ArrayScan(counts), tmp_path / "noise.datastack", calibration=Calibration(0.02, 0.0))
    )
    assert scan_peaks(ds, ds.axis).tolist() == []


def test_spectra_that_do_not_fit_the_scan_have_no_peaks(spotted):
    before = scan_peaks(spotted, spotted.axis)
    append(np.ones(7), "maxrf_maxspectrum", spotted.path)
    append(np.array(["a"]), "maxrf_sumspectrum", spotted.path)
    assert len(before) > 0
    assert scan_peaks(spotted, spotted.axis).tolist() == []


def test_a_spectrum_is_as_smooth_as_the_file_says_and_else_as_maxrf4u_makes_it(tmp_path, spotted):
    assert smoothing_of(spotted, "maxrf_maxspectrum") == 7
    assert smoothing_of(spotted, "maxrf_sumspectrum") == 0
    append(np.ones(600), "maxrf_sumspectrum", spotted.path, {"smoothing_sigma": 2.5})
    assert smoothing_of(spotted, "maxrf_sumspectrum") == 2.5
    append(np.ones(600), "maxrf_maxspectrum", spotted.path)
    assert smoothing_of(spotted, "maxrf_maxspectrum") == 7
    theirs = DataStack(make("zarr2", tmp_path / "theirs.datastack"))
    append(np.ones(90), "maxrf_sumspectrum", theirs.path)
    assert smoothing_of(theirs, "maxrf_sumspectrum") == 7


def test_a_smoothed_mean_is_judged_by_the_counts_of_all_pixels(spotted):
    smooth = gaussian_filter1d(np.asarray(spotted.read("maxrf_sumspectrum")), 7)
    append(smooth, "maxrf_sumspectrum", spotted.path, {"smoothing_sigma": 7.0})
    assert near(scan_peaks(spotted, spotted.axis), 480)
