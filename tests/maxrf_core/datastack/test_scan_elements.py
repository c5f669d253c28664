"""The elements of a scan are found with their maps, and nothing is stored."""

import numpy as np

from maxrf_core.datastack.scan_elements import scan_elements
from maxrf_core.imaging.straight_rows import straighten
from tests.maxrf_core.elements.made_scan import COUNTS
from tests.pages.elements_scan import make_scan


def test_maps_are_those_of_the_found_elements_and_stored_ones_are_taken(tmp_path):
    ds = make_scan(tmp_path / "scan.datastack")
    before = ds.names
    found = scan_elements(ds.straightened(1.0))
    assert ds.names == before
    assert set(COUNTS) <= {finding.family for finding in found.findings}
    assert not found.is_stored
    iron = found.maps.net[found.maps.index("Fe-K")]  # as measured
    np.testing.assert_array_equal(found.shown("Fe-K")[0], straighten(iron, 1.0))
    assert found.summary("Fe-K") is found.summary("Fe-K")
    kept = ds.element_maps([finding.family for finding in found.findings])
    again = scan_elements(ds)
    assert again.is_stored
    np.testing.assert_array_equal(again.maps.net[again.maps.index("Fe-K")], kept.net[kept.index("Fe-K")])


def test_coarse_maps_come_before_the_exact_ones(tmp_path):
    ds = make_scan(tmp_path / "scan.datastack")
    told = []
    found = scan_elements(ds, coarse=lambda identification, maps: told.append((identification, maps)))
    [(identification, maps)] = told
    assert identification is found.identification
    assert maps.names == tuple(finding.family for finding in found.findings)
    ds.element_maps(list(maps.names))  # stored: there is nothing to wait for
    told.clear()
    assert scan_elements(ds, coarse=lambda *each: told.append(each)).is_stored
    assert not told
