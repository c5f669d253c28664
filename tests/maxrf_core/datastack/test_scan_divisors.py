"""The live time of pixels: what the file tells comes before the zero peak."""

import numpy as np
import pytest

from maxrf_core.conversion.convert import convert
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.scan_divisors import scan_divisor, scan_live_time
from maxrf_core.readers import ArrayScan
from tests.maxrf_core.elements.made_scan import CALIBRATION, SHAPE, made_counts


@pytest.fixture
def ds(tmp_path):
    return DataStack(convert(ArrayScan(made_counts()), tmp_path / "scan.datastack", calibration=CALIBRATION))


def test_a_map_of_live_seconds_in_the_file_is_preferred(ds):
    maps = ds.element_maps(["Fe"])
    assert scan_live_time(ds, maps).values is None
    seconds = np.linspace(0.01, 0.02, SHAPE[0] * SHAPE[1]).reshape(SHAPE)
    ds.append({"live_time_s": seconds})
    told = scan_divisor(ds, maps, "live-time")
    np.testing.assert_allclose(told.values, seconds, rtol=1e-6)
    assert not told.sigma.any()
    assert told.sentence == "The file tells the live time of each pixel."


def test_a_map_of_another_size_is_not_taken(ds):
    ds.append({"live_time_s": np.ones((3, 3))})
    assert scan_live_time(ds, ds.element_maps(["Fe"])).values is None


def test_the_scatter_is_that_of_the_maps(ds):
    maps = ds.element_maps(["Fe"])
    np.testing.assert_array_equal(scan_divisor(ds, maps, "scatter").values, maps.references.scatter)
    again = ds.element_maps(["Fe"])  # from the file
    np.testing.assert_array_equal(again.references.stacked(), maps.references.stacked())
