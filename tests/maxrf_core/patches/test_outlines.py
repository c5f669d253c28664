"""Outlines of masks: exact, made of simple rings, holes told from islands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.patches.outlines import is_simple, outline_of, polygons_of, signed_area

masks = array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(lambda shape: arrays(bool, shape))


@given(masks.filter(np.any))
def test_the_outline_of_a_mask_gives_the_mask_back_exactly(mask):
    outline = outline_of(mask)
    np.testing.assert_array_equal(pixels_inside(outline, mask.shape), mask)
    np.testing.assert_array_equal(outline_of(pixels_inside(outline, mask.shape))[0], outline[0])


@given(masks.filter(np.any))
def test_its_polygons_are_simple_rings_with_holes_that_add_up_to_its_area(mask):
    polygons = polygons_of(mask)
    for outer, *holes in polygons:
        assert signed_area(outer) > 0
        assert all(signed_area(hole) < 0 for hole in holes)
        inside = pixels_inside([outer], mask.shape)
        assert all((pixels_inside([hole], mask.shape) <= inside).all() for hole in holes)
    rings = [ring for polygon in polygons for ring in polygon]
    assert all(is_simple(ring) for ring in rings)
    assert sum(map(signed_area, rings)) == mask.sum()


def test_a_ring_of_pixels_has_a_hole_and_pixels_that_touch_in_a_point_are_apart():
    mask = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]], bool)
    (outer, hole), (island,) = polygons_of(mask)
    assert outer.tolist() == [[-0.5, -0.5], [2.5, -0.5], [2.5, 2.5], [-0.5, 2.5]]
    assert sorted(hole.tolist()) == [[0.5, 0.5], [0.5, 1.5], [1.5, 0.5], [1.5, 1.5]]
    assert island[0].tolist() == [2.5, 2.5]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=7))
def test_a_ring_is_simple_if_its_edges_meet_in_their_common_corners_only(corners):
    ring = np.array(corners, float)
    assert is_simple(ring) == _simple_by_hand(ring)


def _simple_by_hand(ring: np.ndarray) -> bool:
    """Cut each edge at many exact places and look whether a place is met twice."""
    edges = list(zip(ring, np.roll(ring, -1, axis=0), strict=True))
    if any((a == b).all() for a, b in edges):
        return False
    for i, (p, q) in enumerate(edges):
        for j, (a, b) in enumerate(edges):
            if i >= j:
                continue
            shared = [] if abs(i - j) not in (1, len(edges) - 1) else [q if j == i + 1 else p]
            if len(edges) == 3:
                shared = [corner for corner in (p, q) for other in (a, b) if (corner == other).all()]
            for met in _common_points(p, q, a, b):
                if not any(np.allclose(met, corner) for corner in shared):
                    return False
    return True


def _common_points(p, q, a, b):
    matrix = np.column_stack([q - p, a - b])
    if np.linalg.det(matrix):
        s, t = np.linalg.solve(matrix, a - p)
        return [p + s * (q - p)] if -1e-9 <= s <= 1 + 1e-9 and -1e-9 <= t <= 1 + 1e-9 else []
    along = q - p
    if abs(np.linalg.det(np.column_stack([along, a - p]))) > 1e-9:
        return []
    low, high = sorted([(a - p) @ along, (b - p) @ along])
    low, high = max(low, 0), min(high, along @ along)
    return [p + along * s / (along @ along) for s in (low, high)] if low <= high else []
