"""Constants stand once, in the module whose name says what they are."""

import ast
from contextlib import suppress
from pathlib import Path

import pytest

from maxrf_core import file_signatures
from maxrf_core.cube.chunk_grid import CHUNK_SHAPE
from maxrf_core.datastack.map_array import BAND_MAP_UNITS
from maxrf_core.imaging.colormaps import DEFAULT_COLORMAP
from maxrf_core.imaging.display import MISSING_COLOR
from maxrf_core.imaging.limits import MAX_BYTES, MAX_PIXELS
from maxrf_core.imaging.tiff_pages import ORIENTATION
from server import settings

PROJECT = Path(__file__).resolve().parents[1]
HOMES = {
    DEFAULT_COLORMAP: {"maxrf_core/imaging/colormaps.py"},
    CHUNK_SHAPE: {"maxrf_core/cube/chunk_grid.py"},
    # The chart's text is written out once more, since the catalogue for translators is made of literals.
    BAND_MAP_UNITS: {"maxrf_core/datastack/map_array.py", "widgets/charts/map_layers.py"},
    MAX_PIXELS: {"maxrf_core/imaging/limits.py"},
    MAX_BYTES: {"maxrf_core/imaging/limits.py"},
    MISSING_COLOR: {"maxrf_core/imaging/display.py"},
    ORIENTATION: {"maxrf_core/imaging/tiff_pages.py"},
    file_signatures.HDF5: {"maxrf_core/file_signatures.py"},
    file_signatures.ZIP: {"maxrf_core/file_signatures.py"},
    file_signatures.PNG: {"maxrf_core/file_signatures.py"},
    file_signatures.JPEG: {"maxrf_core/file_signatures.py"},
}


def literals(path: Path) -> set:
    """Return the constants and the tuples of constants that are written out in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant | ast.Tuple):
            with suppress(ValueError, TypeError):  # a tuple of names or of lists
                found.add(ast.literal_eval(node))
    return found


@pytest.fixture(scope="module")
def literals_of() -> dict[str, set]:
    folders = ("maxrf_core", "server", "widgets", "pages")
    files = [path for folder in folders for path in (PROJECT / folder).rglob("*.py")]
    return {path.relative_to(PROJECT).as_posix(): literals(path) for path in files}


@pytest.mark.parametrize("constant", HOMES, ids=repr)
def test_a_constant_is_written_out_in_one_file_only(constant: object, literals_of: dict[str, set]):
    assert {name for name, found in literals_of.items() if constant in found} == HOMES[constant]


def test_the_limits_of_uploads_in_the_docs_are_those_of_the_settings():
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    gigabytes = f"{settings.UPLOAD_LIMIT_GB}, {settings.UPLOAD_SHARE_GB} and {settings.UPLOAD_QUOTA_GB} |"
    assert f"all uploads together may take: {gigabytes}" in text
    assert f"that nobody has opened: {settings.UPLOAD_HOURS}," in text
    assert f"Files up to {settings.UPLOAD_LIMIT_GB} GB can also be uploaded" in text
    deploy = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert f"| `MAXRF_UPLOAD_TTL` | {settings.UPLOAD_HOURS} |" in deploy


def test_no_other_name_is_given_to_the_limits_of_uploads(literals_of: dict[str, set]):
    names = {"MAXRF_UPLOAD_LIMIT", "MAXRF_UPLOAD_SHARE", "MAXRF_UPLOAD_QUOTA", "MAXRF_UPLOAD_TTL"}
    assert {file for file, found in literals_of.items() if found & names} == {"server/settings.py"}
