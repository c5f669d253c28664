"""silx, HyperSpy and PyMca show the cube of a datastack with its axes in keV and mm."""

from pathlib import Path

import numpy as np
import pytest

from maxrf_core import append, repack
from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from tests.interop.seen_by import seen_by
from tests.maxrf_core.datastack.small_datastacks import CALIBRATION, COUNTS

PIXEL = (0.5, 0.25)  # mm

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def converted(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("interop") / "converted.datastack"
    return convert(ArrayScan(COUNTS), path, calibration=CALIBRATION, about={"pixel_size_mm": PIXEL})


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> Path:
    """Make a scan that got its pixel size, newer counts and newer energies later."""
    path = convert(ArrayScan(COUNTS), tmp_path_factory.mktemp("interop") / "changed.datastack")
    ds = DataStack(path)
    ds.calibrate(CALIBRATION)
    ds.set_pixel_size(*PIXEL)
    append(COUNTS[:12] + 1, "maxrf_cube", path)
    ds.calibrate(Calibration(0.2, 0.0))
    return path


@pytest.fixture(scope="module")
def repacked(changed) -> Path:
    path = changed.with_name("repacked.datastack")
    path.write_bytes(changed.read_bytes())
    repack(path)
    return path


@pytest.mark.parametrize("program", ["silx", "hyperspy", "pymca"])
def test_the_program_finds_the_newest_cube_with_its_axes(program, converted, changed, repacked):
    first, *others = seen_by(program, converted, changed, repacked)
    assert first["path"] == ("scan" if program == "hyperspy" else "/entry/scan/counts")
    assert first["shape"] == [20, 17, 90]
    assert first["spectrum"] == COUNTS[3, 2].tolist()
    assert first["units"] == ["mm", "mm", "keV"]
    np.testing.assert_allclose(first["values"], [[0, 0.25], [0, 0.5], [-0.3, -0.2]], atol=1e-9)
    for later in others:
        assert later["shape"] == [12, 17, 90]
        assert later["spectrum"] == (COUNTS[3, 2] + 1).tolist()
        assert later["units"] == ["mm", "mm", "keV"]
        np.testing.assert_allclose(later["values"], [[0, 0.25], [0, 0.5], [0, 0.2]], atol=1e-9)


@pytest.mark.parametrize("program", ["silx", "hyperspy"])
def test_without_energies_and_pixel_size_the_cube_is_shown_by_numbers(program, tmp_path):
    path = convert(ArrayScan(COUNTS), tmp_path / "plain.datastack")
    [seen] = seen_by(program, path)
    assert seen["spectrum"] == COUNTS[3, 2].tolist()
    assert seen["units"][:2] == ["px", "px"]
    assert seen["values"][:2] == [[0, 1], [0, 1]]
    assert seen["units"][2] in (None, "")


def test_hyperspy_opens_the_default_plot_lazily(converted):
    [seen] = seen_by("hyperspy_default", converted)
    assert seen == {"path": "scan", "shape": [20, 17, 90]}
