"""The command elements: a table, and maps in files that say what they are."""

import numpy as np
import pytest
import tifffile

from maxrf_core import identify
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
        with tifffile.TiffFile(tmp_path / "maps" / f"scan_{name}.tif") as file:
            values, sigma = (page.asarray() for page in file.pages)
            assert name in (file.pages[0].description or "")
        assert values.shape == SHAPE
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, DataStack(path).element_maps([name]).net[0])
        np.testing.assert_array_equal(sigma, DataStack(path).element_maps([name]).sigma[0])
    assert (tmp_path / "maps" / "scan_residual.tif").exists()


def test_which_elements_are_sure_is_told_with_the_evidence(path, capsys):
    assert main(["elements", str(path)]) == 0
    told = capsys.readouterr().out.splitlines()[1 + len(DataStack(path).element_maps().names) :]
    found = identify(DataStack(path))
    assert [line.split()[:2] for line in told] == [
        [each.element, each.status] for each in found.findings if each.status != "absent"
    ]
    [iron] = [line for line in told if line.startswith("Fe ")]
    assert found.of("Fe").sentence in iron


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
    with tifffile.TiffFile(tmp_path / "maps" / "scan_Fe-K.tif") as file:
        values = file.pages[0].asarray()
        assert "net counts per count of tube scatter" in file.pages[0].description
    kept = DataStack(path).element_maps(["Fe"])  # still counts
    there = np.isfinite(values)
    assert there.mean() > 0.9
    np.testing.assert_allclose(values[there], (kept.net[0] / kept.references.scatter)[there], rtol=1e-5)


def test_maps_per_live_second_are_refused_where_nothing_tells_the_time(path, tmp_path, capsys):
    assert main(["elements", str(path), "--families", "Fe", "--per", "live-time", "-o", "maps"]) == 2
    assert "no zero peak" in capsys.readouterr().err
    assert not (tmp_path / "maps").exists()


def test_displaced_rows_are_shifted_back_and_said(tmp_path, capsys):
    counts = made_counts().copy()
    counts[1::2] = np.roll(counts[1::2], 1, axis=1)
    path = convert(ArrayScan(counts), tmp_path / "scan.datastack", calibration=CALIBRATION)
    folder = tmp_path / "maps"
    assert main(["elements", str(path), "--families", "Fe", "Pb-L", "--straighten", "-o", str(folder)]) == 0
    said = capsys.readouterr().err
    assert "pixels to the right, alike in Fe-K, Pb-L." in said
    assert "Odd rows are shifted back by" in said
    with tifffile.TiffFile(folder / "scan_Pb-L.tif") as file:
        values = file.pages[0].asarray()
        assert "odd rows shifted back by" in file.pages[0].description
    kept = DataStack(path).element_maps(["Pb-L"]).net[0]  # as measured
    true = np.roll(kept[1::2], -1, axis=1)[:, 2:-2]
    assert np.corrcoef(values[1::2, 2:-2].ravel(), true.ravel())[0, 1] > 0.98
    DataStack(path).keep_row_displacement(1.0)
    assert main(["info", str(path)]) == 0
    assert "odd rows lie +1.00 pixels to the right" in capsys.readouterr().out
    np.testing.assert_allclose(DataStack(path).element_maps(["Pb-L"]).net[0][1::2, :-1], kept[1::2, 1:])


def test_elements_are_listed_beside_what_a_blank_shows(path, capsys):
    assert main(["elements", str(path), "--families", "Fe", "--blank", "0,0,27,29"]) == 0
    printed = capsys.readouterr().out
    assert "The instrument itself shows Fe, and there is no more than that." in printed
    with pytest.raises(SystemExit):
        main(["elements", str(path), "--blank", "0,0,5"])
    assert "four whole numbers" in capsys.readouterr().err


def test_maps_per_live_second_make_up_for_dead_time(tmp_path, capsys):
    random = np.random.default_rng(4)
    live = 0.02 - 2.3e-6 * made_counts().sum(axis=2)
    peak = np.exp(-0.5 * (CALIBRATION.energies(made_counts().shape[2]) / 0.045) ** 2)
    zero = random.poisson(9969 * live[..., np.newaxis] * peak / peak.sum())
    counts = (made_counts() + zero).astype(np.uint16)
    path = convert(ArrayScan(counts), tmp_path / "scan.datastack", calibration=CALIBRATION)
    assert main(["elements", str(path), "--per", "live-time", "-o", str(tmp_path / "maps")]) == 0
    said = capsys.readouterr()
    assert "The zero peak is a clock in this scan" in said.err
    assert "net counts per live second" in said.out
    values = tifffile.imread(tmp_path / "maps" / "scan_Pb-L.tif", key=0)
    true = DataStack(path).element_maps(["Pb-L"]).net[0] / live
    bright = true > 10_000
    assert bright.sum() > 100
    np.testing.assert_allclose(values[bright], true[bright], rtol=0.1)
    assert np.mean(values[bright] / true[bright]) == pytest.approx(1, abs=0.02)
