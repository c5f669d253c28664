"""What tests of maxrf_core share: a realistic scan, made once."""

import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def real_scan(shared, tmp_path_factory):
    """Make the realistic scan, small; gives the prefix of its files."""
    tool = shared("tools/make_real_scan.py")
    folder = tmp_path_factory.mktemp("real")
    for name, more in (("upright", []), ("turned", ["--rotate180"])):
        size = ["--height", "70", "--width", "66"]
        subprocess.run([sys.executable, tool, folder / name, *size, *more], check=True)
    return folder
