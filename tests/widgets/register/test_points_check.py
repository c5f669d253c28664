"""Points that do not belong to the pictures are noticed on the page before anything is stored."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.registration.orientation import stored_shape, upright_points
from maxrf_core.registration.points_io import load_points
from maxrf_core.transform.coordinates import rescale_points
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import residuals
from tests.pages.conftest import Open, choice_of, labels, press, set_demo_points, texts


def upload_points(app: AppTest, src: np.ndarray, dst: np.ndarray, **about: object) -> None:
    text = json.dumps({"src_points": src.tolist(), "dst_points": dst.tolist(), **about})
    app.file_uploader(key="points-upload").upload("points.json", text.encode(), "application/json").run()
    assert not app.exception


def test_points_of_a_smaller_copy_are_rescaled_and_another_file_is_told(open_page: Open, data_folder: Path):
    src, dst = load_points(data_folder / "demo_points.json")
    height, width = cv2.imread(str(data_folder / "demo_photo.png")).shape[:2]
    app = open_page("register")
    half = {"photo_shape": [height // 2, width // 2], "photo_sha256": "0" * 64, "photo": "small.jpg"}
    upload_points(app, rescale_points(src, (width // 2 / width, height // 2 / height)), dst, **half)
    np.testing.assert_allclose(choice_of(app).pairs.placed()[0], src, atol=1e-6)
    assert "were rescaled to this one" in texts(app)
    assert "another file, small" in texts(app).replace("\\", "")
    press(app, "Save to the scan")
    attributes = DataStack(data_folder / "demo.datastack").attributes("imvis_points")
    assert attributes["photo_shape"][:2] == [height, width]
    assert residuals(Homography(attributes["homography"]), src, dst).max() < 0.5
    choice_of(app).pairs.move("dst", 0, (20.0, 20.0))
    app.run()
    assert "were rescaled" not in texts(app)  # these are other points now


def test_points_outside_are_said_and_stored_only_if_that_is_confirmed(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    pairs = choice_of(app).pairs
    pairs.replace(dst=[(-4.0, -3.0), *pairs.dst[1:]])
    app.run()
    assert "Point 1 lies outside the map (280×300 pixels)" in texts(app).replace("\\", "")
    assert "Save to the scan" not in labels(app)
    next(box for box in app.checkbox if "outside" in box.label).check().run()
    press(app, "Save to the scan")
    np.testing.assert_allclose(DataStack(data_folder / "demo.datastack").read("imvis_points")[0, 1], [-4, -3])


@pytest.mark.parametrize(("orientation", "turn", "back"), [(6, 1, 8), (3, 2, 3)])
def test_points_set_on_the_pixels_of_a_turned_telephone_can_be_turned_with_it(
    open_page: Open, data_folder: Path, orientation: int, turn: int, back: int
):
    src, dst = load_points(data_folder / "demo_points.json")
    upright = np.asarray(Image.open(data_folder / "demo_photo.png"))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = data_folder / "telephone.jpg"
    Image.fromarray(np.ascontiguousarray(np.rot90(upright, turn))).save(path, exif=exif, quality=92)
    app = open_page("register")
    choice_of(app).photo = str(path)
    app.run()
    stored = upright_points(src, back, stored_shape(upright.shape, orientation))
    upload_points(app, stored, dst)
    press(app, "Turn the points with the photograph")
    np.testing.assert_allclose(choice_of(app).pairs.placed()[0], src, atol=1e-6)
    assert "Turn the points with the photograph" not in labels(app)
    assert "Save to the scan" in labels(app)
    upload_points(app, src, dst)  # which are right as they are
    assert "Turn the points with the photograph" not in labels(app)
