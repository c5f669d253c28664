"""What is in a folder is recognised: each scan once with its parts, and what cannot be read with a reason."""

import os
import tarfile

import cv2
import h5py
import numpy as np
import pytest

from maxrf_core.conversion.found_scans import find_scans
from maxrf_core.errors import ScanError
from tests.maxrf_core.conversion.test_batch import SHAPE, write_scan
from tests.maxrf_core.readers.spectrum_files import amptek

COUNTS = np.random.default_rng(7).poisson(300, (4, 5, 64))


def in_short(found):
    return {scan.shown: (scan.format, scan.shape, bool(scan.error)) for scan in found.scans}


@pytest.fixture
def folder(tmp_path):
    """A folder in which nothing was found yet."""
    (tmp_path / "session" / "pixels").mkdir(parents=True)
    return tmp_path / "session"


def test_pairs_and_folders_of_spectra_are_one_scan_each(folder):
    write_scan(folder / "a")
    for row, column in np.ndindex(4, 5):
        (folder / "pixels" / f"p_{row}_{column}.mca").write_text(amptek(COUNTS[row, column]))
    (folder / "pixels" / "notes.pdf").touch()
    (folder / ".hidden.rpl").touch()
    found = find_scans([(folder,)])
    pixels = ("Folder of spectra", (4, 5, 64), False)
    assert in_short(found) == {"a.rpl": ("Ripple", SHAPE, False), "pixels": pixels}
    assert found.others == {".pdf": 1}
    assert in_short(find_scans([(folder / "pixels",)])) == {"pixels": pixels}
    again = find_scans([(folder,)], leave_out=folder / "pixels")
    assert list(in_short(again)) == ["a.rpl"]


def test_what_cannot_be_read_is_told_with_its_reason(folder):
    write_scan(folder / "a")
    os.truncate(folder / "a.raw", 100)
    write_scan(folder / "b")[1].unlink()
    (folder / "c.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    np.savez(folder / "sums.npz", a=np.ones(3))  # a zip file, as datastacks of maxrf4u are
    with tarfile.open(folder / "backup.tar", "w") as archive:
        archive.add(__file__, "a.py")
    found = find_scans([(folder,)])
    assert found.others == {".npz": 1, ".tar": 1}
    errors = {scan.shown: scan.error for scan in found.scans}
    assert "a.raw is 2,300 bytes too short" in errors["a.rpl"]
    assert "needs b.rpl beside it" in errors["b.raw"]
    assert "c.h5 cannot be read: it is damaged" in errors["c.h5"]


def test_each_scan_of_a_file_is_found_and_ways_to_read_one_are_told(folder):
    with h5py.File(folder / "two.nxs", "w") as file:
        for name in "ab":
            group = file.create_group(name)
            group.attrs.update(NX_class="NXdata", signal="counts")
            group["counts"] = COUNTS
    np.save(folder / "one.npy", COUNTS)
    found = find_scans([(folder,)])
    assert [scan.shown for scan in found.scans] == ["one.npy", "two.nxs (a/counts)", "two.nxs (b/counts)"]
    assert [scan.stem for scan in found.scans] == ["one", "two_a-counts", "two_b-counts"]
    assert found.scans[0].ways[0].key == "yxc"
    chosen = find_scans([(folder,)], chosen=["two.nxs=b/counts:yxc"])
    assert [(scan.stem, scan.choice) for scan in chosen.scans[1:]] == [("two", "b/counts:yxc")]
    with pytest.raises(ScanError, match="holds no 'c'; it holds a/counts:yxc"):
        find_scans([(folder,)], chosen=["two.nxs=c"])


def test_pictures_of_one_size_are_taken_for_maps_only_where_a_folder_holds_nothing_else(folder):
    write_scan(folder / "a")
    maps = folder / "maps"
    maps.mkdir()
    for name in ("Fe", "Ca"):
        cv2.imwrite(str(maps / f"{name}.png"), np.zeros((10, 12), np.uint8))
    found = find_scans([(folder,)])
    assert list(in_short(found)) == ["a.rpl"]
    [(shown, scan)] = found.maps
    assert (shown, scan.shape) == ("maps", (10, 12, 0))
    found = find_scans([(maps,)])
    assert not found.others
    [alone] = found.scans
    assert (alone.stem, alone.map_count, alone.shape) == ("maps", 2, (10, 12, 0))
