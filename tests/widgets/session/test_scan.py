"""The open scan returns what is stored now, and makes do with what is missing."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, Region
from maxrf_core.conversion.convert import convert
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from server.binned_caches import binned_caches
from widgets.session.choice import Choice
from widgets.session.scan import chosen_band, open_scan_of, pixel_length

SHAPE = (12, 14, 400)


@pytest.fixture
def ds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataStack:
    """Return a small scan in the data folder, with a peak of iron."""
    monkeypatch.setenv("MAXRF_DATA", str(tmp_path))
    counts = np.random.default_rng(0).poisson(2, SHAPE)
    counts[:, :, 315:326] += 60
    path = convert(
        ArrayScan(counts.astype(np.uint16)), tmp_path / "s.datastack", calibration=Calibration(0.02, 0)
    )
    return DataStack(path)


def test_what_is_appended_is_seen_at_once(ds: DataStack):
    before = open_scan_of("s.datastack")
    assert not before.has("note")
    ds.append({"note": np.array([1])})
    ds.append({"note": np.array([2])})
    assert open_scan_of("s.datastack").array("note").tolist() == [2]


def test_spectra_are_those_of_the_file_and_cannot_be_changed(ds: DataStack):
    scan = open_scan_of("s.datastack")
    np.testing.assert_array_equal(scan.pixel(3, 4), ds.read("maxrf_cube")[4, 3])
    mean = ds.region_spectrum(Region.rectangle(1, 2, 5, 6)).mean
    np.testing.assert_allclose(scan.region(1, 2, 5, 6), mean)
    with pytest.raises(ValueError, match="read-only"):
        scan.pixel(3, 4)[0] = 7


def test_a_spectrum_of_another_number_of_channels_is_passed_over(ds: DataStack):
    ds.append({"maxrf_maxspectrum": np.ones(7)})
    scan = open_scan_of("s.datastack")
    assert scan.spectrum("maxrf_maxspectrum") is None
    np.testing.assert_array_equal(scan.overall_spectrum(), scan.spectrum("maxrf_sumspectrum"))
    ds.append({"maxrf_sumspectrum": np.array(["none"])})
    assert not open_scan_of("s.datastack").overall_spectrum().any()


def test_energies_that_do_not_fit_are_told_and_channels_are_counted(ds: DataStack):
    ds.append({"maxrf_energies": np.arange(5.0)})
    scan = open_scan_of("s.datastack")
    assert "calibrate it again" in str(scan.trouble)
    assert scan.axis.unit == "channel"
    assert len(scan.axis) == SHAPE[2]


def test_the_first_band_is_that_of_the_strongest_line(ds: DataStack):
    scan = open_scan_of("s.datastack")
    lo, hi = chosen_band(scan, Choice())
    assert lo < 6.4 < hi
    np.testing.assert_allclose(scan.band_map(lo, hi).values, ds.band_map(lo, hi), rtol=1e-6)


@pytest.mark.parametrize("band", [(100.0, 101.0), (6.4001, 6.4002)])
def test_a_band_without_channels_of_this_scan_is_replaced_by_the_first(
    ds: DataStack, band: tuple[float, float]
):
    scan = open_scan_of("s.datastack")
    assert chosen_band(scan, Choice(lo=band[0], hi=band[1])) == chosen_band(scan, Choice())
    assert chosen_band(scan, Choice(lo=1.0, hi=2.0)) == (1.0, 2.0)


def test_the_tube_is_that_of_the_file_else_the_visitors(ds: DataStack):
    scan = open_scan_of("s.datastack")
    assert scan.tube(Choice(anode="Mo", kv=40.0)).anode == "Mo"
    ds.set_tube({"tube_anode": "W", "tube_kV": 30.0})
    tube = open_scan_of("s.datastack").tube(Choice(anode="Mo", kv=40.0))
    assert (tube.anode, tube.kv) == ("W", 30.0)


def test_the_size_of_a_pixel_is_the_visitors_else_the_longer_side_in_the_file(ds: DataStack):
    now = Choice(stack=ds.path.name)
    assert pixel_length(now) is None
    ds.set_pixel_size(0.5, 0.4)
    assert pixel_length(now) == 0.5
    now.pixel_size = 0.3
    assert pixel_length(now) == 0.3


def test_coarse_maps_of_an_older_file_are_there_some_time_after_it_was_opened(
    ds: DataStack, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("widgets.session.scan.COARSE_PIXELS", 1)
    own = ds.binned_map(6.3, 6.5)
    with h5py.File(ds.path, "r+") as file:
        del file["maxrf_cube_binned"]
    scan = open_scan_of("s.datastack")
    binned_caches.begin(ds.path).result(300)  # opening it has begun this
    assert scan.has_coarse_maps
    coarse = scan.coarse_band_map(6.3, 6.5)
    assert coarse is not None
    np.testing.assert_allclose(coarse.values[::4, ::4], own, rtol=1e-6)


def test_a_scan_that_is_gone_is_told(ds: DataStack):
    ds.path.unlink()
    with pytest.raises(DatastackError, match=r"There is no file s\.datastack"):
        open_scan_of("s.datastack")
