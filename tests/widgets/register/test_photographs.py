"""A large photograph, shown as a smaller copy, lies exactly where the whole one belongs."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.quick_look import QUICK_PIXELS
from maxrf_core.registration.quality import assess
from maxrf_core.transform.parts import Part
from maxrf_core.transform.warp import warp
from tests.pages.conftest import Open, choice_of
from widgets.register.fit import Fit
from widgets.register.photographs import picture_of, preview
from widgets.register.point_picker import drawn
from widgets.session.point_pairs import Point

SHAPE = (300, 280)
SRC: list[Point] = [(150.0, 160.0), (3100.0, 130.0), (120.0, 3500.0), (3180.0, 3600.0)]
DST: list[Point] = [(10.0, 12.0), (265.0, 15.0), (14.0, 280.0), (270.0, 285.0)]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a photograph of 12 million pixels."""
    coarse = np.random.default_rng(3).integers(0, 255, (35, 30, 3), np.uint8)
    pixels = cv2.resize(coarse, (3300, 3700), interpolation=cv2.INTER_CUBIC)
    assert pixels.shape[0] * pixels.shape[1] > 3 * QUICK_PIXELS
    path = tmp_path_factory.mktemp("photo") / "large.png"
    Image.fromarray(pixels).save(path, compress_level=1)
    return path


def fit_of(src: list[Point], model: str) -> Fit:
    quality = assess(np.array(SRC), np.array(DST), SHAPE, model=model)
    return Fit(model, "", tuple(src), tuple(DST), list(range(4)), np.ones(4, bool), quality)


@pytest.mark.parametrize("model", ["homography", "affine", "thin-plate-spline"])
def test_a_smaller_copy_lies_where_the_photograph_does(large: Path, model: str):
    seen = preview(large, SHAPE, fit_of(SRC, model))
    whole = warp(np.asarray(Image.open(large)), np.empty(SHAPE), SRC, DST, model=model)[0]
    assert SHAPE[0] * 2 < seen.shape[0] < whole.shape[0]
    smaller = cv2.resize(whole, seen.shape[1::-1], interpolation=cv2.INTER_AREA)
    (across, down), _ = cv2.phaseCorrelate(grey(seen), grey(smaller))
    assert abs(across) < 0.1  # not to know of half pixels would be 0.15
    assert abs(down) < 0.1
    assert np.abs(seen.astype(int) - smaller).mean() < 2


def test_points_are_set_in_the_photographs_own_pixels(large: Path):
    picture = picture_of(large)
    assert picture.size == (3300, 3700)
    own = np.asarray(Image.open(large))
    assert np.array_equal(picture.cut_out(1000, 2000, 1040, 2030), own[2000:2030, 1000:1040])


def test_a_part_is_drawn_as_its_pixels_are(large: Path):
    picture, part = picture_of(large), Part(1000, 500, 3000, 3100)
    own = np.asarray(Image.open(large))[part.top : part.bottom, part.left : part.right]
    assert picture.drawn_part is not None
    shown = picture.drawn_part(part)
    np.testing.assert_array_equal(shown, drawn(own))
    assert picture.drawn_part(part) is shown  # the next click in it finds it


def test_points_that_make_no_sense_are_told(large: Path):
    with pytest.raises(RegistrationError):
        preview(large, SHAPE, fit_of([SRC[1], SRC[0], *SRC[2:]], "homography"))


def grey(pixels: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(pixels[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float32)


def test_a_picture_of_a_file_with_several_is_chosen_on_the_page(open_page: Open, data_folder: Path):
    front = np.full((60, 80, 3), 200, np.uint8)
    with tifffile.TiffWriter(data_folder / "album.tif") as file:
        file.write(front, photometric="rgb")
        file.write(front[:50] // 4, photometric="rgb", extratags=[(285, 2, 0, "verso", True)])
    app = open_page("register")
    now = choice_of(app)
    now.photo = str(data_folder / "album.tif")
    now.pairs.replace(SRC, DST)
    app.run(timeout=60)
    (box,) = [each for each in app.selectbox if each.label == "Picture in this file"]
    assert box.options == ["Page 1: 80 × 60 pixels ", "Page 2: 80 × 50 pixels verso"]
    assert now.photo_page == 1
    box.select_index(1).run(timeout=60)
    assert not app.exception
    assert choice_of(app).photo_page == 2
    assert choice_of(app).pairs.src == [None] * 4  # they belonged to the other picture
    assert choice_of(app).pairs.dst == DST
