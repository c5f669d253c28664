"""Pictures at the map's scale and coarser ones, to the half pixel."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.autoalign.pyramid import Pyramid, rescaling, shrink, translation
from maxrf_core.errors import PictureError, RegistrationError
from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import NOWHERE, SHAPE, count, draw

lengths = st.integers(1, 4000)


def spot(shape: tuple[int, int], x: float, y: float, sigma: float) -> np.ndarray:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2))[:, :, None].astype(np.float32)


def centre(picture: np.ndarray) -> np.ndarray:
    values = picture[:, :, 0]
    rows, columns = np.mgrid[: values.shape[0], : values.shape[1]]
    return np.array([(values * columns).sum(), (values * rows).sum()]) / values.sum()


@given(lengths, lengths, lengths, lengths)
def test_a_change_of_size_keeps_the_outer_edges(height, width, new_height, new_width):
    onto = rescaling((height, width), (new_height, new_width))
    edges_before = [[-0.5, -0.5], [width - 0.5, height - 0.5]]
    edges_after = [[-0.5, -0.5], [new_width - 0.5, new_height - 0.5]]
    np.testing.assert_allclose(onto.apply(edges_before), edges_after, atol=1e-9 * max(new_width, new_height))


@settings(max_examples=30)
@given(st.floats(60, 140), st.floats(60, 140), st.integers(40, 200))
def test_shrinking_agrees_with_its_transform(x, y, side):
    smaller, onto = shrink(spot((200, 230), x, y, 9), side)
    assert max(smaller.shape[:2]) == side
    np.testing.assert_allclose(centre(smaller), onto.apply([[x, y]])[0], atol=0.02)


@settings(max_examples=20)
@given(st.floats(0.8, 3.5), st.floats(-3, 3), st.sampled_from([1, 2, 4]))
def test_a_photograph_of_any_scale_is_warped_onto_the_map(scale, shift, factor):
    to_photo = Homography(np.array([[scale, 0, 30 + shift], [0, scale, 20], [0, 0, 1]]))
    x, y = 70.0, 60.0
    photo_x, photo_y = to_photo.apply([[x, y]])[0]
    photo = 255 * spot((round(150 * scale) + 60, round(170 * scale) + 60), photo_x, photo_y, 12 * scale)
    level = Pyramid(photo, spot(SHAPE, x, y, 12)[:, :, 0], to_photo.inverse(), 10).level(factor)
    laid, _ = level.photo_edges(to_photo.inverse(), 0, 1.5)
    on_map = level.from_map.apply([[x, y]])[0]
    np.testing.assert_allclose(centre(laid), on_map, atol=0.06)  # the strengths lie round the spot
    np.testing.assert_allclose(centre(level.map_edges(1.5)), on_map, atol=0.06)


def test_holes_and_the_outside_of_the_photograph_are_not_covered():
    photo = np.random.default_rng(1).normal(size=(150, 170))
    photo[60:90, 70:100] = np.nan
    level = Pyramid(photo, photo, NOWHERE, 5).level(1)
    _, covered = level.photo_edges(translation(40, 0), 0, 1.0)
    assert not covered[75, 125]
    assert not covered[:, :40].any()
    assert covered[20:40, 60:150].all()


@pytest.mark.parametrize("maps", [[], [np.zeros((3, 4)), np.zeros((4, 3))], np.zeros(5), [["a"]]])
def test_invalid_maps_are_refused(maps):
    with pytest.raises(RegistrationError, match="same shape"):
        Pyramid(np.zeros((60, 60)), maps, NOWHERE, 5)


def test_an_invalid_photograph_is_refused():
    with pytest.raises(PictureError):
        Pyramid(np.zeros((60, 60), dtype=complex), count(draw(1)), NOWHERE, 5)


def test_opencv_still_enlarges_with_the_expected_half_pixel():
    small = spot((40, 50), 21.3, 17.6, 4)
    large = cv2.resize(small, (150, 80), interpolation=cv2.INTER_LINEAR)[:, :, None]
    np.testing.assert_allclose(
        centre(large), rescaling((40, 50), (80, 150)).apply([[21.3, 17.6]])[0], atol=0.01
    )
