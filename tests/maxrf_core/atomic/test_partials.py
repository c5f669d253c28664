"""Temporary files of killed programs are removed, those of others at work are kept."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maxrf_core import convert, repack, rescue
from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.partials import partial_path, remove_beside
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.datastack.small_datastacks import COUNTS, make

ROOT = Path(__file__).resolve().parents[3]

KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from maxrf_core import convert, repack, rescue
from maxrf_core.readers import ArrayScan

def die(fraction, doing):
    if fraction > 0.5:
        os.kill(os.getpid(), signal.SIGKILL)

path, scan = Path(sys.argv[1]), ArrayScan(np.ones((30, 20, 40), np.uint16))
if sys.argv[2] == "convert":
    convert(scan, path, overwrite=True, progress=die)
elif sys.argv[2] == "rescue":
    rescue(path, path.with_name("saved"), progress=die)
else:
    import h5py
    copy, h5py.Group.copy = h5py.Group.copy, lambda *arguments: die(1, "")
    repack(path)
"""


def killed(path: Path, work: str) -> list[Path]:
    """Kill a program at work; return what it leaves, as if it had happened some time ago."""
    command = [sys.executable, "-c", KILLED, str(path), work]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    left = list(path.parent.glob(".*.partial*"))
    for each in left:
        os.utime(each, (time.time() - 10, time.time() - 10))
    return left


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    ("killer", "again"),
    [
        ("convert", lambda path: convert(ArrayScan(COUNTS), path, overwrite=True)),
        ("convert", repack),
        ("repack", repack),
        ("rescue", lambda path: rescue(path, path.with_name("saved"))),
    ],
)
def test_what_a_killed_program_was_making_goes_when_it_is_made_again(
    killer: str, again: Callable[[Path], object], tmp_path: Path
) -> None:
    path = make("hdf5", tmp_path / "scan.datastack")
    assert killed(path, killer)
    again(path)
    assert not list(tmp_path.glob(".*.partial*"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_the_command_line_removes_temporary_files_too(tmp_path: Path) -> None:
    path = make("hdf5", tmp_path / "scan.datastack")
    assert killed(path, "convert")
    command = [sys.executable, "-m", "maxrf_core", "repack", str(path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert not list(tmp_path.glob(".*.partial*"))


def test_what_another_program_is_still_making_is_left_alone_however_old_it_is(tmp_path: Path) -> None:
    path = make("hdf5", tmp_path / "scan.datastack")
    with atomic.replacing(path) as temporary:
        temporary.write_bytes(b"half")
        os.utime(temporary, (0, 0))
        repack(path)
        assert atomic.remove_partials(tmp_path, hours=0) == 0
        assert temporary.read_bytes() == b"half"
    assert path.read_bytes() == b"half"


@pytest.mark.parametrize("name", ["a.datastack", ".a.datastack-binned"])
def test_what_was_left_of_a_file_goes_when_it_is_made_again(tmp_path: Path, name: str):
    left, other = partial_path(tmp_path / name), partial_path(tmp_path / "b.datastack")
    for path in (left, other):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - 10, time.time() - 10))
    remove_beside(tmp_path / name, at_once=True)
    assert [*tmp_path.iterdir()] == [other]


def test_what_killed_programs_were_making_goes_in_a_day(tmp_path: Path):
    names = ("a.datastack", ".a.partial", ".a.0123abcd.partial.txt", ".a.datastack.lock")
    kept = [tmp_path / name for name in names]
    old = [tmp_path / f".a.datastack.0123abcd.partial{more}" for more in ("", "-journal")]
    young = tmp_path / ".b.datastack.0123abcd.partial"
    for path in (*kept, *old, young):
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    os.utime(young)
    assert atomic.remove_partials(tmp_path) == 2
    assert sorted(tmp_path.iterdir()) == sorted([*kept, young])
