"""Files that belong together appear together, in a ZIP or in a folder, and replace nothing unasked."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import pytest

from maxrf_core.errors import DatastackError
from maxrf_core.export.new_bundle import new_bundle

KILLED = """
import os, signal, sys
from maxrf_core.export.new_bundle import new_bundle

with new_bundle(sys.argv[1]) as bundle:
    bundle.add("a.txt", lambda file: (file.write_text("a"), os.kill(os.getpid(), signal.SIGKILL)))
"""


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "maps").mkdir()
    with new_bundle(tmp_path / "maps") as bundle:
        bundle.add("a.txt", lambda file: file.write_text("a"))
        assert list((tmp_path / "maps").iterdir()) == []
    assert [(path.name, path.read_text()) for path in (tmp_path / "maps").iterdir()] == [("a.txt", "a")]


def test_a_zip_is_replaced_only_if_that_is_allowed(tmp_path):
    path = tmp_path / "maps.zip"
    path.write_text("mine")
    with pytest.raises(DatastackError, match="exists already"), new_bundle(path):
        pass
    with new_bundle(path, overwrite=True) as bundle:
        bundle.add("a.txt", lambda file: file.write_text("a"))
    assert ZipFile(path).read("a.txt") == b"a"
    assert [each.name for each in tmp_path.iterdir()] == ["maps.zip"]


@pytest.mark.parametrize("name", ["maps.zip", "maps"])
def test_a_file_that_cannot_be_written_is_told_in_a_sentence_and_leaves_nothing(tmp_path, name):
    def fail(_file):
        raise OSError(28, "No space left on device")

    def fill():
        with new_bundle(tmp_path / name) as bundle:
            bundle.add("a.txt", lambda file: file.write_text("a"))
            bundle.add("b.txt", fail)

    with pytest.raises(DatastackError, match=name):
        fill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("name", ["maps.zip", "maps"])
def test_what_a_killed_program_left_goes_when_it_is_made_again(tmp_path, name):
    command = [sys.executable, "-c", KILLED, str(tmp_path / name)]
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run(command, cwd=root, check=False).returncode == -signal.SIGKILL
    left = list(tmp_path.iterdir())
    assert any(each.is_dir() for each in left)
    for each in (*left, *tmp_path.rglob("a.txt")):
        os.utime(each, (time.time() - 10,) * 2)
    with new_bundle(tmp_path / name) as bundle:
        bundle.add("b.txt", lambda file: file.write_text("b"))
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(os.name == "nt", reason="no locks of folders")
@pytest.mark.parametrize("name", ["maps.zip", "maps"])
def test_what_another_program_is_filling_is_left_alone_however_old_it_is(tmp_path, name):
    with new_bundle(tmp_path / name) as bundle:
        bundle.add("a.txt", lambda file: file.write_text("a"))
        working = list(tmp_path.iterdir())
        for each in (*working, *tmp_path.rglob("a.txt")):
            os.utime(each, (0, 0))
        with new_bundle(tmp_path / "other.zip"):
            assert all(each.exists() for each in working)
        with pytest.raises(RuntimeError, match="given up"), new_bundle(tmp_path / name):
            raise RuntimeError("given up")
        assert all(each.exists() for each in working)
    assert (tmp_path / name).exists()
