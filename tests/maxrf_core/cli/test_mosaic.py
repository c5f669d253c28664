"""Two overlapping demo scans become one mosaic from the command line."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.cli.main import main
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.demo.parts import DemoPart, make_demo_parts
from tests.once import made_once

PARTS = (DemoPart(1.0, 2.0, 0.0, 145, 84, seed=1), DemoPart(59.2, 3.6, -1.5, 142, 76, dose=1.6, seed=2))


@pytest.fixture
def parts(tmp_path_factory):
    """Make two small demo scans and their photograph once in a test run."""

    def make(folder):
        make_demo_parts(folder / "demo.datastack", parts=PARTS, height=150, width=140, channels=1024)

    folder = made_once(tmp_path_factory, "demo-parts", make)
    return [str(folder / name) for name in ("demo_1.datastack", "demo_2.datastack", "demo_photo.png")]


def test_two_overlapping_demo_scans_become_one_mosaic(parts, tmp_path, capsys):
    one, other, photo = (shutil.copy(each, tmp_path) for each in parts)
    out = Path(one).with_name("mosaic.datastack")
    assert main(["mosaic", one, other, "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert not out.exists()
    measured = re.search(r"^1–2 +\d+ +(\d\.\d+) ± \d\.\d+ pixels \((\d\.\d+) mm\)", told, re.MULTILINE)
    assert float(measured[1]) < 0.15
    assert float(measured[2]) == pytest.approx(float(measured[1]) / 2, abs=0.01)

    assert main(["mosaic", one, other, "-o", str(out), "--match-counts", "--photo", photo]) == 0
    ds = DataStack(out)
    assert "imvis_reg_highres" in ds.names
    record = json.loads(str(ds.read("mosaic")))
    assert all(len(scan["cube_checksum"]) == 64 for scan in record["scans"])
    factor = record["scans"][1]["factors"]["Fe-K"]["factor"]
    assert factor == pytest.approx(1 / PARTS[1].dose, rel=0.05)
    scans, values = ds.read("mosaic_scans"), np.asarray(ds.stored_map("Fe-K"))
    assert record["scans"][0]["fitted_for_the_mosaic"] == ["Hg-L"]  # it is in the other part only
    assert np.isfinite(ds.stored_map("Hg-L")[scans > 0]).all()
    assert ds.stored_map("Hg-L").unit == "net counts per pixel"
    for number, (path, dose) in enumerate(((one, 1.0), (other, PARTS[1].dose)), 1):
        truth = DataStack(path)
        names = truth.attributes("demo_truth")["names"]
        expected = truth.read("demo_truth")[names.index("Fe")].mean(dtype=float) / dose
        assert values[scans == number].mean() == pytest.approx(expected, rel=0.35)  # of the whole part
    assert main(["mosaic", one, other, "-o", str(out)]) == 2
    assert "exists" in capsys.readouterr().err


def test_scans_of_two_paintings_are_refused_in_one_line(parts, tmp_path, capsys):
    one, other, photo = parts
    wrong = tmp_path / "wrong.png"
    wrong.write_bytes(Path(photo).read_bytes() + b" ")
    assert main(["mosaic", one, other, "--dry-run", "--photo", str(wrong)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Not every scan is registered on this photograph" in error
