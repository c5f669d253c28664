"""Every command works; an error is one line with status 2, and nothing is changed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from maxrf_core.cli.main import main
from maxrf_core.datastack.by_path import append
from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.cli.small_scan import COUNTS, POINTS, TRUE

ROOT = Path(__file__).resolve().parents[3]


def contents(folder: Path) -> dict[str, str]:
    files = (file for file in folder.iterdir() if file.suffix != ".lock" and file.is_file())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_demo_writes_a_scan_its_photograph_and_its_points(tmp_path, monkeypatch, capsys):
    """Files that exist are replaced only on request, and elements are left out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out_photo.png").write_text("left by a demo that was killed")
    assert main(["demo", "out.datastack"]) == 2
    assert "out_photo.png exists already" in capsys.readouterr().err
    assert main(["demo", "out.datastack", "--without", "as, Ba", "--overwrite"]) == 0
    assert capsys.readouterr().out.split() == ["out.datastack", "out_photo.png", "out_points.json"]
    assert not {"As", "Ba"} & set(DataStack("out.datastack").attributes("demo_truth")["names"])
    assert DataStack("out.datastack").shape == (300, 280, 2048)
    assert {"out.datastack", "out_photo.png", "out_points.json"} <= contents(tmp_path).keys()
    assert main(["register", "out.datastack", "out_photo.png", "--points", "out_points.json"]) == 0
    assert DataStack("out.datastack").read("imvis_reg").shape == (300, 280, 3)


def test_a_demo_lacks_only_what_it_could_hold(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "none.datastack", "--without", "Au"]) == 2
    assert "The demo holds no 'Au'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


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


ON_A_DATASTACK = {
    "info": ["info", "{}"],
    "band": ["band", "{}", "6.1", "6.7", "-o", "fe.png"],
    "register": ["register", "{}", "photo.png", "--points", "points.json"],
    "calibrate": ["calibrate", "{}", "--gain", "0.01", "--offset", "0"],
    "append": ["append", "{}", "map", "map.npy"],
    "repack": ["repack", "{}"],
}


def assert_refused(folder: Path, arguments: list[str], capsys) -> str:
    """Run a command that must fail; return its one-line message."""
    before = contents(folder)
    try:
        status = main(arguments)
    except SystemExit as leaving:  # what argparse itself finds
        status = leaving.code
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err.endswith("\n")
    assert len(told.err.strip().splitlines()) == 1
    assert contents(folder) == before
    return told.err


@pytest.mark.parametrize(
    "bad", ["not a datastack", "truncated", "empty", "missing", "a folder", "in a missing folder"]
)
@pytest.mark.parametrize("command", ON_A_DATASTACK)
def test_an_invalid_datastack_gives_one_line_and_status_2(folder, capsys, command, bad):
    path = folder / ("absent/bad.datastack" if bad == "in a missing folder" else "bad.datastack")
    if bad == "not a datastack":
        path.write_text("nothing of that kind")
    elif bad == "truncated":
        content = (folder / "scan.datastack").read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif bad == "empty":
        path.touch()
    elif bad == "a folder":
        path.mkdir()
    told = assert_refused(folder, [part.format(path) for part in ON_A_DATASTACK[command]], capsys)
    assert "bad.datastack" in told


