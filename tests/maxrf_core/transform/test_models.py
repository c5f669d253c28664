"""Each kind of transform is recovered from its own points, and refused with a reason if it cannot be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.models import MODELS, affine, deformation_grid, find_model, similarity
from maxrf_core.transform.piecewise_affine import PiecewiseAffine
from maxrf_core.transform.plane_transform import residuals
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline
from tests.maxrf_core.transform.drawn_transforms import (
    ELASTIC,
    EVERYWHERE,
    affines,
    bends,
    perspectives,
    scattered,
    similarities,
)

# Each model finds itself


@given(similarities(), scattered(max_count=9))
def test_similarity_is_found_again_from_its_own_points(truth, src):
    found = similarity(src, truth.apply(src))
    np.testing.assert_allclose(found.apply(EVERYWHERE), truth.apply(EVERYWHERE), atol=1e-7)


@given(similarities())
def test_two_points_fix_a_similarity(truth):
    src = np.array([[100.0, 30], [700, 900]])
    np.testing.assert_allclose(
        similarity(src, truth.apply(src)).apply(EVERYWHERE), truth.apply(EVERYWHERE), atol=1e-7
    )


@given(affines(), scattered(max_count=9))
def test_affine_transform_is_found_again_from_its_own_points(truth, src):
    found = affine(src, truth.apply(src))
    np.testing.assert_allclose(found.apply(EVERYWHERE), truth.apply(EVERYWHERE), atol=1e-7)


@given(perspectives(), scattered(max_count=9))
def test_perspective_is_found_again_from_its_own_points(truth, src):
    found = find_model("homography").fit(src, truth.apply(src))
    np.testing.assert_allclose(found.apply(EVERYWHERE), truth.apply(EVERYWHERE), atol=1e-5)


@settings(max_examples=40)
@given(affines(), scattered(min_count=5), st.sampled_from(ELASTIC))
def test_bent_models_of_a_photograph_that_is_not_bent_are_the_affine_transform(truth, src, name):
    found = find_model(name).fit(src, truth.apply(src))
    np.testing.assert_allclose(found.apply(EVERYWHERE), truth.apply(EVERYWHERE), atol=1e-5)


# What a bent transform promises


@settings(max_examples=40)
@given(bends(), st.sampled_from(ELASTIC))
def test_bent_models_meet_every_pair_and_lead_back(pairs, name):
    src, dst = pairs
    found = find_model(name).fit(src, dst)
    assert residuals(found, src, dst).max() < 1e-6
    back = found.inverse().apply(EVERYWHERE)
    np.testing.assert_allclose(found.apply(back), EVERYWHERE, atol=1e-6)


@settings(max_examples=25)
@given(bends(), st.sampled_from(ELASTIC))
def test_a_whole_grid_is_transformed_as_its_points_are(pairs, name):
    back = find_model(name).fit(*pairs).inverse()
    x, y = np.arange(-20.0, 400, 0.7), np.arange(600.0, 601.5, 0.5)
    grid = back.on_grid(x, y)
    assert grid.shape == (len(y), len(x), 2)
    one_by_one = back.apply(np.stack(np.meshgrid(x, y), axis=2))
    np.testing.assert_allclose(grid.reshape(-1, 2), one_by_one, atol=0.015)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (17, 18)])
@pytest.mark.parametrize("kind", [ThinPlateSpline, PiecewiseAffine])
def test_grids_of_any_size_are_transformed(kind, shape):
    nodes = np.array([[0.0, 0], [20, 1], [1, 21], [19, 20], [9, 11]])
    bent = kind.fit(nodes, nodes + np.array([[0, 0], [1, 0], [0, 1], [0, 0], [-1, 2]]))
    y, x = (np.arange(float(length)) for length in shape)
    one_by_one = bent.apply(np.stack(np.meshgrid(x, y), axis=2)).reshape(*shape, 2)
    np.testing.assert_allclose(bent.on_grid(x, y), one_by_one, atol=0.01)


@settings(max_examples=25)
@given(bends(), st.sampled_from(ELASTIC), st.floats(50, 1000), st.floats(50, 1200))
def test_local_scale_of_a_bent_transform_is_that_of_a_small_triangle(pairs, name, x, y):
    back = find_model(name).fit(*pairs).inverse()
    (ax, ay), (bx, by), (cx, cy) = back.apply([[x, y], [x + 1e-3, y], [x, y + 1e-3]])
    area = abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
    if name == "thin-plate-spline":  # a triangle across an edge has no one scale
        assert back.scale_at([x, y]) == pytest.approx(np.sqrt(area) / 1e-3, rel=1e-4)
    assert back.inverse().scale_at(back.apply([[x, y]])[0]) == pytest.approx(
        1 / back.scale_at([x, y]), rel=1e-6
    )


# What they refuse


@pytest.mark.parametrize("name", MODELS)
def test_each_model_refuses_one_pair_too_few(name):
    model = find_model(name)
    corners = np.array([[0.0, 0], [90, 0], [90, 80], [0, 80]])
    with pytest.raises(RegistrationError, match="too few"):
        model.fit(corners[: model.min_pairs - 1], corners[: model.min_pairs - 1])
    model.fit(corners[: model.min_pairs], corners[: model.min_pairs] / 2)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "similarity"])
def test_points_on_one_line_are_refused_by_all_models_that_they_do_not_fix(name):
    line = np.array([[0.0, 0], [10, 5], [20, 10], [40, 20], [60, 30]])
    with pytest.raises(RegistrationError, match="line"):
        find_model(name).fit(line, line)


@pytest.mark.parametrize("name", MODELS)
def test_exchanged_and_mirrored_points_are_refused_by_all_models(name):
    corners = np.array([[0.0, 0], [90, 3], [88, 80], [4, 77], [50, 40]])
    with pytest.raises(RegistrationError, match="Points 1 and 2 look exchanged"):
        find_model(name).fit(corners, corners[[1, 0, 2, 3, 4]])
    with pytest.raises(RegistrationError, match="inside out"):
        find_model(name).fit(corners, corners * [-1, 1])


@pytest.mark.parametrize("name", ELASTIC)
def test_a_bend_that_would_fold_the_photograph_is_refused(name):
    dst = np.array([[x, y] for y in (0.0, 100, 200) for x in (0.0, 100, 110, 200)])
    src = dst.copy()
    src[5, 0] += 25  # beyond its neighbour, ten pixels away: too little for the order of the points
    src[6, 0] -= 5
    with pytest.raises(RegistrationError, match="looks wrong"):
        find_model(name).fit(src, dst)


@pytest.mark.parametrize("name", ELASTIC)
def test_more_points_than_the_limit_are_refused(name):
    many = np.array([[x, y] for y in range(25) for x in range(21)], dtype=float)
    with pytest.raises(RegistrationError, match="525 pairs of points are too many"):
        find_model(name).fit(many, many)


def test_nearly_flat_mirrored_triangle_does_not_turn_the_photograph_over():
    flat = np.array([[0.0, 0], [100, 0], [50, 6]])
    with pytest.raises(RegistrationError, match="inside out"):
        affine(flat, flat * [1, -1])


def test_unknown_model_is_refused_with_the_names_there_are():
    with pytest.raises(RegistrationError, match="no model 'cubic'; there are homography, similarity"):
        find_model("cubic")


def test_every_model_says_in_a_sentence_when_to_use_it():
    for name, model in MODELS.items():
        assert model.name == name
        assert model.when.startswith("For ")
        assert model.when.endswith(".")


# The grid that shows the deformation


@given(perspectives())
def test_deformation_grid_carries_the_photographs_outer_edges(truth):
    grid = deformation_grid(truth, (80, 120), lines=6)
    corners = truth.apply([[-0.5, -0.5], [-0.5, 79.5], [119.5, -0.5], [119.5, 79.5]])
    assert len(grid) == 7 + 5
    np.testing.assert_allclose([grid[0][0], grid[0][-1], grid[6][0], grid[6][-1]], corners, atol=1e-6)


def test_deformation_grid_of_a_bent_photograph_is_bent_and_of_a_flat_one_straight():
    dst = np.array([[x, y] for y in (10.0, 50, 90) for x in (10.0, 60, 110)])
    src = dst * 2
    straight, bent = src, src + np.array([[0, 0]] * 4 + [[8, 6]] + [[0, 0]] * 4)

    def bending(points):
        lines = deformation_grid(find_model("thin-plate-spline").fit(points, dst), (200, 240))
        middles = [line[32] - (line[0] + line[-1]) / 2 for line in lines]
        return np.hypot(*np.array(middles).T).max()

    assert bending(straight) < 1e-6
    assert bending(bent) > 2
