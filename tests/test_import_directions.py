"""Imports go one way: pages → widgets → server → maxrf_core, and down through the rooms of maxrf_core."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
LAYERS = ("pages", "widgets", "server", "maxrf_core")

# From the top floor down; rooms of one floor do not import each other.
FLOORS = (
    ("cli",),
    ("export",),
    ("figures",),
    ("demo", "recovery"),
    ("conversion", "untrusted", "mosaic"),
    ("autoalign",),
    ("registration",),
    ("readers", "writers"),
    ("datastack",),
    ("patches",),
    ("transform",),
    ("elements",),
    ("imaging", "cube"),
    ("spectrum", "atomic"),
    ("workers", "names", "progress", "written_numbers", "large_array"),
    ("errors", "file_signatures", "other_formats", "_version"),
    ("language", "locale"),
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return the dotted names that a file imports."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "maxrf_core":
                yield from (f"maxrf_core.{alias.name}" for alias in node.names)
            yield node.module


def files(layer: str) -> list[Path]:
    found = sorted((PROJECT / layer).rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_no_layer_imports_one_above_it(layer: str):
    above = LAYERS[: LAYERS.index(layer)]
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in files(layer)
        for name in imports(path)
        if name.split(".")[0] in above
    ]
    assert not wrong


def test_the_core_knows_nothing_of_the_app():
    app = {"streamlit", "starlette", "uvicorn", "plotly", "pages", "widgets", "server"}
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in files("maxrf_core")
        for name in imports(path)
        if name.split(".")[0] in app
    ]
    assert not wrong


def test_every_room_of_the_core_has_a_floor():
    rooms = {path.stem for path in (PROJECT / "maxrf_core").iterdir() if path.name != "__pycache__"}
    assert rooms - {"__init__", "__main__", "py"} <= FLOOR_OF.keys()


def test_no_room_of_the_core_imports_one_above_it_or_beside_it():
    core = PROJECT / "maxrf_core"
    wrong = []
    for path in files("maxrf_core"):
        room = path.relative_to(core).parts[0].removesuffix(".py")
        for name in imports(path):
            parts = name.split(".")
            if parts[0] != "maxrf_core" or len(parts) == 1 or room in ("__init__", "__main__"):
                continue
            other = parts[1]
            if other in FLOOR_OF and other != room and FLOOR_OF[other] <= FLOOR_OF[room]:
                wrong.append(f"{path.relative_to(PROJECT)} ({room}) imports {name}")
    assert not wrong
