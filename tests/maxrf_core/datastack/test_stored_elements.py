"""Element maps are kept in the file, opened again, and computed anew after a calibration."""

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_elements import NET, RESIDUAL, SIGMA, stored_element_maps
from maxrf_core.errors import CalibrationError
from maxrf_core.readers import ArrayScan
from maxrf_core.spectrum.calibration import Calibration
from tests.maxrf_core.elements.made_scan import CALIBRATION, COUNTS, made_counts


@pytest.fixture
def ds(tmp_path):
    path = convert(ArrayScan(made_counts()), tmp_path / "scan.datastack", calibration=CALIBRATION)
    return DataStack(path)


def test_maps_are_computed_once_and_then_read(ds):
    assert stored_element_maps(ds) is None
    first = ds.element_maps()
    assert set(first.names) == COUNTS.keys()
    assert {NET, SIGMA, RESIDUAL} <= set(ds.names)
    again = DataStack(ds.path).element_maps(["Pb", "Fe-K"], progress=_never)
    assert again.names == ("Pb-L", "Fe-K")
    np.testing.assert_array_equal(again.net[1], first.net[first.index("Fe")])
    np.testing.assert_array_equal(ds.element_maps(progress=_never).sigma, first.sigma)
    about = ds.attributes(NET)
    assert about["names"] == list(first.names)
    assert 25 < about["tube_kV"] <= 50
    assert about["tube_anode"] == "Rh"
    assert set(COUNTS) <= set(about["model"])


def test_another_calibration_or_tube_makes_them_anew(ds):
    ds.element_maps(["Fe"])
    assert stored_element_maps(ds) is not None
    ds.calibrate(Calibration(CALIBRATION.gain, CALIBRATION.offset + 0.005))
    assert stored_element_maps(ds) is None
    ds.element_maps(["Fe"])
    assert stored_element_maps(ds) is not None
    ds.set_tube({"tube_kV": 40.0})
    assert stored_element_maps(ds) is None


def test_maps_need_not_be_kept(ds):
    before = ds.names
    assert ds.element_maps(["Fe"], keep=False).names == ("Fe-K",)
    assert ds.names == before


def test_a_scan_without_energies_is_refused(tmp_path):
    ds = DataStack(convert(ArrayScan(made_counts()), tmp_path / "scan.datastack"))
    with pytest.raises(CalibrationError, match="calibrate it first"):
        ds.element_maps()


def _never(fraction: float, description: str) -> None:
    raise AssertionError("the cube was read again")
