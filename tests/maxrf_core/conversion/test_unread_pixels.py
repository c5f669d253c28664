"""Pixels that could not be read are added to those that are missing, and named."""

import numpy as np
import pytest

from maxrf_core.conversion.unread_pixels import check_most_are_read, mark_unread
from maxrf_core.errors import ScanError
from maxrf_core.readers import ArrayScan


@pytest.fixture
def scan():
    """A scan of 3 × 4 pixels, of which one was never measured."""
    scan = ArrayScan(np.ones((3, 4, 16)), "panel")
    missing = np.zeros((3, 4), np.uint8)
    missing[0, 0] = 1
    scan.maps = {"missing": missing, "live_time_s": np.ones((3, 4), np.float32)}
    scan.notes = ("1 pixels have no spectrum; they hold no counts.", "Another one.")
    return scan


def test_maps_notes_and_numbers_include_them(scan):
    assert mark_unread(scan, {}) is scan
    marked = mark_unread(scan, {(2, column): f"f{column}" for column in range(4)})
    assert np.argwhere(marked.maps["missing"]).tolist() == [[0, 0], *([2, column] for column in range(4))]
    assert np.isnan(marked.maps["live_time_s"]).sum() == 4
    assert marked.cube_attributes == {"pixels_missing": 5, "spectra_unread": 4}
    assert [str(note) for note in marked.notes] == [
        "Another one.",
        "5 pixels have no spectrum; they hold no counts.",
        "4 of 11 spectra could not be read: f0, f1, f2, …; their pixels are empty and marked as missing.",
    ]
    assert int(scan.maps["missing"].sum()) == 1


def test_a_scan_of_which_most_is_unread_is_refused(scan):
    half = {(1, column): "a.mca" for column in range(4)} | {(2, 0): "b.mca"}
    check_most_are_read(scan, half)
    with pytest.raises(ScanError, match=r"panel is damaged: 6 of its 11 spectra cannot be read, such"):
        check_most_are_read(scan, half | {(2, 1): "b.mca"})
