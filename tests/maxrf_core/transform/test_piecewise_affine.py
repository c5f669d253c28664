"""The piecewise affine transform, compared with its own points."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.transform.models import find_model
from maxrf_core.transform.piecewise_affine import PiecewiseAffine
from tests.maxrf_core.transform.drawn_transforms import EVERYWHERE, bends


@settings(max_examples=40)
@given(bends())
def test_piecewise_affine_transform_is_found_again_from_its_own_points(pairs):
    src, dst = pairs
    truth = find_model("piecewise-affine").fit(src, dst)
    again = find_model("piecewise-affine").fit(src, truth.apply(src))
    np.testing.assert_allclose(again.apply(2 * EVERYWHERE), truth.apply(2 * EVERYWHERE), atol=1e-6)


def test_piecewise_affine_transform_is_continuous_across_every_edge_and_beyond_the_frame():
    rng = np.random.default_rng(3)
    nodes = np.array([[x, y] for y in (0.0, 50, 100) for x in (0.0, 50, 100)]) + rng.uniform(-9, 9, (9, 2))
    bent = PiecewiseAffine.fit(nodes, nodes * 2 + rng.uniform(-5, 5, (9, 2)))
    walk = np.stack([np.linspace(-260, 360, 40_000), np.linspace(-250, 340, 40_000)], axis=1)
    steps = np.hypot(*np.diff(bent.apply(walk), axis=0).T)
    assert steps.max() < 3 * np.hypot(*(walk[1] - walk[0])) * 2


def test_a_point_acts_only_on_the_triangles_around_it():
    nodes = np.array([[x, y] for y in (0.0, 50, 100, 150) for x in (0.0, 50, 100, 150)])
    moved = nodes.copy()
    moved[5] += [6, -4]
    far = [[120.0, 120], [140, 20]]
    still, bent = (PiecewiseAffine.fit(nodes, values).apply(far) for values in (nodes, moved))
    np.testing.assert_allclose(bent, still, atol=1e-9)


@settings(max_examples=25)
@given(bends(), st.booleans())
def test_a_triangle_that_is_turned_over_is_reported_and_no_other(pairs, mirrored):
    src, dst = pairs
    if mirrored:
        src = src * [-1, 1]
    fitted = PiecewiseAffine.fit(dst, src)
    assert len(fitted.folded_triangles(mirrored)) == 0
    assert len(fitted.folded_triangles(not mirrored)) == len(fitted.triangles)


def test_a_point_moved_across_its_neighbours_folds_the_triangles_around_it():
    nodes = np.array([[0.0, 0], [100, 0], [0, 100], [100, 100], [50, 50]])
    moved = nodes.copy()
    moved[4] = 50, 140  # below the edge from the third to the fourth
    folded = PiecewiseAffine.fit(nodes, moved).folded_triangles()
    assert {4, 2, 3} in [set(map(int, triangle)) for triangle in folded]
    assert all(4 in triangle for triangle in folded)
