"""Masked and unmeasured areas are found; blank paper, highlights and sparse counts are not taken for them."""

import cv2
import numpy as np
import pytest

from maxrf_core.autoalign.empty_areas import empty_areas
from tests.maxrf_core.autoalign.seen_drawing import draw

HEIGHT, WIDTH = 120, 140
Y, X = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
DISC = np.hypot(Y - 60, X - 70) < 48


def texture(level: float = 20.0) -> np.ndarray:
    return np.random.default_rng(1).poisson(level, (HEIGHT, WIDTH, 1)).astype(np.float32)


@pytest.mark.parametrize("outside", [0.0, 255.0, np.nan])
def test_a_mask_is_found_to_a_pixel(outside: float):
    picture = np.where(DISC[:, :, None], texture(), np.float32(outside))
    wrong = empty_areas(picture) == DISC
    assert wrong.mean() < 0.005


def test_half_a_map_without_measurement_is_empty():
    picture = texture()
    picture[60:] = 0
    np.testing.assert_array_equal(empty_areas(picture), Y >= 60)


@pytest.mark.parametrize(
    "picture",
    [
        texture(),
        np.random.default_rng(2).poisson(0.02, (HEIGHT, WIDTH, 1)).astype(np.float32),
        draw(3, (30, 35))[:, :, None],
        np.clip(300 - 2 * np.hypot(Y - 60, X - 70), 0, 255)[:, :, None],
        np.zeros((HEIGHT, WIDTH, 1), dtype=np.float32),
    ],
    ids=["texture", "sparse counts", "strokes on blank paper", "a clipped highlight that fades", "nothing"],
)
def test_what_is_no_mask_is_kept(picture: np.ndarray):
    assert not empty_areas(picture).any()


def test_an_area_is_empty_only_if_all_maps_are():
    one = np.where(DISC[:, :, None], texture(), 0)
    assert not empty_areas(np.dstack([one, texture(9)])).any()
    assert empty_areas(np.dstack([one, cv2.GaussianBlur(one, (0, 0), 0.3)])).any()
