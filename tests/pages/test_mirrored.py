"""An X-ray film that shows the mirror image is registered rightly, however it is looked at at first."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.registration.points_io import load_points
from maxrf_core.registration.register import register
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.homography import homography
from tests.pages.conftest import Open, choice_of, labels, press, texts

SHAPE = (300, 280)


@pytest.fixture
def film(data_folder: Path) -> Path:
    """Return the demo's photograph as a film that was laid upside down on the scanner."""
    path = data_folder / "film.png"
    photo = cv2.imread(str(data_folder / "demo_photo.png"))
    cv2.imwrite(str(path), photo[::-1])
    return path


def points_on(film: Path) -> tuple[np.ndarray, np.ndarray]:
    src, dst = load_points(film.with_name("demo_points.json"))
    height = cv2.imread(str(film)).shape[0]
    return src * [1, -1] + [0, height - 1], dst


def open_film(open_page: Open, film: Path, order: tuple[int, ...] = (0, 1, 2, 3)) -> AppTest:
    """Open the page with four right clicks on the film; `order` is that of the clicks on the map."""
    app = open_page("register")
    src, dst = points_on(film)
    choice_of(app).photo = str(film)
    choice_of(app).pairs.set_pairs(src.tolist(), dst[list(order)].tolist())
    app.run()
    assert not app.exception
    return app


def assert_stored_rightly(data_folder: Path) -> None:
    ds = DataStack(data_folder / "demo.datastack")
    photo = cv2.imread(str(data_folder / "demo_photo.png"))[:, :, ::-1]
    upright = register(photo, SHAPE, *load_points(data_folder / "demo_points.json")).arrays
    assert ds.attributes("imvis_points")["mirrored"]
    for name in ("imvis_reg", "imvis_reg_highres"):
        assert np.abs(ds.read(name).astype(int) - upright[name]).mean() < 0.5


def test_a_film_that_is_looked_at_mirrored_is_registered_mirrored(
    open_page: Open, data_folder: Path, film: Path
):
    app = open_film(open_page, film)
    app.toggle(key="look-mirror-photo").set_value(True).run()
    app.segmented_control(key="look-turns-photo").set_value(2).run()
    assert not app.exception
    assert not {"Put the points in order", "The photograph is mirrored"} & set(labels(app))
    press(app, "Save to the scan")
    assert_stored_rightly(data_folder)
    assert DataStack(data_folder / "demo.datastack").attributes("imvis_points")["turned"] == 180


def test_mirroring_is_offered_where_all_triangles_are_reversed_and_moves_no_point(
    open_page: Open, data_folder: Path, film: Path
):
    app = open_film(open_page, film)
    before = choice_of(app).pairs.placed()
    assert "probably mirrored" in texts(app)
    assert not {"Put the points in order", "Save to the scan"} & set(labels(app))
    press(app, "The photograph is mirrored")
    assert choice_of(app).pairs.placed() == before
    assert choice_of(app).photo_view == View(2, True)  # as the map lies
    assert app.toggle(key="look-mirror-photo").value
    press(app, "Save to the scan")
    assert_stored_rightly(data_folder)


def test_points_of_a_film_are_refined_as_it_lies(open_page: Open, data_folder: Path, film: Path):
    app = open_film(open_page, film)
    press(app, "The photograph is mirrored")
    right = np.array(choice_of(app).pairs.placed()[1])
    rough = right + np.array([[7, 4], [-8, 6], [-5, -9], [6, 8]])
    choice_of(app).pairs.replace(dst=[tuple(point) for point in rough.tolist()])
    app.run()
    press(app, "Refine")
    press(app, "Use the refined points")
    np.testing.assert_allclose(np.array(choice_of(app).pairs.placed()[1]), right, atol=1)
    press(app, "Save to the scan")
    assert_like_the_truth(data_folder)


def assert_like_the_truth(data_folder: Path) -> None:
    attributes = DataStack(data_folder / "demo.datastack").attributes("imvis_points")
    src, dst = load_points(data_folder / "demo_points.json")
    height = attributes["photo_shape"][0]
    found = np.array(attributes["homography"]) @ np.array([[1, 0, 0], [0, -1, height - 1], [0, 0, 1]])
    corners = np.array([[0.0, 0], [279, 0], [279, 299], [0, 299]])
    back = homography(src, dst).inverse().apply(corners)
    there = np.hstack([back, np.ones((4, 1))]) @ found.T
    np.testing.assert_allclose(there[:, :2] / there[:, 2:], corners, atol=1.5)


def test_a_film_is_proposed_with_its_points_and_registered(open_page: Open, data_folder: Path, film: Path):
    app = open_page("register")
    choice_of(app).photo = str(film)
    app.run()
    press(app, "Propose four points")
    assert choice_of(app).photo_view.mirrored
    press(app, "Save to the scan")
    assert_like_the_truth(data_folder)


def test_the_order_is_mended_as_the_photograph_is_seen(open_page: Open, film: Path):
    app = open_film(open_page, film, order=(1, 0, 2, 3))
    app.toggle(key="look-mirror-photo").set_value(True).run()
    assert "would fold" in texts(app)
    press(app, "Put the points in order")
    np.testing.assert_allclose(choice_of(app).pairs.placed(), points_on(film))
    assert "Save to the scan" in labels(app)


def test_two_points_of_four_that_are_exchanged_crosswise_can_be_put_right_as_well(
    open_page: Open, data_folder: Path
):
    app = open_page("register")
    src, dst = load_points(data_folder / "demo_points.json")
    choice_of(app).pairs.set_pairs(src.tolist(), dst[[2, 1, 0, 3]].tolist())
    app.run()
    assert "The photograph is mirrored" in labels(app)
    press(app, next(label for label in labels(app) if label.startswith("Exchange points ")))
    assert not {"The photograph is mirrored"} & set(labels(app))
    assert "Save to the scan" in labels(app)


def test_points_that_are_kept_turn_the_photograph_again(open_page: Open, film: Path):
    app = open_film(open_page, film)
    press(app, "The photograph is mirrored")
    press(app, "Save to the scan")
    app.toggle(key="look-mirror-photo").set_value(False).run()
    press(app, "Use these")
    assert choice_of(app).photo_view == View(2, True)
    assert "Save to the scan" in labels(app)
