"""Checks of pairs of points: what cannot be a view of a flat object is refused with the reason."""

import numpy as np
import pytest

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.homography import Homography, homography
from maxrf_core.transform.plane_transform import residuals
from tests.maxrf_core.reference_drawing import DRAWING_MATRIX, SQUARE


def test_three_pairs_are_refused_as_too_few():
    with pytest.raises(RegistrationError, match="3 pairs of points are too few; four"):
        homography(SQUARE[:3], SQUARE[:3])


def test_no_points_at_all_are_refused():
    with pytest.raises(RegistrationError, match="too few"):
        homography([], [])


@pytest.mark.parametrize("moved", range(4))
def test_three_of_four_points_on_one_line_are_refused_with_their_numbers(moved):
    others = [number for number in range(4) if number != moved]
    src = SQUARE.copy()
    src[others[1]] = 0.3 * src[others[0]] + 0.7 * src[others[2]]
    one, two, three = (number + 1 for number in others)
    with pytest.raises(
        RegistrationError, match=f"Points {one}, {two} and {three} lie on one line in the photograph"
    ):
        homography(src, SQUARE)
    with pytest.raises(
        RegistrationError, match=f"Points {one}, {two} and {three} lie on one line on the map"
    ):
        homography(SQUARE, src)


@pytest.mark.parametrize("scale", [1e-3, 1, 1e5])
def test_what_lies_on_one_line_does_not_depend_on_the_size_of_the_image(scale):
    nearly = np.array([[0.0, 0], [50, 0.5], [100, 0], [40, 80]]) * scale
    clear = np.array([[0.0, 0], [50, -5], [100, 0], [40, 80]]) * scale
    with pytest.raises(RegistrationError, match="one line"):
        homography(nearly, nearly)
    np.testing.assert_allclose(homography(clear, clear).apply(clear), clear, atol=1e-6 * scale)


def test_two_points_on_one_spot_are_refused_with_their_numbers():
    src = SQUARE.copy()
    src[3] = src[1]
    with pytest.raises(RegistrationError, match="Points 2 and 4 lie on the same spot in the photograph"):
        homography(src, SQUARE)


def test_all_points_on_one_spot_are_refused():
    with pytest.raises(RegistrationError, match="same spot"):
        homography(np.ones((4, 2)), SQUARE)


@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (2, 3), (0, 3)])
def test_two_exchanged_neighbours_are_named(pair):
    dst = SQUARE.copy()
    dst[list(pair)] = dst[list(pair)[::-1]]
    with pytest.raises(RegistrationError, match=f"Points {pair[0] + 1} and {pair[1] + 1} look exchanged"):
        homography(SQUARE, dst)


def test_two_exchanged_points_among_six_are_named():
    src = np.array([[0.0, 0], [1000, 30], [980, 700], [20, 720], [520, 300], [300, 580]])
    dst = src / 3 + 5
    dst[[1, 4]] = dst[[4, 1]]
    with pytest.raises(RegistrationError, match="Points 2 and 5 look exchanged"):
        homography(src, dst)


def test_self_intersecting_quadrilateral_is_refused():
    crossing = SQUARE[[0, 2, 1, 3]]
    with pytest.raises(RegistrationError, match="exchanged"):
        homography(SQUARE, crossing)


def test_quadrilateral_folded_inwards_is_refused():
    folded = SQUARE.copy()
    folded[2] = [35, 30]
    with pytest.raises(RegistrationError, match="fold the photograph over itself"):
        homography(SQUARE, folded)


def test_quadrilateral_turned_inside_out_is_refused():
    mirrored = SQUARE * [-1, 1] + [100, 0]
    with pytest.raises(RegistrationError, match="inside out: either it is mirrored"):
        homography(SQUARE, mirrored)


def test_mirrored_points_are_refused_among_many():
    src = np.random.default_rng(0).uniform(0, 1000, (60, 2))
    with pytest.raises(RegistrationError, match="inside out"):
        homography(src, src[:, ::-1])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_points_that_are_not_finite_are_refused_with_their_number(bad):
    src = SQUARE.copy()
    src[2, 1] = bad
    with pytest.raises(RegistrationError, match="Point 3 in the photograph is not a pair of finite"):
        homography(src, SQUARE)


def test_different_numbers_of_points_are_refused():
    with pytest.raises(RegistrationError, match="5 points in the photograph and 4 on the map"):
        homography([*SQUARE, [50, 51]], SQUARE)


@pytest.mark.parametrize("src", [SQUARE.T, SQUARE.ravel(), [[1, 2], [3]], [["1", "2"]] * 4, 5, None, "abcd"])
def test_points_of_another_shape_are_refused(src):
    with pytest.raises(RegistrationError, match="must be pairs"):
        homography(src, SQUARE)


@pytest.mark.parametrize("count", [5, 6, 9])
def test_many_points_on_one_line_but_one_are_refused(count):
    along = np.linspace(0, 1, count)[:, None]
    src = np.array([100.0, 50]) + along * [3000, 2000]
    src[-1] = [200, 2500]
    with pytest.raises(RegistrationError, match="spread them"):
        homography(src, Homography(DRAWING_MATRIX).apply(src))


def test_three_points_on_one_line_are_fine_among_nine():
    src = np.array([[x, y] for y in (0.0, 500, 1000) for x in (0.0, 400, 800)])
    dst = Homography(DRAWING_MATRIX).apply(src)
    assert residuals(homography(src, dst), src, dst).max() < 1e-6
