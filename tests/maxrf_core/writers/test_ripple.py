"""Ripple files are read by our reader and by HyperSpy's with the same counts, energies and facts."""

from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from rsciio.ripple import file_reader

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.export.scan import export_scan
from maxrf_core.names import ENERGIES
from maxrf_core.readers import open_scan
from tests.maxrf_core.writers.exports import ABOUT, LINE, cubes, scan_of

ALL = slice(None)


@settings(max_examples=12, deadline=None)
@given(counts=cubes)
def test_both_readers_find_the_counts_exactly(counts):
    with TemporaryDirectory() as folder:
        exported = export_scan(scan_of(counts, Path(folder)), Path(folder) / "out.rpl", "ripple")
        ours = open_scan(exported.files[1]).read(ALL, ALL)
        assert ours.dtype == counts.dtype
        np.testing.assert_array_equal(ours, counts)
        assert not exported.notes
        if counts.size == 1:
            return  # HyperSpy's reader refuses a single number
        [theirs] = file_reader(str(exported.files[0]))
        assert theirs["data"].dtype == counts.dtype
        np.testing.assert_array_equal(theirs["data"].reshape(counts.shape), counts)


def test_energies_pixel_size_and_what_the_scan_tells_are_kept(tmp_path):
    ds = scan_of(np.ones((3, 4, 50), np.uint16), tmp_path)
    header = export_scan(ds, tmp_path / "out.rpl", "ripple").files[0]
    scan = open_scan(header)
    np.testing.assert_array_equal(scan.energies, LINE.energies(50))
    told = {name: np.asarray(value).tolist() for name, value in scan.about.items()}
    wanted = {name: np.asarray(value).tolist() for name, value in ABOUT.items()}
    assert wanted.items() <= told.items()
    [theirs] = file_reader(str(header))
    y, x, energy = theirs["axes"]
    assert (energy["scale"], energy["offset"], energy["units"]) == (LINE.gain, LINE.offset, "keV")
    assert [(axis["scale"], axis["units"]) for axis in (x, y)] == [(0.65, "mm"), (0.3, "mm")]
    assert theirs["metadata"]["General"]["title"] == ABOUT["title"]


def test_a_scan_without_energies_stays_without(tmp_path):
    ds = scan_of(np.ones((3, 4, 50), np.uint16), tmp_path, line=None)
    assert open_scan(export_scan(ds, tmp_path / "out.rpl", "ripple").files[0]).energies is None


@pytest.mark.parametrize("title", ["Madonna è così", "Портрет", "No. 3; left #2\nside"])
def test_titles_of_any_language_are_read_back(title, tmp_path):
    ds = scan_of(np.ones((3, 4, 5), np.uint16), tmp_path)
    with h5py.File(ds.path, "r+") as file:
        file.attrs["title"] = title
    scan = open_scan(export_scan(DataStack(ds.path), tmp_path / "out.rpl", "ripple").files[0])
    assert scan.about["title"] == title.replace(";", "").replace("#", "").replace("\n", " ").replace(
        "  ", " "
    )


def test_a_note_says_where_energies_are_on_no_straight_line(tmp_path):
    ds = scan_of(np.ones((3, 4, 50), np.uint16), tmp_path)
    bent = LINE.energies(50) + 0.002 * np.linspace(-1, 1, 50) ** 2
    ds.append({ENERGIES: bent})
    exported = export_scan(DataStack(ds.path), tmp_path / "out.rpl", "ripple")
    [note] = exported.notes
    assert "straight line" in note
    off = np.abs(open_scan(exported.files[0]).energies - bent).max()
    assert f"{1000 * off:.2g} eV" in note
