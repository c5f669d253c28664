"""A photograph and a map are compared by their content, not by their brightness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import PictureError, RegistrationError
from maxrf_core.registration.compare import (
    N_LEVELS,
    difference,
    edges,
    grey,
    match_brightness,
    resample_to_map,
)
from maxrf_core.transform.coordinates import image_extent

seeds = st.integers(0, 2**32 - 1)


def blob(shape: tuple[int, int], x: float, y: float, width: float) -> np.ndarray:
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * width**2))


def centroid(image: np.ndarray) -> tuple[float, float]:
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    total = image.sum()
    return float((columns * image).sum() / total), float((rows * image).sum() / total)


# Onto the map's pixels


@given(st.floats(0.4, 4), st.floats(10, 20), st.floats(8, 14))
def test_a_detail_of_the_photograph_comes_to_its_place_on_the_map(scale, x, y):
    height, width = 24, 32
    shape = round(height * scale), round(width * scale)
    across, down = shape[1] / width, shape[0] / height
    photo = blob(shape, (x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5, 2.5 * scale)
    laid = resample_to_map(photo, image_extent(height, width), (height, width))
    assert centroid(laid) == pytest.approx((x, y), abs=0.05)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_the_extent_decides_where_it_lies_to_a_fraction_of_a_pixel(right, down):
    photo = blob((60, 80), 40, 30, 4)
    extent = (right - 0.5, right + 39.5, down + 29.5, down - 0.5)
    laid = np.nan_to_num(resample_to_map(photo, extent, (30, 40)))
    assert centroid(laid) == pytest.approx((19.75 + right, 14.75 + down), abs=0.05)


def test_values_are_missing_where_the_photograph_does_not_reach():
    laid = resample_to_map(np.ones((10, 10)), (1.5, 6.5, 7.5, 2.5), (10, 10))
    expected = np.full((10, 10), np.nan)
    expected[3:8, 2:7] = 1
    np.testing.assert_array_equal(laid, expected)


def test_a_photograph_mirrored_by_its_extent_is_mirrored():
    photo = np.arange(12.0).reshape(3, 4)
    laid = resample_to_map(photo, (3.5, -0.5, 2.5, -0.5), (3, 4))
    np.testing.assert_allclose(laid, photo[:, ::-1])


@pytest.mark.parametrize("extent", [(0, 0, 5, 0), (0, np.nan, 5, 0), (0, 4, np.inf, 0)])
def test_an_extent_without_an_area_is_refused(extent):
    with pytest.raises(RegistrationError, match="enclose an area"):
        resample_to_map(np.ones((5, 4)), extent, (5, 4))


# Brightness


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_brightness_is_the_same_for_every_kind_of_number(dtype):
    full = 1 if dtype == np.float32 else np.iinfo(dtype).max
    image = (np.array([[[1.0, 1, 1], [0, 0, 0.25], [0, 0, 0]]]) * full).astype(dtype)
    assert grey(image) == pytest.approx(np.array([[1, 0.114 * 0.25, np.nan]]), abs=0.002, nan_ok=True)


def test_a_grey_photograph_is_its_own_brightness():
    assert grey(np.array([[0, 51, 255]], np.uint8)) == pytest.approx(
        np.array([[np.nan, 0.2, 1]]), abs=1e-6, nan_ok=True
    )


# Matching and difference


@given(seeds, st.integers(2, N_LEVELS))
def test_a_photograph_that_follows_from_the_map_differs_nowhere(seed, count):
    rng = np.random.default_rng(seed)
    counts = rng.permutation(np.repeat(np.arange(count), 30)).reshape(-1, 10)
    photo = rng.random(count)[counts]
    found = difference(photo, counts)
    assert abs(found.values).max() < 1e-6
    assert found.explained == pytest.approx(1, abs=1e-6)


@given(seeds)
def test_a_bent_or_stretched_scale_of_the_map_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    counts, photo = rng.poisson(20, (40, 50)), rng.random((40, 50))
    expected = difference(photo, counts)
    for other in (3 * counts + 7, np.sqrt(counts), counts**2):
        found = difference(photo, other)
        np.testing.assert_array_equal(found.values, expected.values)
        assert found.explained == expected.explained


def test_a_retouching_shows_and_the_dark_ink_beside_it_does_not():
    ink = np.zeros((60, 60))
    ink[:, 20:30] = 50
    photo = 0.8 - 0.6 * (ink > 0)
    photo[40:50, 40:50] = 0.3
    found = difference(photo, ink)
    assert found.values[45, 45] < -0.4
    assert abs(found.values[:35, 20:30]).max() < 0.02
    assert 0.7 < found.explained < 1


def test_an_unrelated_map_explains_nothing():
    rng = np.random.default_rng(0)
    assert difference(rng.random((300, 300)), rng.random((300, 300))).explained < 0.003
    assert difference(np.full((9, 9), 0.5), rng.random((9, 9))).explained == 0


def test_values_missing_in_either_are_missing_in_the_difference_and_change_nothing_else():
    counts, photo = np.tile(np.arange(8.0), (4, 1)), np.tile(np.arange(8.0) / 10, (4, 1))
    photo[0, 0], counts[1, 1] = np.nan, np.nan
    values = difference(photo, counts).values
    assert np.isnan(values[[0, 1], [0, 1]]).all()
    assert np.isfinite(values).sum() == 30
    assert np.nanmax(abs(values)) < 1e-6


def test_pictures_that_do_not_fit_together_are_refused():
    with pytest.raises(PictureError, match="cannot be matched"):
        match_brightness(np.ones((3, 4)), np.ones((4, 3)))
    with pytest.raises(PictureError, match="no pixel in common"):
        match_brightness([[np.nan, 1]], [[1, np.nan]])


# Edges


@given(st.floats(0, 2 * np.pi))
def test_the_edge_of_a_disc_is_found_where_it_is_whichever_side_is_bright(turn):
    rows, columns = np.mgrid[:80, :80]
    x, y = 40 + np.cos(turn), 40 + np.sin(turn)
    distance = np.hypot(columns - x, rows - y)
    disc = 1 / (1 + np.exp(distance - 25))
    for image in (disc, 1 - disc):
        found = edges(image, share=0.05)
        assert found.sum() > 120
        assert abs(distance[found] - 25).max() < 1
        assert distance[found].mean() == pytest.approx(25, abs=0.15)


def test_a_larger_share_gives_more_edges():
    image = np.random.default_rng(0).poisson(5, (80, 80))
    counts = [edges(image, share).sum() for share in (0.02, 0.1, 0.3)]
    assert 0 < counts[0] < counts[1] < counts[2]


def test_a_flat_image_and_missing_values_give_no_edges():
    assert not edges(np.full((20, 30), 7)).any()
    assert not edges(np.full((20, 30), np.nan)).any()
    half = np.full((40, 40), 5.0)
    half[:, 20:] = np.nan
    assert not edges(half).any()


def test_a_single_line_on_an_empty_ground_is_found():
    image = np.zeros((50, 50))
    image[:, 25] = 9
    assert edges(image)[25].any()


@pytest.mark.parametrize(("share", "sigma"), [(0, 1), (1, 1), (0.1, 0), (np.nan, 1)])
def test_edges_with_parameters_out_of_range_are_refused(share, sigma):
    with pytest.raises(PictureError, match="share between 0 and 1"):
        edges(np.ones((5, 5)), share, sigma)