BAD_INPUT = {
    "an image that is none": ["register", "scan.datastack", "points.json", "--points", "points.json"],
    "an image that is missing": ["register", "scan.datastack", "absent.png", "--points", "points.json"],
    "an image that is a folder": ["register", "scan.datastack", ".", "--points", "points.json"],
    "an image that is truncated": ["register", "scan.datastack", "half.png", "--points", "points.json"],
    "three points": ["register", "scan.datastack", "photo.png", "--points", "three.json"],
    "points on a line": ["register", "scan.datastack", "photo.png", "--points", "line.json"],
    "points that are no JSON": ["register", "scan.datastack", "photo.png", "--points", "photo.png"],
    "points that are missing": ["register", "scan.datastack", "photo.png", "--points", "absent.json"],
    "points in a folder": ["register", "scan.datastack", "photo.png", "--points", "."],
    "register name with /": [
        "register",
        "scan.datastack",
        "photo.png",
        "--points",
        "points.json",
        "--name",
        "a/b",
    ],
    "register name ..": [
        "register",
        "scan.datastack",
        "photo.png",
        "--points",
        "points.json",
        "--name",
        "..",
    ],
    "a name with /": ["append", "scan.datastack", "a/b", "map.npy"],
    "a name ..": ["append", "scan.datastack", "..", "map.npy"],
    "an empty name": ["append", "scan.datastack", "", "map.npy"],
    "an array that is none": ["append", "scan.datastack", "map", "points.json"],
    "an array that is an image": ["append", "scan.datastack", "map", "photo.png"],
    "an array that is empty": ["append", "scan.datastack", "map", "empty.npy"],
    "an array that is cut": ["append", "scan.datastack", "map", "half.npy"],
    "an array of objects": ["append", "scan.datastack", "map", "objects.npy"],
    "several arrays": ["append", "scan.datastack", "map", "several.npz"],
    "an array that is missing": ["append", "scan.datastack", "map", "absent.npy"],
    "an array that is a folder": ["append", "scan.datastack", "map", "."],
    "a band without channels": ["band", "scan.datastack", "6.401", "6.402", "-o", "fe.png"],
    "a band upside down": ["band", "scan.datastack", "6.7", "6.1", "-o", "fe.png"],
    "a band beyond the spectrum": ["band", "scan.datastack", "90", "95", "-o", "fe.png"],
    "a band that is nan": ["band", "scan.datastack", "nan", "6", "-o", "fe.png"],
    "a band that is no number": ["band", "scan.datastack", "Fe", "6", "-o", "fe.png"],
    "a kind of picture that is unknown": ["band", "scan.datastack", "6.1", "6.7", "-o", "fe.docx"],
    "a picture in a missing folder": ["band", "scan.datastack", "6.1", "6.7", "-o", "absent/fe.png"],
    "a gain alone": ["calibrate", "scan.datastack", "--gain", "0.01"],
    "a gain below 0": ["calibrate", "scan.datastack", "--gain", "-0.01", "--offset", "0"],
    "a gain that is nan": ["calibrate", "scan.datastack", "--gain", "nan", "--offset", "0"],
    "one peak": ["calibrate", "scan.datastack", "--peak", "335:FeKa"],
    "the same peak twice": ["calibrate", "scan.datastack", "--peak", "335:FeKa", "--peak", "335:FeKa"],
    "a peak that is no line": [
        "calibrate",
        "scan.datastack",
        "--peak",
        "335:Fe",
        "--peak",
        "541:Unobtainium",
    ],
    "a peak without a colon": ["calibrate", "scan.datastack", "--peak", "335", "--peak", "541:PbLa"],
    "a peak outside": ["calibrate", "scan.datastack", "--peak", "99999:FeKa", "--peak", "541:PbLa"],
    "a peak at a raised 2": ["calibrate", "scan.datastack", "--peak", "²:FeKa", "--peak", "541:PbLa"],
    "a peak of endless digits": ["calibrate", "scan.datastack", "--peak", f"{'9' * 5000}:FeKa"],
    "both ways of calibrating": [
        "calibrate",
        "scan.datastack",
        "--gain",
        "1",
        "--offset",
        "0",
        "--peak",
        "1:FeKa",
    ],
    "nothing to calibrate by": ["calibrate", "scan.datastack"],
    "a scan that is missing": ["convert", "absent.raw", "-o", "new.datastack"],
    "a scan that is none": ["convert", "photo.png", "-o", "new.datastack"],
    "a scan that is too short": ["convert", "short.raw", "short.rpl", "-o", "new.datastack"],
    "a scan into a missing folder": ["convert", "scan.raw", "-o", "absent/new.datastack"],
    "a scan onto itself": ["convert", "scan.raw", "-o", "scan.raw", "--overwrite"],
    "a demo over a file": ["demo", "scan.datastack"],
    "an unknown command": ["look", "scan.datastack"],
    "no command": [],
    "an unknown option": ["info", "scan.datastack", "--colour"],
}


