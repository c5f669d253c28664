"""A genuine file of XRF-Maps: the sum of its detectors or one of them, with live times."""

import h5py
import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.readers import choices_of, format_of, open_scan
from tests.maxrf_core.readers.hdf5_files import counts_of, write_hdf5

GENUINE = "data/real/aps_2ide/2xfm_0011_2xfm3__0.h5"


def test_the_detectors_of_a_genuine_file_are_summed_or_chosen(shared):
    path = shared(GENUINE)
    assert format_of(path).name == "XRF-Maps"
    choices = choices_of(path)
    assert [choice.words.split(":")[0] for choice in choices] == [
        "Sum of 4 detectors",
        *(f"MAPS_RAW/data_{letter}" for letter in "abcd"),
    ]
    with h5py.File(path) as file:
        parts = [file[f"MAPS_RAW/data_{letter}"][()].transpose(1, 2, 0) for letter in "abcd"]
        seconds = file["MAPS_RAW/livetime"][()]
    whole = (slice(None), slice(None))
    np.testing.assert_array_equal(open_scan(path).read(*whole), np.sum(parts, axis=0, dtype=int))
    third = open_scan(path, choice=choices[3].key)
    np.testing.assert_array_equal(third.read(*whole), parts[2])
    np.testing.assert_allclose(third.maps["live_time_s"], seconds[2], rtol=1e-6)
    np.testing.assert_allclose(open_scan(path).maps["live_time_s"], seconds.mean(axis=0), rtol=1e-6)


def test_live_times_are_turned_with_the_scan(shared, tmp_path):
    scan = open_scan(shared(GENUINE))
    made = DataStack(convert(scan, tmp_path / "aps.datastack", flip_horizontal=True))
    np.testing.assert_array_equal(made.read("live_time_s"), scan.maps["live_time_s"][:, ::-1])
    np.testing.assert_array_equal(made.read("maxrf_cube"), scan.read(slice(None), slice(None))[:, ::-1])


def test_energies_and_steps_of_an_analysed_file_are_taken(tmp_path):
    arrays = {
        "MAPS/Spectra/mca_arr": counts_of((300, 4, 5), "f4"),
        "MAPS/Spectra/Energy": np.linspace(0, 20, 400),
        "MAPS/Scan/x_axis": np.arange(5) * 0.25,
        "MAPS/Scan/y_axis": np.arange(4) * 0.5,
    }
    attributes = {f"MAPS/Scan/{axis}_axis": {"units": "mm"} for axis in "xy"}
    scan = open_scan(write_hdf5(tmp_path / "img.h5", arrays, attributes))
    assert scan.shape == (4, 5, 300)
    assert scan.energies == pytest.approx(np.linspace(0, 20, 400)[:300])
    assert scan.about["pixel_size_mm"].tolist() == [0.25, 0.5]
