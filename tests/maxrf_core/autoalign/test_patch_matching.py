"""Matching of patches, positions of pixels, and robust fits of transforms."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.autoalign.edge_features import edges, normalise_noise
from maxrf_core.autoalign.patch_matching import Matches, match
from maxrf_core.autoalign.pyramid import Pyramid, rescaling, shrink, translation
from maxrf_core.autoalign.robust_fit import (
    Clicks,
    fit_magsac,
    fit_weighted,
    landmarks_of,
    max_shift,
    mean_distance,
)
from maxrf_core.autoalign.search import Search
from maxrf_core.errors import PictureError, RegistrationError
from maxrf_core.progress import silent
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import count, draw, scene

SHAPE = (150, 170)
NOWHERE = Homography(np.eye(3))
lengths = st.integers(1, 4000)


def spot(shape: tuple[int, int], x: float, y: float, sigma: float) -> np.ndarray:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2))[:, :, None].astype(np.float32)


def centre(picture: np.ndarray) -> np.ndarray:
    values = picture[:, :, 0]
    rows, columns = np.mgrid[: values.shape[0], : values.shape[1]]
    return np.array([(values * columns).sum(), (values * rows).sum()]) / values.sum()


# Half pixels


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


# Edges


def test_edges_are_the_same_in_a_negative_and_whatever_the_scale():
    drawing = draw(2)[:200, :200, None]
    expected = edges(normalise_noise(drawing), 1.5)
    np.testing.assert_allclose(edges(normalise_noise(1 - drawing), 1.5), expected, atol=0.02 * expected.max())
    np.testing.assert_allclose(
        edges(normalise_noise(3000 * drawing + 7), 1.5), expected, atol=0.02 * expected.max()
    )


def test_edges_turn_with_the_picture():
    drawing = draw(2)[:200, :200, None]
    strength, along, across = np.moveaxis(edges(drawing, 1.5), 2, 0)
    turned = edges(np.ascontiguousarray(np.rot90(drawing)), 1.5)
    np.testing.assert_allclose(turned[:, :, 0], np.rot90(strength), atol=1e-4)
    np.testing.assert_allclose(turned[:, :, 1], -np.rot90(along), atol=1e-3)  # twice 90° is 180°
    np.testing.assert_allclose(turned[:, :, 2], -np.rot90(across), atol=1e-3)


def test_channels_of_pure_noise_have_little_weight():
    noise = np.random.default_rng(1).normal(size=(600, 680, 5))
    drawing = draw(2)[:, :, None]
    alone = edges(normalise_noise(drawing), 1.5)[:, :, 0]
    together = edges(normalise_noise(np.dstack([drawing, 9 * noise])), 1.5)[:, :, 0]
    assert np.corrcoef(alone.ravel(), together.ravel())[0, 1] > 0.97


# Patches


@settings(max_examples=15)
@given(st.floats(-4, 4), st.floats(-4, 4))
def test_patches_are_found_to_a_tenth_of_a_pixel(x, y):
    photo, map_, truth = scene()
    off = translation(x, y) @ truth
    level = Pyramid(photo, map_, truth, 20).level(1)
    matches = match(level, off, 6, size=40, overlap=1.5, blur=1.5)
    clear = matches[matches.inside & (matches.correlation > 0.6)]
    assert len(clear) >= 10
    errors = np.hypot(*(truth.apply(clear.on_photo) - clear.on_map).T)
    assert np.median(errors) < 0.15
    assert np.quantile(errors, 0.8) < 0.5


def test_patches_on_a_straight_line_are_located_across_it_only():
    line = np.zeros((120, 120), dtype=np.float32)
    line[:, 58:62] = 100
    level = Pyramid(line, line, NOWHERE, 10).level(1)
    matches = match(level, NOWHERE, 4, size=32, overlap=2, blur=1.5)
    on_line = matches[np.abs(matches.on_map[:, 0] - 59.5) < 12]
    assert len(on_line) > 2
    assert (on_line.stiffness[:, 0, 0] > 10 * on_line.stiffness[:, 1, 1]).all()


# Fits


@st.composite
def small_motions(draw):
    numbers = np.array(draw(st.lists(st.floats(-1, 1), min_size=8, max_size=8)))
    size = np.array([0.02, 0.02, 4, 0.02, 0.02, 4, 5e-5, 5e-5])
    a, b, c, d, e, f, g, h = numbers * size
    return Homography(np.array([[1 + a, b, c], [d, 1 + e, f], [g, h, 1]]))


def found_at(truth: Homography, rng: np.random.Generator, wrong: float, noise: float) -> Matches:
    """Return matches of which a share is wrong."""
    places = rng.uniform(5, [SHAPE[1] - 6, SHAPE[0] - 6], (150, 2))
    on_photo = truth.inverse().apply(places + rng.normal(0, noise, places.shape))
    astray = rng.random(len(places)) < wrong
    on_photo[astray] += rng.uniform(-12, 12, (int(astray.sum()), 2))
    everywhere = np.ones(len(places))
    stiff = np.tile(0.1 * np.eye(2), (len(places), 1, 1))
    return Matches(places, on_photo, 0.7 * everywhere, 5 * everywhere, stiff, everywhere.astype(bool), 1.0)


@settings(max_examples=25)
@given(small_motions(), st.integers(0, 99))
def test_the_fit_is_right_though_a_third_of_the_matches_are_wrong(truth, seed):
    matches = found_at(truth, np.random.default_rng(seed), 0.33, 0.1)
    voted = fit_magsac(NOWHERE, matches, 1.5, 12)
    assert voted is not None
    assert mean_distance(truth, voted, SHAPE) < 1.5
    corners = corners_of(SHAPE)
    clicks = Clicks(truth.inverse().apply(corners), corners + np.array([5, 3]), 10)
    fit = fit_weighted(voted, [matches], clicks, SHAPE, 1.0)
    distance = mean_distance(truth, fit.transform, SHAPE)
    assert distance < 0.15
    assert fit.uncertainty < 0.5


def test_too_few_matches_give_no_consensus():
    matches = found_at(NOWHERE, np.random.default_rng(1), 0.0, 0.1)
    assert fit_magsac(NOWHERE, matches[np.arange(11)], 1.5, 12) is None


@settings(max_examples=25)
@given(small_motions())
def test_clicks_alone_determine_the_transform_if_nothing_matches(truth):
    corners = corners_of(SHAPE)
    clicks = Clicks(truth.inverse().apply(corners), corners, 10)
    nothing = found_at(NOWHERE, np.random.default_rng(1), 0.0, 0.1)[np.arange(0)]
    fit = fit_weighted(NOWHERE, [nothing], clicks, SHAPE, 1.0)
    assert mean_distance(truth, fit.transform, SHAPE) < 0.05
    assert fit.uncertainty > 5  # as far off as the clicks


def test_a_search_stays_within_its_limit():
    photo, map_, truth = scene()
    origin, corners = translation(12, 0) @ truth, corners_of(SHAPE)
    clicks = Clicks(origin.inverse().apply(corners), corners, 15)
    pyramid = Pyramid(photo, map_, origin, 60)
    free = Search(pyramid, clicks, origin, 60).run([origin], silent)
    assert mean_distance(truth, free.transform, SHAPE) < 0.3
    held = Search(pyramid, clicks, origin, 8).run([origin], silent)
    assert max_shift(origin, held.transform, corners) <= 8


def test_a_point_moved_beyond_the_horizon_has_an_infinite_shift():
    tilted = Homography(np.array([[1, 0, 0], [0, 1, 0], [-0.01, 0, 1]]))
    assert max_shift(NOWHERE, tilted, landmarks_of(SHAPE)) == float("inf")


@pytest.mark.parametrize("maps", [[], [np.zeros((3, 4)), np.zeros((4, 3))], np.zeros(5), [["a"]]])
def test_invalid_maps_are_refused(maps):
    with pytest.raises(RegistrationError, match="same shape"):
        Pyramid(np.zeros((60, 60)), maps, NOWHERE, 5)


def test_an_invalid_photograph_is_refused():
    with pytest.raises(PictureError):
        Pyramid(np.zeros((60, 60), dtype=complex), count(draw(1)), NOWHERE, 5)


def test_a_map_smaller_than_a_patch_and_an_uncovered_one_give_no_patches():
    level = Pyramid(np.ones((60, 60)), np.ones((14, 13)), NOWHERE, 5).level(1)
    assert len(match(level, translation(400, 0), 2, size=32, overlap=2, blur=1.0)) == 0


def test_opencv_still_enlarges_with_the_expected_half_pixel():
    small = spot((40, 50), 21.3, 17.6, 4)
    large = cv2.resize(small, (150, 80), interpolation=cv2.INTER_LINEAR)[:, :, None]
    np.testing.assert_allclose(
        centre(large), rescaling((40, 50), (80, 150)).apply([[21.3, 17.6]])[0], atol=0.01
    )
