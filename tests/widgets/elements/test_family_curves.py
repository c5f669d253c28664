"""The curves beside an element's map are counts per pixel, and add up to the model."""

from types import SimpleNamespace

import numpy as np
import pytest

from maxrf_core import ArrayScan, DataStack, convert
from maxrf_core.spectrum.calibration import SpectralAxis
from tests.maxrf_core.elements.made_scan import AXIS, SHAPE, made_spectrum
from tests.widgets.elements.made_examination import made_examination
from widgets.elements.family_curves import cropped, family_curves, line_names


@pytest.fixture(scope="module", name="scan")
def scan_of_the_same_size(tmp_path_factory):
    counts = np.ones((*SHAPE, 8), np.uint8)
    path = convert(ArrayScan(counts), tmp_path_factory.mktemp("curves") / "scan.datastack")
    return SimpleNamespace(ds=DataStack(path))


def test_the_lines_of_a_found_family_hold_its_counts(scan):
    mean, model, lines = family_curves(scan, made_examination(), "Fe-K")
    np.testing.assert_allclose(mean.values, made_spectrum() / np.prod(SHAPE))
    area = made_examination().analysis.fit.area("Fe-K") / np.prod(SHAPE)
    assert np.nansum(lines.values) == pytest.approx(area, rel=0.03)
    assert lines.name == "Fe-K lines"
    inside = np.isfinite(lines.values)
    assert (lines.values[inside] <= model.values[inside] * (1 + 1e-9)).all()


def test_of_an_absent_family_the_detection_limit_is_drawn(scan):
    curve = family_curves(scan, made_examination(), "As-K")[-1]
    assert curve.name == "As-K lines at the detection limit"
    assert np.nanmax(curve.values) > 0


def test_lines_are_named_at_their_energies():
    names = {name.text: name.position for name in line_names(made_examination(), "Fe-K")}
    assert names["Fe Ka"] == pytest.approx(6.40, abs=0.02)
    assert names["Fe Kb"] == pytest.approx(7.06, abs=0.02)
    lead = [name.text for name in line_names(made_examination(), "Pb-L")]
    assert {"Pb La", "Pb Lb"} <= set(lead)
    assert not any(name.startswith("Pb M") for name in lead)


def test_a_part_of_the_axis_has_the_same_values(scan):
    curves = family_curves(scan, made_examination(), "Fe-K")
    axis, parts = cropped(AXIS, curves, [6.4, 7.06])
    assert 5.6 < axis.values[0] < 5.7
    assert 7.8 < axis.values[-1] < 7.9
    start = AXIS.index(float(axis.values[0]))
    np.testing.assert_array_equal(parts[0].values, curves[0].values[start : start + len(axis)])


def test_without_positions_all_is_shown():
    axis = SpectralAxis(np.arange(3.0), "keV")
    assert cropped(axis, [], [])[0] is axis
