"""Regions of pixels whose centres lie inside, for all divisions into tiles."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maxrf_core.cube.regions import Region
from maxrf_core.errors import DatastackError

SHAPE = (13, 17)
OFF_CENTRE = st.tuples(st.integers(-40, 200), st.integers(-40, 200)).map(
    lambda point: (point[0] / 10 + 0.031, point[1] / 10 + 0.047)
)


def mask_of(region):
    mask = np.zeros(SHAPE, bool)
    mask[region.rows, region.columns] = True if region.mask is None else region.mask
    return mask


def depth(point, corners):
    """Return how far inside a polygon a point lies, as OpenCV computes it its own way."""
    return cv2.pointPolygonTest(np.array(corners, np.float32), point, True)


@given(st.lists(OFF_CENTRE, min_size=3, max_size=3, unique=True))
def test_a_triangle_holds_the_pixels_whose_centres_lie_inside(corners):
    depths = np.array([[depth((x, y), corners) for x in range(SHAPE[1])] for y in range(SHAPE[0])])
    assume((np.abs(depths) > 1e-4).all())  # on an edge it is a matter of rounding
    expected = depths > 0
    if not expected.any():
        with pytest.raises(DatastackError, match="holds no pixel"):
            Region.polygon(corners, SHAPE)
        return
    np.testing.assert_array_equal(mask_of(Region.polygon(corners, SHAPE)), expected)


def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none_out():
    left = Region.polygon([(-1, -1), (5, -1), (8, 20), (-1, 20)], SHAPE)
    right = Region.polygon([(5, -1), (30, -1), (30, 20), (8, 20)], SHAPE)
    np.testing.assert_array_equal(mask_of(left) ^ mask_of(right), np.ones(SHAPE, bool))
    assert left.pixels + right.pixels == SHAPE[0] * SHAPE[1]


def test_a_hole_is_left_out_by_the_even_odd_rule():
    ring = [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0), (3, 3), (6, 3), (6, 6), (3, 6), (3, 3)]
    mask = mask_of(Region.polygon(ring, SHAPE))
    assert not mask[3:6, 3:6].any()
    assert mask.sum() == 81 - 9


@given(st.data())
def test_a_region_cut_into_tiles_is_the_same_region(data):
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=221, max_size=221))).reshape(SHAPE)
    if not mask.any():
        return
    region, together = Region.of(mask, SHAPE), np.zeros(SHAPE, bool)
    for y in range(0, SHAPE[0], 5):
        for x in range(0, SHAPE[1], 4):
            rows, columns = slice(y, min(y + 5, SHAPE[0])), slice(x, min(x + 4, SHAPE[1]))
            where = region.within(rows, columns)
            if where is not None:
                together[rows, columns][where] = True
    np.testing.assert_array_equal(together, mask)
    assert region.pixels == mask.sum()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (np.zeros(SHAPE, bool), "holds no pixel"),
        (np.ones((3, 4), bool), "3 × 4 pixels, and the scan 13 × 17"),
        (np.ones((3, 4)), "3 × 4 pixels, and the scan 13 × 17"),
        ([(0, 0), (1, 1)], "three corners"),
        ([(0, 0), (1, 1), (3,)], "made of numbers"),
        ([(0, 0), (1, np.nan), (3, 3)], "three corners"),
        (Region.rectangle(0, 0, 17, 3), r"last pixel is \(16, 12\)"),
        (Region.rectangle(-1, 0, 3, 3), "not all inside"),
    ],
)
def test_what_is_no_region_of_the_scan_is_refused(wrong, said):
    with pytest.raises(DatastackError, match=said):
        Region.of(wrong, SHAPE)


def test_a_mask_of_numbers_or_of_three_axes_is_refused():
    for wrong in (np.full(SHAPE, 2), np.ones((2, 2, 2), bool)):
        with pytest.raises(DatastackError, match="true and false"):
            Region.of_mask(wrong)
