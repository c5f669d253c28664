"""The program starts fast, and its version is told in one place."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from maxrf_core._version import SOFTWARE, VERSION

ROOT = Path(__file__).resolve().parents[2]


def test_starting_does_not_wait_for_what_few_uses_need():
    program = "import sys, maxrf_core\nprint(*{'scipy', 'dask'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_version_is_told_in_one_place():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in settings["project"]
    source = ROOT / settings["tool"]["hatch"]["version"]["path"]
    assert (
        re.search(settings["tool"]["hatch"]["version"]["pattern"], source.read_text())["version"] == VERSION
    )
    assert VERSION in SOFTWARE
