"""Two maps against each other: every pixel is counted, and a drawn polygon selects the pixels inside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import PatchError
from maxrf_core.patches.joint_histogram import BINS, joint_histogram, pixels_in_polygon

SHAPE = (40, 50)


@pytest.fixture(scope="module")
def maps():
    """Two maps with two groups of pixels, and where the second group is."""
    rng = np.random.default_rng(3)
    group = np.zeros(SHAPE, bool)
    group[10:20, 5:30] = True
    return rng.normal(10, 2, SHAPE) + 40 * group, rng.normal(50, 5, SHAPE) - 30 * group, group


def test_every_pixel_is_counted_where_its_values_are(maps):
    x, y, group = maps
    found = joint_histogram(x, y)
    assert found.counts.shape == (BINS, BINS)
    assert found.counts.sum() == x.size
    centres = (found.x_edges[:-1] + found.x_edges[1:]) / 2
    assert (found.counts.sum(axis=0) @ centres) / x.size == pytest.approx(x.mean(), abs=0.5)
    right = found.counts[:, found.x_edges[:-1] > 30]
    assert right.sum() == group.sum()
    assert right[found.y_edges[:-1] < 35].sum() > 0.98 * group.sum()


def test_the_pixels_of_a_patch_are_counted_in_the_same_bins(maps):
    x, y, group = maps
    whole = joint_histogram(x, y)
    part = joint_histogram(x, y, group, like=whole)
    rest = joint_histogram(x, y, ~group, like=whole)
    np.testing.assert_array_equal(part.counts + rest.counts, whole.counts)


def test_a_polygon_selects_the_group_that_it_is_drawn_around(maps):
    x, y, group = maps
    polygon = [(35, 0), (70, 0), (70, 38), (35, 38)]
    np.testing.assert_array_equal(pixels_in_polygon(x, y, polygon), group)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=7))
def test_direction_and_beginning_of_the_polygon_change_nothing(corners):
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 4, (2, 20, 20))
    found = pixels_in_polygon(x, y, corners)
    np.testing.assert_array_equal(pixels_in_polygon(x, y, [*corners[::-1][1:], corners[-1]]), found)


@pytest.mark.filterwarnings("error")
def test_a_side_that_is_all_but_level_overflows_nothing():
    x, y = np.meshgrid(np.arange(6.0), np.arange(-2.0, 4))
    inside = pixels_in_polygon(x, y, [(-0.5, 0), (1e6, 5e-324), (1e6, 2.5), (-0.5, 2.5)])
    np.testing.assert_array_equal(inside, (y > 0) & (y <= 2.5))


def test_missing_values_are_in_no_bin_and_in_no_polygon(maps):
    x, y, _group = maps
    x = x.copy()
    x[:3] = np.nan
    assert joint_histogram(x, y).counts.sum() == x.size - 150
    assert not pixels_in_polygon(x, y, [(-1e9, -1e9), (1e9, -1e9), (1e9, 1e9), (-1e9, 1e9)])[:3].any()


def test_what_cannot_be_drawn_is_refused_with_a_sentence(maps):
    x, y, _group = maps
    with pytest.raises(PatchError, match="Two maps of one scan"):
        joint_histogram(x, y[:3])
    with pytest.raises(PatchError, match="No pixel has a value"):
        joint_histogram(x * np.nan, y)
    with pytest.raises(PatchError, match="three corners"):
        pixels_in_polygon(x, y, [(0, 0), (1, 1)])
    assert joint_histogram(np.zeros((2, 2)), np.ones((2, 2))).counts.sum() == 4
