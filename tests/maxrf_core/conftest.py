"""Fixtures for tests of maxrf_core: a realistic scan, made once."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the files that the module's fixture `made` gives; commands run in it."""
    shutil.copytree(made, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture(scope="session")
def real_scan(shared, tmp_path_factory):
    """Make the realistic scan, small; gives the prefix of its files."""
    tool = shared("tools/make_real_scan.py")
    folder = tmp_path_factory.mktemp("real")
    for name, more in (("upright", []), ("turned", ["--rotate180"])):
        size = ["--height", "70", "--width", "66"]
        subprocess.run([sys.executable, tool, folder / name, *size, *more], check=True)
    return folder
