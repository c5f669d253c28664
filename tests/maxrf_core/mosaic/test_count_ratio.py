"""Counts in overlaps are compared with their error, and matched by factors on request."""

import numpy as np
import pytest

from maxrf_core.mosaic.count_ratio import CountRatio, count_ratios, matching_factors
from maxrf_core.mosaic.grid import grid_over, shared_box
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.scan_maps import ScanMaps
from tests.maxrf_core.mosaic.made_parts import NAMES, RIGHT, make_both


def compared(paths, pixel_mm=None):
    scans = placed_scans(paths)
    grid = grid_over(scans, pixel_mm)
    box = shared_box(*(grid.box(scan.outline()) for scan in scans))
    return count_ratios(*(ScanMaps(scan) for scan in scans), grid, box)


def test_the_ratio_is_that_of_the_doses_within_its_error(tmp_path):
    ratios, pixels = compared(make_both(tmp_path))
    assert list(ratios) == list(NAMES)
    assert 4000 < pixels < 7000
    for each in ratios.values():
        assert each.ratio == pytest.approx(RIGHT.dose, abs=4 * each.error)
        assert 0 < each.counting < 0.02
        assert each.scatter < 0.03


def test_the_counting_error_does_not_depend_on_the_pixels_of_the_mosaic(tmp_path):
    paths = make_both(tmp_path)
    usual, fine = (compared(paths, size)[0]["Fe-K"] for size in (None, 0.25))
    assert fine.counting == pytest.approx(usual.counting, rel=0.05)
    assert fine.ratio == pytest.approx(usual.ratio, abs=usual.error)


def test_maps_without_errors_have_the_scatter_between_parts_of_the_overlap(tmp_path):
    ratios, _pixels = compared(make_both(tmp_path, errors=False))
    each = ratios["Pb-L"]
    assert each.counting is None
    assert each.ratio == pytest.approx(RIGHT.dose, abs=4 * each.error)


def test_an_element_that_is_not_there_has_no_ratio(tmp_path):
    ratios, _pixels = compared(make_both(tmp_path, names=("Fe-K", "Au-L")))
    assert list(ratios) == ["Fe-K"]


def test_factors_of_a_ring_of_scans_balance_what_does_not_close():
    def ratio(value):
        return {"Fe-K": CountRatio(value, 0.01 * value, None)}

    factors = matching_factors(
        3, {(0, 1): ratio(2.0), (1, 2): ratio(2.0), (0, 2): ratio(4.0 * 1.06)}, ["Fe-K"]
    )
    values = [each["Fe-K"].value for each in factors]
    assert values[0] == 1.0
    assert factors[0]["Fe-K"].error == 0.0
    # A ring that does not close by 6 % gives a third of it to each of its three equal overlaps
    np.testing.assert_allclose(values[1:], [1 / (2 * 1.06 ** (1 / 3)), 1 / (4 * 1.06 ** (2 / 3))], rtol=1e-6)


def test_an_element_that_no_overlap_links_keeps_its_counts():
    links = {(1, 2): {"Fe-K": CountRatio(2.0, 0.01, None)}, (0, 1): {"Fe-K": CountRatio(1.5, 0.9, 0.8)}}
    factors = matching_factors(3, links, ["Fe-K"])
    assert [each["Fe-K"].value for each in factors] == [1.0, 1.0, 1.0]
    assert np.isinf(factors[1]["Fe-K"].error)
