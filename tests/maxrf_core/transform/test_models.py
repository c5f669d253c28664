"""Each kind of transform is recovered from its own points, and refused with a reason if it cannot be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RBFInterpolator

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.homography import Homography, residuals
from maxrf_core.transform.models import MODELS, affine, deformation_grid, find_model, similarity
from maxrf_core.transform.piecewise_affine import PiecewiseAffine
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline

EVERYWHERE = np.array([[x, y] for y in (-40.0, 0, 333, 900, 1300) for x in (-30.0, 0, 512, 801, 1100)])
ELASTIC = ["thin-plate-spline", "piecewise-affine"]


@st.composite
def similarities(draw):
    angle, scale = draw(st.floats(-3.1, 3.1)), draw(st.floats(0.2, 5))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return Homography([[c, -s, draw(st.floats(-500, 500))], [s, c, draw(st.floats(-500, 500))], [0, 0, 1]])


@st.composite
def affines(draw):
    stretched = Homography([[draw(st.floats(0.5, 2)), draw(st.floats(-0.4, 0.4)), 0], [0, 1, 0], [0, 0, 1]])
    return draw(similarities()) @ stretched


@st.composite
def perspectives(draw):
    tilt = draw(st.tuples(st.floats(-2e-4, 2e-4), st.floats(-2e-4, 2e-4)))
    return draw(affines()) @ Homography([[1, 0, 0], [0, 1, 0], [*tilt, 1]])


@st.composite
def scattered(draw, min_count=4, max_count=12):
    """Points well apart, all over a map of 1100 × 1300 pixels."""
    cells = [(column, row) for row in range(4) for column in range(4)]
    corners = [(0, 0), (3, 0), (3, 3), (0, 3)]
    others = draw(st.permutations([cell for cell in cells if cell not in corners]))
    chosen = [*corners, *others[: draw(st.integers(min_count, max_count)) - 4]]
    jitter = draw(st.lists(st.floats(0, 1), min_size=2 * len(chosen), max_size=2 * len(chosen)))
    uneven = np.sin(np.arange(2 * len(chosen))).reshape(-1, 2) / 9  # no four points on one circle
    return (np.array(chosen) + 0.2 + uneven + 0.4 * np.reshape(jitter, (-1, 2))) * [270, 320]


@st.composite
def bends(draw):
    """Points on the map, and where a gently bent photograph, twice as large, shows them."""
    dst = draw(scattered(min_count=6))
    moved = draw(st.lists(st.floats(-14, 14), min_size=2 * len(dst), max_size=2 * len(dst)))
    return 2 * dst + np.reshape(moved, (-1, 2)) + [20, 30], dst


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
@given(bends())
def test_thin_plate_spline_is_found_again_from_its_own_points(pairs):
    src, dst = pairs
    truth = find_model("thin-plate-spline").fit(src, dst).inverse()
    reference = RBFInterpolator(dst, src, kernel="thin_plate_spline", degree=1)
    np.testing.assert_allclose(truth.apply(EVERYWHERE), reference(EVERYWHERE), atol=1e-6)
    more = np.vstack([dst, [[550, 650]]])  # one more point of the same bent photograph changes nothing
    again = find_model("thin-plate-spline").fit(truth.apply(more), more).inverse()
    np.testing.assert_allclose(again.apply(EVERYWHERE), truth.apply(EVERYWHERE), atol=1e-5)


@settings(max_examples=40)
@given(bends())
def test_piecewise_affine_transform_is_found_again_from_its_own_points(pairs):
    src, dst = pairs
    truth = find_model("piecewise-affine").fit(src, dst)
    again = find_model("piecewise-affine").fit(src, truth.apply(src))
    np.testing.assert_allclose(again.apply(2 * EVERYWHERE), truth.apply(2 * EVERYWHERE), atol=1e-6)


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
