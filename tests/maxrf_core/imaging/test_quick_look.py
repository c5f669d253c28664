"""A small copy of a JPEG photograph lies exactly where the photograph does."""

import cv2
import numpy as np
import pytest
from PIL import Image

from maxrf_core.errors import PictureError
from maxrf_core.imaging.display import shrink
from maxrf_core.imaging.quick_look import quick_look
from maxrf_core.imaging.read import read_picture
from tests.maxrf_core.imaging.saved_pictures import flat_jpeg, noted_orientation


def photograph(width: int, height: int) -> Image.Image:
    coarse = np.random.default_rng(5).integers(0, 255, (12, 15, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("size", [(1600, 1200), (1601, 1207), (1543, 997)])
def test_it_is_the_photograph_made_smaller(tmp_path, size, orientation):
    path = tmp_path / "photo.jpg"
    photograph(*size).save(path, quality=95, exif=noted_orientation(orientation))
    found = quick_look(path, 30_000, 0)
    whole = read_picture(path)
    assert found is not None
    pixels, told = found.pixels, found.size
    assert told == whole.shape[1::-1]
    assert pixels.shape[0] * pixels.shape[1] <= 30_000
    expected = shrink(whole, pixels.shape[1], pixels.shape[0])
    assert expected.shape == pixels.shape
    for place in (np.s_[:60, :60], np.s_[-60:, -60:]):  # a last block that is taken for a whole one moves it
        (across, down), _ = cv2.phaseCorrelate(grey(pixels[place]), grey(expected[place]))
        assert abs(across) < 0.2
        assert abs(down) < 0.2
    assert np.abs(pixels.astype(int) - expected).mean() < 1


def grey(pixels: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)


def test_other_pictures_are_left_to_the_reader(tmp_path):
    photograph(400, 300).save(tmp_path / "photo.png")
    photograph(400, 300).save(tmp_path / "steps.jpg", progressive=True)
    photograph(40, 30).save(tmp_path / "tiny.jpg")
    assert [quick_look(path, 2000, 0) for path in sorted(tmp_path.iterdir())] == [None] * 3


def test_a_photograph_that_is_too_large_or_cut_off_is_refused(tmp_path):
    with pytest.raises(PictureError, match="flat"):
        quick_look(flat_jpeg(tmp_path / "flat.jpg", (160, 160), (15_810, 15_810)), 2000, 0)
    photograph(800, 600).save(tmp_path / "photo.jpg")
    content = (tmp_path / "photo.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) // 2])
    with pytest.raises(OSError, match="truncated"):
        quick_look(tmp_path / "cut.jpg", 2000, 0)
