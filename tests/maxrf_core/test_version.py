"""The version is defined in one place."""

import re
import tomllib
from pathlib import Path

import maxrf_core
from maxrf_core._version import SOFTWARE, VERSION

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_defined_in_one_place():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in settings["project"]
    source = ROOT / settings["tool"]["hatch"]["version"]["path"]
    assert (
        re.search(settings["tool"]["hatch"]["version"]["pattern"], source.read_text())["version"] == VERSION
    )
    assert VERSION in SOFTWARE
    assert maxrf_core.__version__ == VERSION
