"""A scan's axis is in keV if energies that fit it are stored, in channels otherwise, and never fails."""

import h5py
import numpy as np
import pytest

from maxrf_core import append
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from tests.maxrf_core.datastack.small_datastacks import CALIBRATION, COUNTS, our_kind  # noqa: F401


@pytest.fixture
def uncalibrated(tmp_path):
    """A scan whose zero peak is at channel 24 and whose line is at channel 300."""
    channels = np.arange(512)
    spectrum = 4000 * np.exp(-((channels - 24) ** 2) / 8) + 900 * np.exp(-((channels - 300) ** 2) / 32)
    cube = np.random.default_rng(1).poisson(np.broadcast_to(spectrum, (3, 4, 512))).astype(np.uint16)
    return convert(ArrayScan(cube), tmp_path / "scan.datastack")


def test_photons_are_sought_after_the_zero_peak_where_no_energies_are_stored(uncalibrated):
    axis = DataStack(uncalibrated).axis
    assert axis.unit == "channel"
    assert 28 <= axis.first <= 40


@pytest.mark.parametrize(
    "stored", [None, np.zeros((2, 2)), np.array([b"lost"]), np.full(512, np.nan)], ids=repr
)
def test_a_scan_whose_sum_spectrum_is_unusable_still_has_an_axis(uncalibrated, stored):
    with h5py.File(uncalibrated, "r+") as file:
        del file["maxrf_sumspectrum"]
        if stored is not None:
            file["maxrf_sumspectrum"] = stored
    axis = DataStack(uncalibrated).axis
    assert (axis.unit, axis.first, len(axis.values)) == ("channel", 0, 512)


def test_energies_that_do_not_fit_the_cube_are_refused_in_words(uncalibrated):
    with h5py.File(uncalibrated, "r+") as file:
        file["maxrf_energies"] = np.arange(100.0)
    with pytest.raises(
        DatastackError, match="holds 100 values of type float64, but the scan has 512 channels"
    ):
        DataStack(uncalibrated).axis.channels(1, 2)


def test_a_scan_without_energies_has_channels_until_it_is_calibrated(tmp_path):
    path = convert(ArrayScan(COUNTS), tmp_path / "scan.datastack")
    ds = DataStack(path)
    assert ds.axis.unit == "channel"
    np.testing.assert_allclose(ds.band_map(14, 24), COUNTS[:, :, 14:24].mean(axis=2))
    assert ds.calibrate(CALIBRATION) == "maxrf_energies"
    assert (ds.axis.unit, ds.axis.values[0]) == ("keV", -0.3)
    assert ds.attributes("maxrf_energies") == {"gain": 0.1, "offset": -0.3, "source": "typed", "units": "keV"}
    assert ds.calibrate(Calibration(0.2, 0)) == "maxrf_energies_"
    assert ds.axis.values[1] == 0.2


def test_energies_that_do_not_fit_the_scan_are_refused(ours):
    append(np.arange(5.0), "maxrf_energies", ours)
    with pytest.raises(DatastackError, match=r"holds 5 values .* 90 channels"):
        _ = DataStack(ours).axis
