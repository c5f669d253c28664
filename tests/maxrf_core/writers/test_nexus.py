"""NeXus files are read by our reader and by HyperSpy's with the same counts, energies and places."""

from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from rsciio.nexus import file_reader

from maxrf_core.cube.chunk_grid import CHUNK_SHAPE
from maxrf_core.export.scan import export_scan
from maxrf_core.readers import choices_of, open_scan
from tests.maxrf_core.writers.exports import ABOUT, LINE, cubes, scan_of

ALL = slice(None)


@settings(max_examples=12, deadline=None)
@given(counts=cubes)
def test_the_signal_of_the_default_group_is_the_counts(counts):
    with TemporaryDirectory() as folder:
        [path] = export_scan(scan_of(counts, Path(folder)), Path(folder) / "out.nxs", "nexus").files
        with h5py.File(path) as file:
            entry = file[file.attrs["default"]]
            data = entry[entry.attrs["default"]]
            signal = data[data.attrs["signal"]]
            assert signal.dtype == counts.dtype
            np.testing.assert_array_equal(signal[...], counts)
            np.testing.assert_array_equal(data["energy"][...], LINE.energies(counts.shape[2]))
            assert [data[name].size for name in data.attrs["axes"]] == list(counts.shape)


def test_our_reader_finds_counts_energies_and_pixel_size(tmp_path):
    counts = np.random.default_rng(1).integers(0, 9, (70, 130, 150), np.uint16)
    [path] = export_scan(scan_of(counts, tmp_path), tmp_path / "out.nxs", "nexus").files
    assert choices_of(path)[0].shape == counts.shape
    scan = open_scan(path)
    np.testing.assert_array_equal(scan.read(ALL, ALL), counts)
    np.testing.assert_array_equal(scan.energies, LINE.energies(150))
    np.testing.assert_allclose(scan.about["pixel_size_mm"], ABOUT["pixel_size_mm"], rtol=1e-12)
    with h5py.File(path) as file:
        assert file["entry/scan/counts"].chunks == CHUNK_SHAPE
        assert path.stat().st_size < counts.nbytes / 2  # 3 of 16 bits hold something
        assert file["entry/title"].asstr()[()] == ABOUT["title"]
        assert file["entry"].attrs["tube_kV"] == ABOUT["tube_kV"]


def test_hyperspy_finds_axes_in_kev_and_mm(tmp_path):
    counts = np.random.default_rng(1).integers(0, 9, (6, 7, 40), np.uint16)
    [path] = export_scan(scan_of(counts, tmp_path), tmp_path / "out.nxs", "nexus").files
    [theirs] = [found for found in file_reader(str(path)) if found["data"].ndim == 3]  # others are its axes
    np.testing.assert_array_equal(theirs["data"], counts)
    y, x, energy = theirs["axes"]
    assert [axis["units"] for axis in (y, x, energy)] == ["mm", "mm", "keV"]
    assert (y["scale"], x["scale"]) == pytest.approx((0.3, 0.65))
    assert (energy["scale"], energy["offset"]) == pytest.approx((LINE.gain, LINE.offset))
    assert [axis["navigate"] for axis in (y, x, energy)] == [True, True, False]


def test_a_scan_without_energies_has_channels(tmp_path):
    ds = scan_of(np.ones((6, 7, 40), np.uint8), tmp_path, None)
    [path] = export_scan(ds, tmp_path / "out.nxs", "nexus").files
    assert open_scan(path).energies is None
