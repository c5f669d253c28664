"""The command elements: a table, and maps in files that say what they are."""

import numpy as np
import pytest
import tifffile

from maxrf_core.cli.main import main
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, COUNTS, SHAPE, made_counts


@pytest.fixture(name="path")
def scan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return convert(ArrayScan(made_counts()), tmp_path / "scan.datastack", calibration=CALIBRATION)


def test_the_table_and_the_maps_are_written(path, tmp_path, capsys):
    assert main(["elements", str(path), "-o", "maps"]) == 0
    printed = capsys.readouterr().out
    for name in COUNTS:
        assert f"\n{name} " in printed
        with tifffile.TiffFile(tmp_path / "maps" / f"scan_{name}_net.tif") as file:
            values = file.asarray()
            assert name in (file.pages[0].description or "")
        assert values.shape == SHAPE
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, DataStack(path).element_maps([name]).net[0])
    assert (tmp_path / "maps" / "scan_residual.tif").exists()


def test_chosen_families_alone_are_listed(path, capsys):
    assert main(["elements", str(path), "--families", "Pb-L", "Fe"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert [row.split()[0] for row in rows] == ["Pb-L", "Fe-K"]


def test_a_proposed_tube_is_noted(path, capsys):
    assert main(["elements", str(path), "--families", "Fe"]) == 0
    assert "note: The tube is not stated; its scattered lines are those of Rh." in capsys.readouterr().err
    DataStack(path).set_tube({"tube_kV": 50.0, "tube_anode": "Rh"})
    assert main(["elements", str(path), "--families", "Fe"]) == 0
    assert "note" not in capsys.readouterr().err


def test_an_impossible_family_gives_one_line_and_status_2(path, capsys):
    assert main(["elements", str(path), "--families", "Rh"]) == 2
    assert "anode" in capsys.readouterr().err


def test_maps_per_scatter_say_what_they_are(path, tmp_path, capsys):
    assert main(["elements", str(path), "--families", "Fe", "--per", "scatter", "-o", "maps"]) == 0
    printed = capsys.readouterr()
    assert "net counts per count of tube scatter" in printed.out
    assert "note: Tube scatter is" in printed.err
    with tifffile.TiffFile(tmp_path / "maps" / "scan_Fe-K_net.tif") as file:
        values = file.asarray()
        assert "net counts per count of tube scatter" in file.pages[0].description
    kept = DataStack(path).element_maps(["Fe"])  # still counts
    there = np.isfinite(values)
    assert there.mean() > 0.9
    np.testing.assert_allclose(values[there], (kept.net[0] / kept.references.scatter)[there], rtol=1e-5)


def test_maps_per_live_second_are_refused_where_nothing_tells_the_time(path, tmp_path, capsys):
    assert main(["elements", str(path), "--families", "Fe", "--per", "live-time", "-o", "maps"]) == 2
    assert "no zero peak" in capsys.readouterr().err
    assert not (tmp_path / "maps").exists()
