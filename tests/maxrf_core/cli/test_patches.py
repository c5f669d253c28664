"""The command patches: import, list, export and compare."""

import json

import numpy as np
import pytest

from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.patches.exchange import read_patches
from maxrf_core.patches.patch import Patch
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, COUNTS, SHAPE, made_counts, truth


@pytest.fixture(name="path")
def scan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = convert(ArrayScan(made_counts()), tmp_path / "scan.datastack", calibration=CALIBRATION)
    iron = truth()[list(COUNTS).index("Fe-K")] > 0
    with_iron = Patch("with iron", "#e69f00", iron)
    DataStack(path).keep_patches([with_iron, Patch("without", "#56b4e9", ~iron)])
    return path


def test_patches_are_listed_exported_and_imported_again_under_names_of_their_own(path, tmp_path, capsys):
    assert main(["patches", str(path)]) == 0
    listed = capsys.readouterr().out
    assert "with iron" in listed
    assert f"{np.count_nonzero(DataStack(path).patches()[0].mask)} pixels" in listed
    assert main(["patches", str(path), "--export", "kept.geojson"]) == 0
    assert json.loads((tmp_path / "kept.geojson").read_text())["map_shape"] == list(SHAPE)
    assert main(["patches", str(path), "--import", "kept.geojson", "--export", "all.zip"]) == 0
    names = ["with iron", "without", "with iron 2", "without 2"]
    assert [patch.name for patch in DataStack(path).patches()] == names
    assert [patch.name for patch in read_patches("all.zip", SHAPE)] == names


def test_two_patches_are_compared_in_a_table_and_a_sentence(path, capsys):
    assert main(["patches", str(path), "--compare", "without", "with iron"]) == 0
    printed = capsys.readouterr().out.splitlines()
    [row] = [line.split() for line in printed if line.split()[:1] == ["Fe-K"]]
    assert row[-1] == "clearly"
    assert printed[0].split()[0] == "Element"
    assert printed[-1].startswith("with iron holds ")
    assert "Fe, which is hardly seen in without" in printed[-1] or "times as much Fe" in printed[-1]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (["--compare", "without"], "two patches or more"),
        (["--compare", "without", "sky"], "There is no patch 'sky'; there are with iron, without."),
        (["--compare", "without", "with iron", "--scanner-share", "3"], "from 0 to below 1"),
        (["--import", "none.roi"], "none.roi cannot be read"),
        (["--export", "kept.svg"], "not '.svg'"),
    ],
)
def test_what_cannot_be_done_gives_one_line_and_status_2(path, typed, reason, capsys):
    assert main(["patches", str(path), *typed]) == 2
    told = capsys.readouterr().err
    assert reason in told
    assert len(told.splitlines()) == 1
