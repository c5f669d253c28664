"""Datastacks for maxrf4u hold what its own conversion makes, and its maximum is in its cube."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from scipy.ndimage import gaussian_filter
from zarr.storage import ZipStore

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.scan import export_scan
from maxrf_core.readers import open_scan
from tests.maxrf_core.writers.exports import LINE, cubes, scan_of


def arrays_in(path):
    """Read a datastack as maxrf4u does."""
    with ZipStore(path) as store:
        root = zarr.open_group(store=store, mode="r")
        assert root.metadata.zarr_format == 3
        return {name: root[name][...] for name in sorted(root)}


def exported(ds, folder):
    return arrays_in(export_scan(ds, folder / "out.datastack", "maxrf4u").files[0])


@settings(max_examples=12, deadline=None)
@given(counts=cubes)
def test_the_cube_is_smoothed_as_maxrf4u_smooths_it(counts):
    counts = np.clip(counts.astype(np.float64), -9, 60000).astype(counts.dtype)  # as float32 holds
    with TemporaryDirectory() as folder:
        found = exported(scan_of(counts, Path(folder)), Path(folder))
    cube = found["maxrf_cube"]
    assert cube.dtype == np.float32
    # maxrf4u.storage.raw_to_datastack, in memory
    np.testing.assert_array_equal(cube, gaussian_filter(counts.astype(np.float32), (0, 0, 7)))
    np.testing.assert_array_equal(found["maxrf_maxspectrum"], cube.max(axis=(0, 1)))
    mean = cube.mean(axis=(0, 1), dtype=np.float64)
    np.testing.assert_allclose(found["maxrf_sumspectrum"], mean, rtol=1e-6, atol=1e-30)
    np.testing.assert_array_equal(found["maxrf_energies"], LINE.energies(counts.shape[2]))


def test_each_maximum_is_found_in_the_cube_by_equality(tmp_path):
    counts = np.random.default_rng(5).poisson(3, (70, 66, 600)).astype(np.uint16)
    found = exported(scan_of(counts, tmp_path), tmp_path)
    assert (found["maxrf_cube"] == found["maxrf_maxspectrum"]).any(axis=(0, 1)).all()  # as hotmax looks
    np.testing.assert_array_equal(found["maxrf_cube"], gaussian_filter(counts.astype(np.float32), (0, 0, 7)))


@pytest.mark.parametrize("name", ["v2_0.1.16_24x20x4096", "v3_head_24x20x4096"])
def test_what_maxrf4u_smoothed_is_not_smoothed_again(name, shared, tmp_path):
    theirs = shared(f"data/maxrf4u/{name}.datastack")
    converted = DataStack(convert(open_scan(theirs), tmp_path / "scan.datastack"))
    wanted = DataStack(theirs)
    for ds in (converted, wanted):
        found = arrays_in(export_scan(ds, tmp_path / "out.datastack", "maxrf4u", overwrite=True).files[0])
        for array in ("maxrf_cube", "maxrf_maxspectrum", "maxrf_energies"):
            np.testing.assert_array_equal(found[array], wanted.read(array))
        np.testing.assert_allclose(found["maxrf_sumspectrum"], wanted.read("maxrf_sumspectrum"), rtol=1e-5)


def test_missing_values_stay_missing_and_are_told_of(tmp_path):
    counts = np.full((3, 4, 60), 5, np.float32)
    counts[1, 2, 30] = np.nan
    result = export_scan(scan_of(counts, tmp_path), tmp_path / "out.datastack", "maxrf4u")
    found = arrays_in(result.files[0])
    assert np.argwhere(np.isnan(found["maxrf_cube"])).tolist() == [[1, 2, 30]]
    np.testing.assert_allclose(found["maxrf_maxspectrum"], 5, rtol=1e-6)
    assert "missing" in result.notes[0]


def test_a_scan_without_energies_is_left_for_maxrf4u_to_calibrate(tmp_path):
    ds = scan_of(np.ones((3, 4, 60), np.uint8), tmp_path, None)
    result = export_scan(ds, tmp_path / "out.datastack", "maxrf4u")
    assert "maxrf_energies" not in arrays_in(result.files[0])
    assert "no energies" in result.notes[0]


def test_maxrf4u_itself_finds_its_hot_pixels(tmp_path):
    hotmax = pytest.importorskip("maxrf4u.hotmax", reason="maxrf4u is not installed")
    shapes = np.exp(-0.5 * ((np.arange(400)[:, np.newaxis] - (120, 260)) / 9) ** 2)
    means = np.random.default_rng(1).uniform(1, 40, (12, 10, 2)) @ shapes.T + 0.5
    ds = scan_of(np.random.default_rng(2).poisson(means).astype(np.uint16), tmp_path)
    path = export_scan(ds, tmp_path / "out.datastack", "maxrf4u").files[0]
    hotmax.compute_hotmax_spectra(str(path), auto_write=True)
    found = arrays_in(path)
    peaks = found["hotmax_peak_idxs_flat"]
    assert len(peaks) >= 2
    np.testing.assert_array_equal(
        found["hotmax_spectra"][:, peaks].max(axis=0), found["maxrf_maxspectrum"][peaks]
    )
