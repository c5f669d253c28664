"""Elements of a scan: also those of a few speckles, with the place."""

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_identify import bright_spots, identify
from maxrf_core.datastack.stored_elements import scan_analysis
from maxrf_core.errors import CalibrationError
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, INSTRUMENT, N, made_counts, made_spectrum

SPECKLE = (slice(20, 23), slice(7, 10))


@pytest.fixture(scope="module")
def ds(tmp_path_factory):
    """Make the scan with speckles of zinc in nine of 840 pixels."""
    counts = made_counts().copy()
    zinc = INSTRUMENT.family("Zn-K", N) * 1500
    counts[SPECKLE] += np.random.default_rng(1).poisson(zinc, (3, 3, N)).astype(np.uint16)
    path = tmp_path_factory.mktemp("scan") / "scan.datastack"
    return DataStack(convert(ArrayScan(counts), path, calibration=CALIBRATION))


def test_speckles_count_and_their_place_is_told(ds):
    steps = []
    found = identify(ds, progress=lambda fraction, what: steps.append(fraction))
    assert {"Fe", "Ca", "Ti", "Ba", "Pb", "Cu"} <= set(found.elements("sure"))
    assert "Zn" in {*found.elements("sure"), *found.elements("possible")}
    assert "scattered lines are those of Rh" in found.tube_sentence
    assert steps == sorted(steps)
    assert steps[-1] == 1


def test_bright_spots_contain_the_speckles(ds):
    spots = dict(bright_spots(ds, scan_analysis(ds)))
    assert 0 < len(spots) <= 8
    zinc = [spectrum[int((8.63 + 0.5) / 0.02)] for spectrum in spots.values()]
    assert max(zinc) > 50


def test_the_tube_of_the_file_is_used_without_a_proposal(ds, tmp_path):
    other = DataStack(convert(ArrayScan(made_counts()), tmp_path / "s.datastack", calibration=CALIBRATION))
    other.set_tube({"tube_kV": 50.0, "tube_anode": "Rh"})
    assert identify(other).tube_sentence == ""


def test_a_spectrum_needs_energies():
    with pytest.raises(CalibrationError, match="calibrate it first"):
        identify(made_spectrum())
