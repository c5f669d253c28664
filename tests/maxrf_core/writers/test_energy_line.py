"""The line on which energies lie is exact wherever there is one."""

import numpy as np
import pytest

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.names import ENERGIES
from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.writers.energy_line import energy_line, line_notes
from tests.maxrf_core.writers.exports import scan_of

COUNTS = np.ones((2, 3, 400), np.uint8)


@pytest.mark.parametrize(
    "line", [Calibration(0.01, -0.96), Calibration(0.0099987, -0.956415), Calibration(1 / 3, 0.1)]
)
def test_gain_and_offset_of_energies_without_attributes_are_found(line, tmp_path):
    ds = scan_of(COUNTS, tmp_path, None)
    ds.append({ENERGIES: line.energies(400)})
    ds = DataStack(ds.path)
    found = energy_line(ds)
    np.testing.assert_allclose(found.energies(400), line.energies(400), rtol=0, atol=1e-12)
    assert not line_notes(ds, found)


def test_there_is_none_without_energies(tmp_path):
    ds = scan_of(COUNTS, tmp_path, None)
    assert energy_line(ds) is None
    assert line_notes(ds, None) == []
