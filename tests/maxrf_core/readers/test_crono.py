"""The layout of a Crono scanner: spectra in a row, an index that says where each lies."""

import shutil

import h5py
import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers import crono, format_of, open_scan
from maxrf_core.untrusted.check import check_untrusted

FILE = "data/faults/crono_layout_20x30x4096.hdf5"
WHOLE = (slice(None), slice(None))


def test_each_pixel_has_the_spectrum_that_its_index_names(shared, monkeypatch):
    path = shared(FILE)
    assert format_of(path).name == "Crono"
    check_untrusted(path)
    scan = open_scan(path)
    with h5py.File(path) as file:
        expected = file["XRF/Spectra"][()][file["XRF/SpectraSelectedIndex"][:, :, 0]]
        energies = file["XRF/EnergyVector"][()]
    np.testing.assert_array_equal(scan.read(*WHOLE), expected)
    part = (slice(1, 18, 3), slice(2, 29, 5), slice(7, 4000, 11))
    monkeypatch.setattr(crono, "PIECE", 100_000)  # several pieces
    np.testing.assert_array_equal(scan.read(*part), expected[part])
    np.testing.assert_allclose(scan.energies, energies, rtol=1e-6)


def test_live_times_and_steps_are_taken_and_spectra_left_out_are_told(shared):
    scan = open_scan(shared(FILE))
    assert scan.maps["live_time_s"] == pytest.approx(0.0594)
    assert scan.about["pixel_size_mm"] == pytest.approx([0.6, 0.5], abs=0.01)
    assert scan.about["origin_mm"] == pytest.approx([132.248, 111.816], abs=0.05)  # motors in micrometres
    assert "120 of its 720 spectra belong to no pixel" in str(scan.notes[0])


@pytest.fixture
def changed(shared, tmp_path):
    """Return a copy of the file that may be written to."""
    path = tmp_path / "scan.hdf5"
    shutil.copyfile(shared(FILE), path)
    path.chmod(0o644)
    return path


def test_a_pixel_without_a_spectrum_holds_no_counts(changed):
    with h5py.File(changed, "r+") as file:
        file["XRF/SpectraSelectedIndex"][3, 4, 0] = -1
    scan = open_scan(changed)
    block = scan.read(slice(2, 5), slice(3, 6))
    assert not block[1, 1].any()
    assert block[0, 0].any()
    assert np.isnan(scan.maps["live_time_s"][3, 4])
    assert "1 pixels have no spectrum" in str(scan.notes[0])


def test_without_rising_places_no_origin_is_told(changed):
    with h5py.File(changed, "r+") as file:
        places = file["XRF/MotorsPositions"]
        places[:, 0] = -places[:, 0]
    about = open_scan(changed).about
    assert about["pixel_size_mm"] == pytest.approx([0.6, 0.5], abs=0.01)
    assert "origin_mm" not in about


def test_an_index_beyond_the_spectra_is_refused(changed):
    with h5py.File(changed, "r+") as file:
        file["XRF/SpectraSelectedIndex"][3, 4, 0] = 5000
    with pytest.raises(ScanError, match="it names 5,001 spectra and holds 720"):
        open_scan(changed)
