"""EDF files are read the same way packed by gzip and inside a .tar file."""

import gzip
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers import choices_of, edf_file, format_of, holds_maps, is_scan, open_maps, open_scan
from maxrf_core.readers.edf_file import EdfFile
from maxrf_core.untrusted.check import check_untrusted
from server.upload_check import UPLOAD_ENDINGS

ROWS = Path(__file__).parents[2] / "data/readers/edf_rows"
COUNTS = np.random.default_rng(7).poisson(3, (2, 4, 5, 256))  # detectors, rows, columns, channels
WHOLE = (slice(None), slice(None))


@pytest.fixture
def packed(tmp_path):
    folder = tmp_path / "panel"
    folder.mkdir()
    for path in ROWS.iterdir():
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 1))
    return folder


def test_rows_that_are_packed_are_the_same_scan(packed):
    path = packed / "scan_xia00_0007_0000_0000.edf.gz"
    check_untrusted(path)
    assert format_of(path).name == "EDF stack"
    scan = open_scan(packed)
    assert (scan.name, scan.shape) == ("panel", (4, 5, 256))
    np.testing.assert_array_equal(scan.read(*WHOLE), COUNTS.sum(axis=0))
    part = (slice(1, 4, 2), slice(0, 5, 3), slice(7, 200, 9))
    np.testing.assert_array_equal(open_scan(path, choice="xia01").read(*part), COUNTS[1][part])


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_dropped_folder_of_rows_is_read_from_its_tar_file(packed, tmp_path, is_packed):
    tar = tmp_path / "dropped.tar"
    with tarfile.open(tar, "w") as archive:
        archive.add(packed if is_packed else ROWS, "panel")
    check_untrusted(tar)
    assert is_scan(tar)
    assert [choice.key for choice in choices_of(tar)] == ["sum", "xia00", "xia01"]
    scan = open_scan(tar)
    assert (scan.name, scan.paths, scan.shape) == ("dropped", (tar,), (4, 5, 256))
    np.testing.assert_array_equal(scan.read(*WHOLE), COUNTS.sum(axis=0))
    assert scan.energies == pytest.approx(-0.1 + 0.02 * np.arange(256))


def test_packed_maps_keep_values_and_names(shared, tmp_path):
    path = tmp_path / "maps.edf.gz"
    path.write_bytes(gzip.compress(shared("data/readers/maps/maps.edf").read_bytes()))
    single = tmp_path / "Cu.EDF.GZ"
    single.write_bytes(gzip.compress(_one_map()))
    assert holds_maps(path)
    check_untrusted(path, as_maps=True)
    scan, truth = open_maps(path), np.load(shared("data/readers/maps/truth.npz"))
    assert (scan.map_names, scan.name) == (("Fe_K", "Ca_K"), "maps")
    np.testing.assert_array_equal(scan.read_map(1), truth["Ca_K"])
    assert open_maps(single).map_names == ("Cu",)
    assert ".edf.gz" in UPLOAD_ENDINGS


def _one_map() -> bytes:
    header = (
        b"{\nDataType = FloatValue ;\nByteOrder = HighByteFirst ;\nDim_1 = 4 ;\nDim_2 = 3 ;\n".ljust(510)
        + b"}\n"
    )
    return header + np.arange(12, dtype=">f4").tobytes()


def test_a_damaged_or_swollen_file_is_told_in_a_sentence(tmp_path, monkeypatch):
    path, whole = tmp_path / "Fe.edf.gz", gzip.compress(_one_map())
    for content in (whole[:-20], whole[:30] + b"\xff\xff\xff" + whole[33:], whole[:9]):
        path.write_bytes(content)
        with pytest.raises(ScanError, match=r"Fe\.edf\.gz cannot be read as element maps: it is damaged"):
            open_maps(path)
    path.write_bytes(whole)
    monkeypatch.setattr(edf_file, "MAX_UNPACKED", 500)
    with pytest.raises(ScanError, match="it unpacks to more than"):
        open_maps(path)


def test_a_plain_file_named_as_packed_is_read_as_it_is(shared, tmp_path):
    path = Path(shutil.copyfile(shared("data/readers/maps/maps.edf"), tmp_path / "maps.edf.gz"))
    assert EdfFile(path).is_plain
    assert open_maps(path).map_names == ("Fe_K", "Ca_K")
