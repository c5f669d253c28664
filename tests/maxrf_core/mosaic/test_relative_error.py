"""The distance between two scans in their overlap is measured, or it is said that it cannot be."""

import numpy as np
import pytest

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.demo.parts import DemoPart
from maxrf_core.mosaic.grid import grid_over, shared_box
from maxrf_core.mosaic.placed_scan import placed_scans
from maxrf_core.mosaic.relative_error import measure
from maxrf_core.mosaic.scan_maps import ScanMaps
from tests.maxrf_core.mosaic.made_parts import LEFT, NAMES, RIGHT, make_both, make_part


def measured(paths):
    scans = placed_scans(paths)
    grid = grid_over(scans)
    box = shared_box(*(grid.box(scan.outline()) for scan in scans))
    found = measure(*(ScanMaps(scan) for scan in scans), grid, box)
    return found, scans


@pytest.mark.parametrize("off", [(0, 0), (3, 0), (-0.6, 0.35)])
def test_the_relative_error_agrees_with_the_truth(tmp_path, off):
    found, scans = measured(make_both(tmp_path, off=off))
    places = np.array([[80, 80], [90, 20], [85, 120]], float)  # of the left part, in the overlap
    truth = RIGHT.to_whole.inverse().apply(LEFT.to_whole.apply(places))
    seen = scans[1].to_photo(truth)  # where the right registration has what the left one has at `places`
    expected = (seen - scans[0].to_photo(places)).mean(axis=0) / scans[0].scale
    np.testing.assert_allclose(found.shift / scans[0].scale, expected, atol=0.1)
    assert found.rms / scans[0].scale == pytest.approx(np.hypot(*off), abs=0.12)
    assert found.uncertainty / scans[0].scale < 0.5


def test_a_scan_that_lies_on_its_side_is_measured_as_well(tmp_path):
    left = make_part(tmp_path / "left.datastack", LEFT)
    turned = DemoPart(160.0, 5.0, 90.0, 92, 135, dose=0.7, seed=3)
    found, scans = measured([left, make_part(tmp_path / "turned.datastack", turned, off=(0.0, 2.0))])
    # Two rows down on the turned scan's map is two pixels to the right on the painting
    moved = LEFT.to_whole.inverse().apply(turned.to_whole.apply([[60, 52], [60, 50]]))
    seen = scans[0].to_photo(moved)
    np.testing.assert_allclose(found.shift / scans[0].scale, (seen[1] - seen[0]) / scans[0].scale, atol=0.12)


def test_an_overlap_of_few_pixels_cannot_be_measured(tmp_path):
    left = make_part(tmp_path / "left.datastack", LEFT)
    thin = make_part(tmp_path / "thin.datastack", DemoPart(104.0, 6.0, 0.0, 130, 60))
    assert measured([left, thin])[0] is None


def test_scans_that_show_different_things_are_not_said_to_agree(tmp_path):
    left, right = make_both(tmp_path)
    noise = np.random.default_rng(0).poisson(20, (3, RIGHT.height, RIGHT.width)).astype(np.float32)
    DataStack(right).append({"maps": noise}, {"maps": {"names": list(NAMES)}})
    assert measured([left, right])[0] is None
