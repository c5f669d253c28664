"""A wrong order of points is found and corrected."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.point_order import correct_order, same_order
from maxrf_core.transform.homography import Homography, homography

PORTRAIT = np.array([[12.0, 8], [91, 14], [88, 141], [7, 138]])  # clockwise from the top left
NINE = np.array([[x + y / 30, y - x / 20] for y in (10.0, 70, 140) for x in (5.0, 48, 90)])


@st.composite
def views(draw):
    """Views of the map in a photograph: enlarged, slightly rotated, slightly from the side."""
    angle, scale = draw(st.floats(-0.5, 0.5)), draw(st.floats(0.3, 6))
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    tilt = draw(st.tuples(st.floats(-3e-4, 3e-4), st.floats(-3e-4, 3e-4)))
    return Homography([[c, -s, draw(st.floats(-99, 99))], [s, c, draw(st.floats(-99, 99))], [*tilt, 1]])


# A wrong order


@given(views(), st.sampled_from([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2), (1, 3)]))
def test_two_exchanged_points_of_four_are_found_and_corrected(view, pair):
    src = view.apply(PORTRAIT)
    exchanged = PORTRAIT.copy()
    exchanged[list(pair)] = exchanged[list(pair[::-1])]
    assert same_order(src, PORTRAIT)
    assert not same_order(src, exchanged)
    mended = correct_order(src, exchanged)
    np.testing.assert_array_equal(mended.dst, PORTRAIT)
    np.testing.assert_array_equal(mended.dst, exchanged[mended.order])
    np.testing.assert_array_equal(mended.src, src)
    assert mended.message.startswith(f"Points {pair[0] + 1} and {pair[1] + 1} on the map were exchanged.")
    homography(mended.src, mended.dst)


@given(views(), st.permutations(range(4)))
def test_four_corners_in_any_order_are_corrected_so_that_nothing_folds(view, order):
    src, dst = view.apply(PORTRAIT), PORTRAIT[order]
    mended = correct_order(src, dst)
    assert same_order(mended.src, mended.dst)
    exchanged = np.count_nonzero(mended.order != np.arange(4)) == 2  # may turn the photograph upside down
    if not same_order(src, dst) and not exchanged:
        np.testing.assert_array_equal(mended.dst, PORTRAIT)


@given(views(), st.integers(0, 8), st.integers(0, 8))
def test_two_exchanged_points_of_nine_are_corrected(view, one, two):
    exchanged = NINE.copy()
    exchanged[[one, two]] = exchanged[[two, one]]
    mended = correct_order(view.apply(NINE), exchanged)
    np.testing.assert_array_equal(mended.dst, NINE)


@given(views(), st.permutations(range(9)))
def test_nine_points_in_any_order_get_their_partners_back(view, order):
    gentle = Homography(view.matrix * np.array([[1, 1, 1], [1, 1, 1], [0.1, 0.1, 1]]))
    src = gentle.apply(NINE)
    mended = correct_order(src, NINE[order])
    np.testing.assert_array_equal(mended.dst, NINE)


def test_pairs_in_order_are_unchanged_and_the_message_says_so():
    mended = correct_order(PORTRAIT * 3, PORTRAIT)
    np.testing.assert_array_equal(mended.order, range(4))
    assert "nothing was changed" in mended.message


def test_a_photograph_on_its_side_is_not_taken_for_a_wrong_order():
    on_its_side = PORTRAIT[:, ::-1] * [-1, 1] + [200, 0]
    assert same_order(on_its_side, PORTRAIT)
    exchanged = PORTRAIT[[1, 0, 2, 3]]
    np.testing.assert_array_equal(correct_order(on_its_side, exchanged).dst, PORTRAIT)


def test_mirrored_points_are_corrected_with_a_warning_that_the_photograph_may_be_mirrored():
    mirrored = PORTRAIT * [-1, 1] + [100, 0]
    assert "If the photograph is mirrored instead" in correct_order(PORTRAIT, mirrored).message


def test_points_that_no_order_corrects_are_refused():
    folded = PORTRAIT.copy()
    folded[2] = [30, 40]  # no corner of a quadrilateral seen from anywhere
    with pytest.raises(RegistrationError, match="fold the photograph over itself"):
        correct_order(PORTRAIT, folded)


@pytest.mark.parametrize("spot", [[[1, 1]] * 4, [[1, 1], [1, 1], [5, 9], [2, 7]]])
def test_points_on_one_spot_do_not_confuse_the_correction(spot):
    correct_order(PORTRAIT, spot)


def test_points_without_partners_are_refused():
    with pytest.raises(RegistrationError, match="each point needs its partner"):
        correct_order(PORTRAIT, PORTRAIT[:3])
