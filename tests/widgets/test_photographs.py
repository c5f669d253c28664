"""Is a large photograph, which is looked at in a smaller copy, laid exactly where the whole one belongs?"""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from maxrf_core.errors import RegistrationError
from maxrf_core.registration import warp
from widgets.photographs import SEEN_PIXELS, preview, shown_photo

SHAPE = (300, 280)
DST = [(10.0, 12.0), (265.0, 15.0), (14.0, 280.0), (270.0, 285.0)]


@pytest.fixture
def large(tmp_path: Path) -> tuple[Path, list[tuple[float, float]]]:
    """Give a photograph of 12 million pixels, and the four points of it that lie on DST."""
    coarse = np.random.default_rng(3).integers(0, 255, (35, 30, 3), np.uint8)
    pixels = cv2.resize(coarse, (3300, 3700), interpolation=cv2.INTER_CUBIC)
    assert pixels.shape[0] * pixels.shape[1] > 3 * SEEN_PIXELS
    Image.fromarray(pixels).save(tmp_path / "large.png", compress_level=1)
    return tmp_path / "large.png", [(150.0, 160.0), (3100.0, 130.0), (120.0, 3500.0), (3180.0, 3600.0)]


def test_a_smaller_copy_lies_where_the_photograph_does(large: tuple[Path, list[tuple[float, float]]]):
    path, src = large
    seen = preview(path, SHAPE, src, DST)
    whole = warp(np.asarray(Image.open(path)), np.empty(SHAPE), src, DST)[0]
    assert SHAPE[0] * 2 < seen.shape[0] < whole.shape[0]
    smaller = cv2.resize(whole, seen.shape[1::-1], interpolation=cv2.INTER_AREA)
    (across, down), _ = cv2.phaseCorrelate(grey(seen), grey(smaller))
    assert abs(across) < 0.1  # not to know of half pixels would be 0.3
    assert abs(down) < 0.1
    assert np.abs(seen.astype(int) - smaller).mean() < 2


def test_a_click_is_told_in_the_photographs_own_pixels(large: tuple[Path, list[tuple[float, float]]]):
    assert shown_photo(large[0]).size == (3300, 3700)


def test_points_that_make_no_sense_are_told_in_the_photographs_own_pixels(
    large: tuple[Path, list[tuple[float, float]]],
):
    path, src = large
    with pytest.raises(RegistrationError):
        preview(path, SHAPE, [src[1], src[0], *src[2:]], DST)


def grey(pixels: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(pixels[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float32)
