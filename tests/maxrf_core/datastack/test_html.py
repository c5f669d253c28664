"""A notebook shows what a datastack holds as a table, whatever its names and texts are."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import maxrf_core
from maxrf_core import DataStack, append, tree

DATA = Path(__file__).resolve().parents[2] / "data"

COUNTS = np.random.default_rng(5).poisson(3.0, (6, 5, 200)).astype(np.uint16)


@pytest.fixture(params=["ours", "maxrf4u's"])
def path(request, tmp_path):
    name = "faults/band_edges" if request.param == "ours" else "maxrf4u/v3_head_24x20x4096"
    return shutil.copy(DATA / f"{name}.datastack", tmp_path / "scan.datastack")


def test_a_notebook_shows_a_table_of_the_arrays(path, capsys):
    assert tree(path) is None
    printed = capsys.readouterr().out.strip()
    table = tree(path, show_arrays=True)
    assert repr(table) == printed
    shown = table._repr_html_()
    assert shown == DataStack(path)._repr_html_()
    assert shown.count("<tr>") == 1 + len(DataStack(path).names)
    assert "<td>maxrf_cube</td>" in shown


def test_names_and_texts_of_a_file_are_no_html(tmp_path):
    path = tmp_path / "<b>scan.datastack"
    maxrf_core.convert(maxrf_core.ArrayScan(COUNTS), path, about={"title": "<script>alert(1)</script>"})
    append([1.0], "<img src=x>", path)
    shown = DataStack(path)._repr_html_()
    assert "&lt;script&gt;" in shown
    assert not any(tag in shown for tag in ("<script", "<img", "<b>"))
