"""Datastacks written by maxrf4u: a conversion keeps all that they hold."""

import hashlib
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.conversion.preview import preview
from maxrf_core.errors import MaxrfError, ScanError
from maxrf_core.readers import open_scan
from maxrf_core.spectrum.calibration import Calibration

FILES = ["v2_0.1.16_24x20x4096", "v3_head_24x20x4096"]


@pytest.fixture(params=FILES)
def genuine(request, shared) -> Path:
    return shared(f"data/maxrf4u/{request.param}.datastack")


def test_the_scan_is_the_smoothed_cube(genuine):
    scan = open_scan(genuine)
    truth = np.load(genuine.with_suffix(".npz"))
    assert (scan.shape, scan.dtype, scan.smoothing_sigma) == ((24, 20, 4096), np.float32, 7.0)
    np.testing.assert_array_equal(scan.energies, truth["energies"])
    band = slice(int(np.searchsorted(truth["energies"], 6.1)), int(np.searchsorted(truth["energies"], 6.7)))
    block = scan.read(slice(0, 24), slice(0, 20), band)
    assert block.shape[2] == truth["band_n"]
    np.testing.assert_allclose(block.mean(axis=2), truth["fe_map"], rtol=1e-5)
    np.testing.assert_array_equal(scan.read(slice(1, 24, 5), slice(3, 20, 4), band), block[1::5, 3::4])


def test_a_conversion_keeps_all_arrays(genuine, tmp_path):
    scan = open_scan(genuine)
    truth = np.load(genuine.with_suffix(".npz"))
    path = convert(scan, tmp_path / "ours.datastack")
    with h5py.File(path) as file:
        assert set(file) == {*scan.array_names, "maxrf_cube", "maxrf_cube_marks", "entry"}
        cube = file["maxrf_cube"]
        assert cube.dtype == np.float32
        assert cube.attrs["smoothing_sigma"] == 7.0
        np.testing.assert_array_equal(cube[()], scan.read(slice(None), slice(None)))
        np.testing.assert_allclose(file["maxrf_maxspectrum"][()], truth["max_spectrum"], rtol=1e-6)
        np.testing.assert_allclose(file["maxrf_sumspectrum"][()], truth["mean_spectrum"], rtol=1e-5)
        assert file["maxrf_maxspectrum"].attrs["smoothing_sigma"] == 7.0
        np.testing.assert_array_equal(file["imvis_reg"][()], truth["imvis_reg_v0"])
        np.testing.assert_array_equal(file["imvis_reg_"][()], truth["imvis_reg_latest"])
        np.testing.assert_array_equal(file["imvis_reg_highres"][()], truth["imvis_reg_highres"])
        np.testing.assert_array_equal(file["imvis_extent"][()], truth["imvis_extent"])
        assert file["test_list"][()].tolist() == [[1, 2, -9999], [3, 5, 7], [1, -9999, -9999]]
        energies = file["maxrf_energies"]
        np.testing.assert_array_equal(energies[()], truth["energies"])
        line = energies.attrs["offset"] + energies.attrs["gain"] * np.arange(4096)
        np.testing.assert_allclose(line, truth["energies"], atol=1e-6)
        assert genuine.name in energies.attrs["source"]


def test_a_conversion_keeps_texts(shared, tmp_path):
    scan = open_scan(shared("data/maxrf4u/v2_0.1.16_24x20x4096.datastack"))
    with h5py.File(convert(scan, tmp_path / "ours.datastack")) as file:
        assert file["nmf_elements"].asstr()[()].tolist() == scan.read_array("nmf_elements").tolist()


def test_spectra_energies_and_extents_become_float64_with_equal_values(genuine, tmp_path):
    scan = open_scan(genuine)
    with h5py.File(convert(scan, tmp_path / "a.datastack")) as file:
        asked = {"maxrf_sumspectrum", "maxrf_energies", "imvis_extent"} & set(file)
        assert asked > {"maxrf_energies"}
        for name in asked:
            assert file[name].dtype == np.float64
            np.testing.assert_array_equal(file[name][()], scan.read_array(name))


def test_a_new_calibration_is_added_as_the_newest_version(genuine, tmp_path):
    with h5py.File(
        convert(open_scan(genuine), tmp_path / "a.datastack", calibration=Calibration(0.02, 1.0))
    ) as file:
        np.testing.assert_allclose(file["maxrf_energies_"][:2], [1.0, 1.02])
        np.testing.assert_array_equal(
            file["maxrf_energies"][()], np.load(genuine.with_suffix(".npz"))["energies"]
        )


def test_flipping_is_refused_because_registered_photographs_would_not_match(genuine, tmp_path):
    with pytest.raises(ScanError, match=r"cannot be turned or mirrored: .*imvis_reg"):
        convert(open_scan(genuine), tmp_path / "a.datastack", flip_vertical=True)
    assert list(tmp_path.iterdir()) == []


def test_the_preview_is_made_of_the_smoothed_cube(genuine):
    seen = preview(open_scan(genuine))
    assert seen.shape == (24, 20)
    assert seen.max() > seen.min()


def test_the_source_file_is_not_changed(genuine, tmp_path):
    before = hashlib.sha256(genuine.read_bytes()).hexdigest()
    convert(open_scan(genuine), tmp_path / "a.datastack")
    assert hashlib.sha256(genuine.read_bytes()).hexdigest() == before
    copy = tmp_path / "copy.datastack"
    copy.write_bytes(genuine.read_bytes())
    with pytest.raises(MaxrfError, match="is the scan itself"):
        convert(open_scan(copy), copy, overwrite=True)
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == before


def test_a_conversion_keeps_an_array_without_stored_values(shared, tmp_path):
    scan = open_scan(shared("data/maxrf4u/failed_append_zero_array_12x16x256.datastack"))
    with h5py.File(convert(scan, tmp_path / "a.datastack")) as file:
        assert file["bad"].shape == (60, 80)
        assert not file["bad"][()].any()
        assert file["maxrf_cube"].shape == (12, 16, 256)


def test_a_damaged_file_is_refused(shared, tmp_path):
    with pytest.raises(MaxrfError, match="is damaged"):
        open_scan(shared("data/maxrf4u/killed_during_append_12x16x256.datastack"))
    whole = shared("data/maxrf4u/v3_head_24x20x4096.datastack").read_bytes()
    for size in (20, 1000, len(whole) - 1):
        (tmp_path / "cut.datastack").write_bytes(whole[:size])
        with pytest.raises(MaxrfError, match="is damaged"):
            open_scan(tmp_path / "cut.datastack")


def test_a_datastack_of_ours_is_opened_and_not_converted(genuine, tmp_path):
    path = convert(open_scan(genuine), tmp_path / "a.datastack")
    with pytest.raises(ScanError, match="just open it"):
        open_scan(path)
