"""Control pairs lie where photograph and map both are, and fix the same transform again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.exchange.control_pairs import of_transform, thinned
from maxrf_core.registration.points_formats import ParsedPoints
from maxrf_core.transform.homography import Homography
from tests.maxrf_core.registration.exchange.placed import MAP, PHOTO, in_perspective


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(0.05, 0.5), st.floats(-1.5, 1.5))
def test_pairs_lie_inside_both_pictures(right, down, scale, angle):
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    to_map = Homography(np.array([[cosine, -sine, 40 + right], [sine, cosine, 30 + down], [0, 0, 1]]))
    try:
        pairs = of_transform(to_map, PHOTO, MAP, {})
    except RegistrationError:  # hardly any of the photograph is on the map
        return
    np.testing.assert_allclose(to_map.apply(pairs.src), pairs.dst, atol=1e-9)
    if np.ptp(pairs.dst, axis=0).min() < 78:  # not the whole map, as where they share a triangle
        assert (pairs.dst > -0.51).all()
        assert (pairs.dst < np.array([79.51, 59.51])).all()


def test_a_photograph_beside_the_map_or_of_unknown_size_is_refused():
    with pytest.raises(RegistrationError, match="beside the element map"):
        of_transform(Homography(np.array([[1.0, 0, 500], [0, 1, 0], [0, 0, 1]])), PHOTO, MAP, {})
    with pytest.raises(RegistrationError, match="sizes of photograph and map"):
        of_transform(Homography(np.eye(3)), None, MAP, {})


def test_landmarks_that_bend_are_kept():
    placed = in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]]))
    dst = placed.grid_on_map(4)
    straight = thinned(ParsedPoints(placed.to_photo.apply(dst), dst), PHOTO, MAP)
    assert (len(straight.src), straight.model) == (4, "homography")
    bent = placed.to_photo.apply(dst)
    bent[5] += 1
    kept = thinned(ParsedPoints(bent, dst), PHOTO, MAP)
    assert (len(kept.src), kept.model) == (16, "thin-plate-spline")


def test_a_hundred_thousand_landmarks_need_little_memory_and_time():
    dst = np.random.default_rng(1).uniform(0, 60, (100_000, 2))
    placed = in_perspective(np.array([[0.0, 0], [600, 20], [560, 470], [10, 440]]))
    found = thinned(ParsedPoints(placed.to_photo.apply(dst), dst), PHOTO, MAP)
    assert (len(found.src), found.model) == (4, "homography")
