"""Constants stand once, in the module whose name says what they are."""

import ast
from contextlib import suppress
from pathlib import Path

import pytest

from maxrf_core import file_signatures
from maxrf_core.cube.chunk_grid import CHUNK_SHAPE
from maxrf_core.imaging.colormaps import DEFAULT_COLORMAP
from maxrf_core.imaging.display import MISSING_COLOR
from maxrf_core.imaging.limits import MAX_BYTES, MAX_PIXELS
from maxrf_core.imaging.read_tiff import ORIENTATION

PROJECT = Path(__file__).resolve().parents[1]
HOMES = {
    DEFAULT_COLORMAP: {"maxrf_core/imaging/colormaps.py"},
    CHUNK_SHAPE: {"maxrf_core/cube/chunk_grid.py"},
    MAX_PIXELS: {"maxrf_core/imaging/limits.py"},
    MAX_BYTES: {"maxrf_core/imaging/limits.py"},
    MISSING_COLOR: {"maxrf_core/imaging/display.py"},
    ORIENTATION: {"maxrf_core/imaging/read_tiff.py"},
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
