"""Curves say what they are, and spectra that are missing or smoothed are told."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from maxrf_core import DataStack
from maxrf_core.conversion.convert import convert
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from widgets.charts.colours import own_colour
from widgets.charts.curves import maximum_curve, mean_curve, own_curves, pixel_curve
from widgets.session.choice import Choice
from widgets.session.scan import Scan, open_scan_of

COUNTS = np.random.default_rng(0).poisson(2, (12, 14, 900)).astype(np.uint16)
COUNTS[:, :, 315:326] += 60  # iron, at 6.4 keV


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    """Return a small scan with a peak of iron."""
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    convert(ArrayScan(COUNTS), tmp_path / "s.datastack", calibration=Calibration(0.02, 0))
    return open_scan_of("s.datastack")


def test_the_maximum_and_the_mean_are_those_of_the_file(scan: Scan):
    ds = DataStack(scan.ds.path)
    assert maximum_curve(scan).name == "Maximum of all pixels, smoothed"
    np.testing.assert_array_equal(maximum_curve(scan).values, ds.read("maxrf_maxspectrum"))
    assert mean_curve(scan).name == "Mean of all pixels"
    np.testing.assert_allclose(mean_curve(scan).values, COUNTS.mean((0, 1)), rtol=1e-6)


def test_chosen_pixels_and_rectangles_are_numbered_as_on_the_map(scan: Scan):
    now = Choice(pixels=[(3, 4), (13, 11)], regions=[(1, 2, 5, 6)])
    first, second, mean = own_curves(scan, now, smooth=False)
    assert [each.name for each in (first, second, mean)] == [
        "1: Pixel 3, 4", "2: Pixel 13, 11", "3: Mean of 1, 2 to 5, 6"
    ]  # fmt: skip
    np.testing.assert_array_equal(second.values, COUNTS[11, 13])
    np.testing.assert_allclose(mean.values, COUNTS[2:7, 1:6].mean((0, 1)), rtol=1e-6)
    assert [each.colour for each in (first, second, mean)] == [own_colour(number) for number in (1, 2, 3)]


def test_a_smoothed_pixel_says_so_and_a_mean_is_never_smoothed(scan: Scan):
    pixel, mean = own_curves(scan, Choice(pixels=[(3, 4)], regions=[(1, 2, 5, 6)]), smooth=True)
    assert pixel.name == "1: Pixel 3, 4, smoothed"
    np.testing.assert_allclose(pixel.values, gaussian_filter1d(COUNTS[4, 3].astype(float), 7), atol=1e-5)
    np.testing.assert_allclose(pixel_curve(scan, 3, 4).values, pixel.values)
    assert mean.name == "2: Mean of 1, 2 to 5, 6"
