"""Homographies from known points, compared with the truth."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.homography import MIRROR, Homography, homography
from maxrf_core.transform.plane_transform import residuals
from tests.maxrf_core.reference_drawing import (
    DRAWING_DST,
    DRAWING_MATRIX,
    DRAWING_SRC,
    SQUARE,
    plausible_homographies,
    points_in,
)


def test_reference_drawing_gives_the_documented_homography():
    # They were made by OpenCV, which rounds points to float32 before it solves.
    rounded = np.float32(DRAWING_SRC), np.float32(DRAWING_DST)
    np.testing.assert_allclose(homography(*rounded), DRAWING_MATRIX, rtol=1e-6)


def test_reference_drawing_is_solved_without_rounding_the_points():
    found = homography(DRAWING_SRC, DRAWING_DST)
    exact = [0.36512633227074837, -0.0061412583901298305, -2.7048479920586685]  # by rational arithmetic
    exact += [0.0026762764193186944, 0.36501887145036155, -67.25261856884472]
    exact += [2.686772499166621e-07, 1.0817450081131272e-07, 1]
    np.testing.assert_allclose(np.asarray(found).ravel(), exact, rtol=1e-9)
    corners = np.array([[0, 0], [4395, 0], [0, 4919], [4395, 4919]])
    documented = Homography(DRAWING_MATRIX)
    np.testing.assert_allclose(found.apply(corners), documented.apply(corners), atol=2e-4)


def test_genuine_maxrf4u_points_give_the_true_homography(shared):
    truth = np.load(shared("data/maxrf4u/v3_head_24x20x4096.npz"))
    found = homography(truth["src_points"], truth["dst_points"])
    back = np.asarray(found.inverse())
    np.testing.assert_allclose(back, truth["G_map_to_photo"], rtol=1e-6, atol=1e-9)


def test_registration_of_a_van_gogh_by_another_program_is_accepted(shared):
    lines = shared("data/real/vangogh/s0039V1962_Zn_control_points.csv").read_text().splitlines()[9:13]
    rows = np.array([[float(number) for number in line.split("|")] for line in lines])
    found = homography(rows[:, :2], rows[:, 2:])
    assert residuals(found, rows[:, :2], rows[:, 2:]).max() < 1e-6
    assert found.inverse().scale_at(rows[:, 2:].mean(axis=0)) == pytest.approx(1.82, abs=0.05)


@settings(max_examples=40)
@given(plausible_homographies(), points_in(4000, 3000, 4, 9))
def test_points_made_with_a_known_homography_give_it_back(truth, src):
    spread = np.array([[0.0, 0], [3999, 0], [0, 2999], [3999, 2999]])
    src = np.unique(np.vstack([spread, src]), axis=0)
    apart = np.hypot(*(src[:, None] - src[None]).transpose(2, 0, 1))[np.triu_indices(len(src), 1)]
    assume(apart.min() > 1)
    found = homography(src, truth.apply(src))
    everywhere = np.array([[0.0, 0], [2000, 1500], [3999, 0], [3999, 2999], [17, 2801.25]])
    assert np.abs(found.apply(everywhere) - truth.apply(everywhere)).max() < 1e-6
    assert np.asarray(found)[2, 2] == 1


@given(plausible_homographies(), st.permutations(range(4)))
def test_four_points_are_met_exactly_in_whatever_order_they_come(truth, order):
    src = np.array([[50.0, 40], [3900, 90], [3800, 2900], [120, 2700]])[order]
    dst = truth.apply(src)
    assert residuals(homography(src, dst), src, dst).max() < 1e-8


def test_points_may_be_lists_tuples_integers_or_a_generator():
    as_lists = homography(SQUARE.tolist(), (SQUARE * 2).tolist())
    as_tuples = homography(tuple(map(tuple, SQUARE)), (pair for pair in SQUARE * 2))
    np.testing.assert_array_equal(as_lists, as_tuples)
    whole = homography([[0, 0], [9, 0], [0, 9], [9, 9]], np.array([[0, 0], [9, 0], [0, 9], [9, 9]], np.uint8))
    np.testing.assert_allclose(whole, np.eye(3), atol=1e-12)


def test_more_than_four_points_are_fitted_by_least_squares_of_map_distances():
    random = np.random.default_rng(4)
    src = random.uniform(0, 4000, (9, 2))
    dst = Homography(DRAWING_MATRIX).apply(src) + random.normal(0, 0.5, (9, 2))
    fitted = homography(src, dst)
    least = np.sum(residuals(fitted, src, dst) ** 2)
    for row, column in np.ndindex(3, 3):
        for factor in (1 - 1e-5, 1 + 1e-5):
            other = np.array(fitted.matrix)
            other[row, column] *= factor
            assert np.sum(residuals(Homography(other), src, dst) ** 2) >= least * (1 - 1e-9)


def test_homography_applies_inverts_and_composes():
    h = Homography(DRAWING_MATRIX)
    points = np.array(DRAWING_SRC)
    np.testing.assert_allclose(h.inverse().apply(h.apply(points)), points, atol=1e-8)
    np.testing.assert_allclose((h.inverse() @ h).matrix, np.eye(3), atol=1e-9)
    with pytest.raises(ValueError, match="read-only"):
        h.matrix[0, 0] = 5


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.eye(2), np.full((3, 3), np.nan)])
def test_matrix_that_is_no_homography_is_refused(matrix):
    with pytest.raises(RegistrationError, match="3×3"):
        Homography(matrix)


@given(points_in(1000, 1000, 4, 4), points_in(300, 300, 4, 4))
def test_any_four_pairs_give_a_transform_that_meets_them_or_a_reason(src, dst):
    try:
        found = homography(src, dst)
    except RegistrationError:
        return
    assert residuals(found, src, dst).max() < 1e-6
    assert (found.depth(src) > 0).all() or (found.depth(src) < 0).all()


def test_mirroring_twice_changes_nothing():
    np.testing.assert_allclose((MIRROR @ MIRROR).matrix, np.eye(3))


def test_points_that_put_another_beyond_the_horizon_are_refused_with_its_number():
    src = [[671.0, 294], [531, 86], [841, 872], [486, 779], [475, 727]]
    dst = [[644.0, 331], [584, 124], [941, 926], [550, 752], [480, 755]]
    with pytest.raises(RegistrationError, match="point 4 beyond the horizon"):
        homography(src, dst)
