"""EDF files that fabio wrote, one for each row and detector, are one scan."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers import choices_of, format_of, holds_maps, is_scan, open_scan, scan_files
from maxrf_core.untrusted.check import check_untrusted

DATA = Path(__file__).parents[2] / "data/readers/edf_rows"
COUNTS = np.random.default_rng(7).poisson(3, (2, 4, 5, 256))  # detectors, rows, columns, channels
WHOLE = (slice(None), slice(None))


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(DATA, tmp_path / "panel"))


def test_detectors_are_summed_or_read_one_by_one(folder):
    path = folder / "scan_xia01_0007_0000_0002.edf"
    check_untrusted(path)
    assert format_of(path).name == "EDF stack"
    assert [choice.key for choice in choices_of(path)] == ["sum", "xia00", "xia01"]
    scan = open_scan(folder)
    assert (scan.name, scan.shape) == ("panel", (4, 5, 256))
    np.testing.assert_array_equal(scan.read(*WHOLE), COUNTS.sum(axis=0))
    assert scan.energies == pytest.approx(-0.1 + 0.02 * np.arange(256))
    one = open_scan(path, choice="xia01")
    assert one.dtype == np.uint16
    part = (slice(1, 4, 2), slice(0, 5, 3), slice(7, 200, 9))
    np.testing.assert_array_equal(one.read(*part), COUNTS[1][part])


def test_the_stack_is_listed_once_and_files_of_other_kinds_are_left_out(folder):
    files = sorted(folder.glob("scan_xia0*.edf"))
    assert [path for path in sorted(folder.iterdir()) if is_scan(path)] == files[:1]
    assert sorted(scan_files(files[3])) == files
    assert holds_maps(next(folder.glob("*xiast*")))


def test_a_missing_row_or_another_size_is_told(folder):
    path = folder / "scan_xia00_0007_0000_0001.edf"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Dim_2 = 5", b"Dim_2 = 4")[:-512])
    with pytest.raises(ScanError, match="holds 4 spectra of 256 channels, unlike other rows"):
        open_scan(folder).read(*WHOLE)
    path.unlink()
    assert format_of(folder / "scan_xia00_0007_0000_0000.edf") is None


def test_one_detector_of_pymca_needs_no_choice(folder):
    for path in folder.iterdir():
        if "xia01" in path.name or "xiast" in path.name:
            path.unlink()
        else:
            path.rename(folder / path.name.replace("_xia00_0007_0000", ""))
    path = next(folder.iterdir())
    assert choices_of(path) == []
    np.testing.assert_array_equal(open_scan(path).read(*WHOLE), COUNTS[0])
