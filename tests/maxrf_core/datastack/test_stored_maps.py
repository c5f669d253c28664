"""Element maps of other programs in a datastack, beside a cube too."""

import numpy as np
import pytest

from maxrf_core import DataStack, convert
from maxrf_core.datastack.stored_maps import UNITS, units_of_map
from maxrf_core.errors import ArrayNotFoundError
from maxrf_core.readers import ArrayScan

MAPS = np.random.default_rng(3).gamma(2.0, 20.0, (2, 4, 6)).astype(np.float32)


@pytest.fixture
def ds(tmp_path):
    return DataStack(convert(ArrayScan(np.ones((4, 6, 20), np.uint8)), tmp_path / "scan.datastack"))


def test_maps_by_factorisation_in_a_datastack_have_the_names_that_lie_beside_them(ds):
    ds.append({"nmf_elementmaps": MAPS, "nmf_elements": np.array(["Fe", "Ca"])})
    assert ds.map_names == ["NMF Fe", "NMF Ca"]
    np.testing.assert_array_equal(ds.stored_map("NMF Ca"), MAPS[1])
    assert ds.has_spectra


def test_maps_along_the_last_axis_and_without_names_are_numbered(ds):
    ds.append({"nmf_elementmaps": MAPS.transpose(1, 2, 0)})
    assert ds.map_names == ["NMF 1", "NMF 2"]
    np.testing.assert_array_equal(ds.stored_map("NMF 2"), MAPS[1])


def test_the_newest_version_counts_and_maps_of_another_size_are_none(ds):
    ds.append({"maps": MAPS}, {"maps": {"names": ["Fe", "Ca"]}})
    ds.append({"maps": MAPS + 1}, {"maps": {"names": ["Pb", "Hg"]}})
    ds.append({"nmf_elementmaps": np.zeros((2, 9, 9))})
    assert ds.map_names == ["Pb", "Hg"]
    np.testing.assert_array_equal(ds.stored_map("Pb"), MAPS[0] + 1)


def test_displaced_rows_are_shifted_back_in_them_too(ds):
    ds.append({"maps": MAPS}, {"maps": {"names": ["Fe", "Ca"]}})
    shifted = np.asarray(ds.straightened(1.0).stored_map("Fe"))
    np.testing.assert_array_equal(shifted[0], MAPS[0, 0])
    np.testing.assert_allclose(shifted[1, :-1], MAPS[0, 1, 1:], rtol=1e-5)


def test_a_name_that_is_not_there_is_told_with_those_that_are(ds):
    ds.append({"maps": MAPS}, {"maps": {"names": ["Fe", "Ca"]}})
    with pytest.raises(ArrayNotFoundError, match="holds no map 'Pb'; those it holds: Fe, Ca"):
        ds.stored_map("Pb")


def test_their_values_have_the_units_that_the_file_tells(ds):
    ds.append({"maps": MAPS}, {"maps": {"names": ["Fe", "Ca"], "units": "µg/cm²"}})
    assert ds.stored_map("Fe").unit == units_of_map(ds, "Ca") == "µg/cm²"
    ds.append({"maps": MAPS}, {"maps": {"names": ["Fe", "Ca"], "units": "x" * 500}})
    assert ds.stored_map("Fe").unit == units_of_map(ds, "none such") == UNITS


def test_a_scan_without_such_maps_has_none(ds):
    assert ds.map_names == []