@pytest.mark.parametrize("what", BAD_INPUT)
def test_invalid_input_gives_one_line_and_status_2_and_changes_nothing(folder, capsys, what):
    (folder / "half.png").write_bytes((folder / "photo.png").read_bytes()[:300])
    three = {key: points[:3] for key, points in POINTS.items()}
    (folder / "three.json").write_text(json.dumps(three))
    line = {"src_points": [[0, 0], [1, 1], [2, 2], [3, 3]], "dst_points": POINTS["dst_points"]}
    (folder / "line.json").write_text(json.dumps(line))
    (folder / "empty.npy").touch()
    (folder / "half.npy").write_bytes((folder / "map.npy").read_bytes()[:-9])
    np.save(folder / "objects.npy", np.array([{}, None], dtype=object))
    np.savez(folder / "several.npz", a=np.ones(2), b=np.ones(3))
    (folder / "short.raw").write_bytes(bytes(100))
    shutil.copy(folder / "scan.rpl", folder / "short.rpl")
    assert_refused(folder, BAD_INPUT[what], capsys)


def run(folder: Path, *arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess:
    code = [sys.executable, "-m", "maxrf_core", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        code, cwd=folder, env=environment, capture_output=True, encoding=encoding, check=False
    )


def test_from_a_real_terminal_the_scan_is_converted_and_listed(folder):
    done = run(folder, "convert", "scan.raw", "scan.rpl", "-o", "new.datastack")
    assert (done.returncode, done.stderr) == (0, "")
    assert "20 × 30 × 700" in done.stdout


def test_from_a_real_terminal_an_error_is_one_line_and_status_2(folder):
    before = contents(folder)
    done = run(folder, "band", "scan.datastack", "90", "95", "-o", "fe.png")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("maxrf_core band: ")
    assert done.stderr.count("\n") == 1
    assert contents(folder) == before
    assert run(folder, "--help").returncode == 0


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_without_some_letters_shows_question_marks(folder, monkeypatch, encoding):
    append(np.ones(3), "Fe Kα → 墨", "scan.datastack")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = run(folder, "info", "scan.datastack", encoding=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Fe K? ? ?" in done.stdout
    failed = run(folder, "band", "Kα.datastack", "1", "2", "-o", "map.npy", encoding=encoding)
    assert (failed.returncode, failed.stderr) == (2, "maxrf_core band: There is no file K?.datastack.\n")


def test_the_sum_and_maximum_of_all_pixels_are_written_for_each_datastack(folder, capsys):
    assert main(["sums", "scan.datastack", "bare.datastack", "absent.datastack", "-o", "."]) == 2
    assert "There is no file absent.datastack" in capsys.readouterr().err
    for name, head in (
        ("scan", "channel,energy in keV,sum,maximum"),
        ("bare", "channel,not calibrated,sum,maximum"),
    ):
        path = Path(f"{name}-spectra.csv")
        assert path.read_text().splitlines()[0] == head
        table = np.genfromtxt(path, delimiter=",", skip_header=1)
        np.testing.assert_array_equal(table[:, 2], COUNTS.sum(axis=(0, 1)))
        np.testing.assert_array_equal(table[:, 3], COUNTS.max(axis=(0, 1)))
    np.testing.assert_allclose(
        np.genfromtxt("scan-spectra.csv", delimiter=",", skip_header=1)[:, 1], TRUE.energies(700)
    )
    assert main(["sums", "scan.datastack", "-o", "."]) == 2
    assert main(["sums", "scan.datastack", "-o", ".", "--overwrite"]) == 0


def test_numbers_with_a_decimal_comma_are_read_correctly(folder, capsys):
    assert main(["calibrate", "bare.datastack", "--gain", "0,0125", "--offset", "-0,96"]) == 0
    assert "gain 0.0125 keV per channel, offset -0.96 keV" in capsys.readouterr().out
    assert main(["band", "bare.datastack", "-0,91", "-0,85", "-o", "comma.npy"]) == 0
    assert main(["band", "bare.datastack", "-0.91", "-0.85", "-o", "point.npy"]) == 0
    np.testing.assert_array_equal(np.load("comma.npy"), np.load("point.npy"))
    capsys.readouterr()
    assert_refused(folder, ["band", "bare.datastack", "1.234,5", "2000", "-o", "new.npy"], capsys)
