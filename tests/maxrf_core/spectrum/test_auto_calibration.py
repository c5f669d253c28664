"""Automatic calibration of genuine spectra: right where it is sure, else it says so."""

import numpy as np
import pytest

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import CalibrationError
from maxrf_core.names import SUM_SPECTRUM
from maxrf_core.spectrum.auto_calibration import auto_calibrate
from tests.maxrf_core.spectrum.genuine_spectra import NIST

# Gain and offset of other instruments, by their own pure elements
OTHERS = {
    "xgt_stds": (0.0100105, -0.407),
    "pdz_pdz25_example_p1": (0.02, 0.0),  # its zero peak lies at 0.39 keV
    "gse_axo_d0": (0.0147532, 0.00188),
}


def deviation(calibration, gain, offset, low=2.0, high=20.0):
    """Return the largest error in eV between two energies."""
    channels = (np.array([low, high]) - offset) / gain
    return 1000 * np.abs(calibration.offset + calibration.gain * channels - (low, high)).max()


@pytest.mark.parametrize("name", ["Fe", "Ni", "Steel"])
def test_spectra_with_a_zero_peak_are_found_within_10_ev(nist, name):
    found = auto_calibrate(nist[name].counts, kV=50, anode="Rh")
    assert deviation(found.calibration, NIST.gain, NIST.offset) < 10
    assert found.runner_up is not None
    assert found.residuals["Zero peak"] == pytest.approx(0, abs=6)


def test_a_rescaled_axis_is_found_as_well(nist):
    """Two channels of the spectrum as one: the gain is in no table of instruments."""
    counts = nist["Steel"].counts
    found = auto_calibrate(counts[: len(counts) // 2 * 2].reshape(-1, 2).sum(axis=1))
    assert deviation(found.calibration, 2 * NIST.gain, NIST.offset + NIST.gain / 2) < 12


def test_sulphur_is_decided_by_the_tubes_own_lines(nist):
    """One line of the sample, scatter without a sharp peak, and a tube that nobody named."""
    found = auto_calibrate(nist["S"].counts)
    assert found.sure, found.sentence
    assert deviation(found.calibration, NIST.gain, NIST.offset) < 10
    assert {"Zero peak", "Rh Ka", "Rh Kb", "S Ka"} <= set(found.residuals)


def test_the_demo_is_found_without_its_tube(made_demo):
    ds = DataStack(made_demo / "demo.datastack")
    height, width, _channels = ds.shape
    found = auto_calibrate(ds.read(SUM_SPECTRUM) * height * width)
    first, second = ds.axis.values[:2]
    assert deviation(found.calibration, second - first, first) < 10


def test_few_counts_in_narrow_channels_have_a_proposal(shared):
    """Channels of 2.9 eV hold few counts each: their noise is no peak, and hides none."""
    with np.load(shared("data/spectra/inf.npz")) as file:
        found = auto_calibrate(file["inf_1104_Cu"])
    assert found.calibration is not None
    assert found.runner_up is not None
    assert not found.sure  # copper alone decides nothing


@pytest.mark.parametrize("name", OTHERS)
def test_other_instruments_are_found(shared, name):
    with np.load(shared(f"data/spectra/{name.split('_')[0]}.npz")) as file:
        found = auto_calibrate(file[name])
    assert deviation(found.calibration, *OTHERS[name]) < 40


def test_a_pure_element_asks_for_one_line_and_is_found_with_it(shared):
    """Two peaks fit many elements."""
    with np.load(shared("data/spectra/px5.npz")) as file:
        counts = file["px5_pb_run1"]
    alone = auto_calibrate(counts)
    assert not alone.sure
    assert "which line one of the peaks is" in alone.sentence
    gain, offset = 0.01255079, -0.034897
    told = auto_calibrate(counts, given=[((10.541 - offset) / gain, "Pb La")])
    assert deviation(told.calibration, gain, offset, 9.0, 13.0) < 60


def test_two_lines_beside_the_zero_peak_are_not_sure(nist):
    """Chromium as Cs La, with the tube's La elsewhere, fits nearly as well as the truth."""
    counts = nist["Cr"].counts
    found = auto_calibrate(counts, kV=50, anode="Rh")
    assert not found.sure or deviation(found.calibration, NIST.gain, NIST.offset) < 10


def test_noise_has_no_energies():
    noise = np.random.default_rng(3).poisson(5, 2048)
    assert not auto_calibrate(noise).sure


def test_an_unknown_line_is_refused():
    with pytest.raises(CalibrationError, match="no element line"):
        auto_calibrate(np.ones(256), given=[(100, "Xx Ka")])
