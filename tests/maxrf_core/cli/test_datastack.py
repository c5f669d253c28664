"""The commands `info`, `band`, `append` and `repack` tell and change what a datastack holds."""

import cv2
import numpy as np
import pytest
import tifffile

from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack


def test_info_lists_the_arrays_and_the_calibration(folder, capsys):
    assert main(["info", "scan.datastack"]) == 0
    told = capsys.readouterr().out
    assert "20 × 30 × 700" in told
    assert "energies from -0.300 to 13.680 keV" in told
    assert main(["info", "bare.datastack"]) == 0
    assert "not calibrated" in capsys.readouterr().out


def test_info_opens_files_written_by_maxrf4u(shared, capsys):
    assert main(["info", str(shared("data/maxrf4u/v3_head_24x20x4096.datastack"))]) == 0
    assert "imvis_reg_highres" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["png", "tif", "npy", "csv"])
def test_band_writes_the_map_in_the_requested_file_format(folder, capsys, kind):
    assert main(["band", "scan.datastack", "6.1", "6.7", "-o", f"fe.{kind}"]) == 0
    assert capsys.readouterr().out.startswith(f"fe.{kind}: 30 channels")
    expected = DataStack("scan.datastack").band_map(6.1, 6.7)
    if kind == "png":
        picture = cv2.imread("fe.png", cv2.IMREAD_UNCHANGED)
        assert picture.shape == (20, 30)
        assert np.corrcoef(picture.ravel(), expected.ravel())[0, 1] > 0.99
        return
    read = {"tif": tifffile.imread, "npy": np.load, "csv": lambda path: np.loadtxt(path, delimiter=",")}[kind]
    np.testing.assert_allclose(read(f"fe.{kind}"), expected, rtol=1e-6)


def test_append_adds_an_array_and_prints_its_name(folder, capsys):
    for expected in ("map", "map_"):
        assert main(["append", "scan.datastack", "map", "map.npy"]) == 0
        assert capsys.readouterr().out.strip() == expected
    assert DataStack("scan.datastack").read("map").tolist() == [[0, 1, 2], [3, 4, 5]]


def test_repack_keeps_the_newest_versions(folder, capsys):
    main(["append", "scan.datastack", "map", "map.npy"])
    main(["append", "scan.datastack", "map", "map.npy"])
    assert main(["repack", "scan.datastack"]) == 0
    assert {"map", "maxrf_cube"} <= set(DataStack("scan.datastack").names)
    assert "map_" not in DataStack("scan.datastack").names


def test_the_time_that_packing_for_the_archive_takes_is_told_before(folder, capsys):
    counts = DataStack("scan.datastack").read("maxrf_cube")
    assert main(["repack", "scan.datastack", "--smallest"]) == 0
    assert capsys.readouterr().out.startswith("Packing the counts takes about 0 s.\n")
    assert main(["repack", "scan.datastack", "--fast"]) == 0
    assert "Packing" not in capsys.readouterr().out
    np.testing.assert_array_equal(DataStack("scan.datastack").read("maxrf_cube"), counts)
