"""Every command works; an error is one line with status 2, and nothing is changed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.cli.main import COMMANDS, main
from maxrf_core.datastack.by_path import append
from tests.maxrf_core.cli.small_scan import POINTS

ROOT = Path(__file__).resolve().parents[3]


def contents(folder: Path) -> dict[str, str]:
    files = (file for file in folder.iterdir() if file.suffix != ".lock" and file.is_file())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


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


def test_all_commands_are_listed_without_loading_what_they_work_with():
    program = """import sys
from maxrf_core.cli.main import COMMANDS, main
try:
    main(["--help"])
finally:
    print(*sys.modules, file=sys.stderr)
"""
    code = [sys.executable, "-c", program]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, check=True)
    assert all(f"\n    {name}" in done.stdout for name in COMMANDS)
    loaded = done.stderr.split()
    assert "maxrf_core.cli.main" in loaded
    assert "numpy" not in loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_tells_its_options(name, capsys):
    with pytest.raises(SystemExit) as leaving:
        main((name, "--help"))
    assert leaving.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: maxrf_core {name} [-h]")
    assert "".join(COMMANDS[name][1].split())[1:] in "".join(told.split())


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_without_some_letters_shows_question_marks(folder, monkeypatch, encoding):
    append(np.ones(3), "Fe Kα → 墨", "scan.datastack")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = run(folder, "info", "scan.datastack", encoding=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Fe K? ? ?" in done.stdout
    failed = run(folder, "band", "Kα.datastack", "1", "2", "-o", "map.npy", encoding=encoding)
    assert (failed.returncode, failed.stderr) == (2, "maxrf_core band: There is no file K?.datastack.\n")


def test_numbers_with_a_decimal_comma_are_read_correctly(folder, capsys):
    assert main(["calibrate", "bare.datastack", "--gain", "0,0125", "--offset", "-0,96"]) == 0
    assert "gain 0.0125 keV per channel, offset -0.96 keV" in capsys.readouterr().out
    assert main(["band", "bare.datastack", "-0,91", "-0,85", "-o", "comma.npy"]) == 0
    assert main(["band", "bare.datastack", "-0.91", "-0.85", "-o", "point.npy"]) == 0
    np.testing.assert_array_equal(np.load("comma.npy"), np.load("point.npy"))
    capsys.readouterr()
    assert_refused(folder, ["band", "bare.datastack", "1.234,5", "2000", "-o", "new.npy"], capsys)
