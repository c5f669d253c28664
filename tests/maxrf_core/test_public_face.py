"""The names at the top of maxrf_core: quick to import, known to editors, without side effects."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import maxrf_core

ROOT = Path(__file__).resolve().parents[2]
FACE = Path(maxrf_core.__file__)
OURS = ROOT / "tests/data/faults/band_edges.datastack"


def printed(program: str) -> list[str]:
    """Run a program in a fresh Python and return the words that it prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_package_imports_nothing_large():
    loaded = printed("import sys, maxrf_core; print(*sys.modules)")
    assert "maxrf_core" in loaded
    large = {"numpy", "scipy", "h5py", "zarr", "numcodecs", "dask", "cv2", "PIL", "tifffile", "xraylib"}
    assert not large & set(loaded)
    assert [name for name in loaded if name.startswith("maxrf_core.")] == ["maxrf_core._version"]


def test_our_own_datastack_is_read_and_extended_without_what_other_files_need(tmp_path):
    program = f"""
import shutil, sys
from maxrf_core import DataStack
ds = DataStack(shutil.copy({str(OURS)!r}, {str(tmp_path)!r}))
ds.band_map(2, 6), ds.read("maxrf_maxspectrum"), ds.append({{"image": [[1, 2]]}})
print(*sys.modules)
"""
    loaded = set(printed(program))
    assert "h5py" in loaded
    assert not {"zarr", "numcodecs", "tifffile", "fsspec", "dask", "scipy"} & loaded


def test_editors_see_the_names_that_are_there():
    tree = ast.parse(FACE.read_text())
    guard = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.name: node.module.removeprefix("maxrf_core.")
        for node in guard.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == maxrf_core._MODULE_OF
    assert sorted([*typed, "__version__"]) == sorted(maxrf_core.__all__)
    assert (FACE.parent / "py.typed").exists()


@pytest.mark.parametrize("name", maxrf_core.__all__)
def test_every_name_is_there_and_documented(name):
    value = getattr(maxrf_core, name)
    assert name in dir(maxrf_core)
    assert not inspect.ismodule(value)
    if callable(value):
        assert inspect.getdoc(value)


def test_no_module_takes_the_place_of_a_function():
    """Python sets an attribute of the package for each module in it, whenever that is imported."""
    modules = {path.stem for path in FACE.parent.iterdir()}
    assert not modules & set(maxrf_core.__all__)
    kinds = printed(
        "import maxrf_core.conversion.convert, maxrf_core.recovery.rescue\n"
        "print(type(maxrf_core.convert).__name__, type(maxrf_core.rescue).__name__)"
    )
    assert kinds == ["function", "function"]


def test_a_name_that_is_not_there_is_an_ordinary_error():
    with pytest.raises(AttributeError, match="has no attribute 'warpp'"):
        _ = maxrf_core.warpp


def test_using_every_name_changes_no_setting_of_the_whole_program():
    program = """
import gc, signal, warnings
import cv2, PIL.Image
def settings():
    return (PIL.Image.MAX_IMAGE_PIXELS, gc.get_freeze_count(), gc.get_threshold(), gc.isenabled(),
            signal.getsignal(signal.SIGTERM), cv2.getNumThreads(), list(warnings.filters))
import dask.array, h5py, numcodecs, scipy, tifffile, xraylib, zarr  # whose own effects are not ours
before = settings()
import maxrf_core
for name in maxrf_core.__all__:
    getattr(maxrf_core, name)
print(settings() == before)
"""
    assert printed(program) == ["True"]
