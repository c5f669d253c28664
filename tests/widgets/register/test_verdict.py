"""A wrong photograph causes a warning, whatever its points; a right one does not."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.demo.make import demo_homography
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import draw, photograph, true_transform
from tests.pages.conftest import Open, choice_of, labels, press, set_demo_points, texts

SHAPE = (300, 280)
SAME, OTHER = "Photograph and maps show the same", "Probably not this artwork"


@pytest.fixture
def wrong_photo(tmp_path: Path) -> Path:
    path = tmp_path / "other.png"
    cv2.imwrite(str(path), photograph(draw(9, (300, 280)), *true_transform(), 9))
    return path


def click_corners(app: AppTest, path: Path) -> None:
    now, picture = choice_of(app), cv2.imread(str(path))
    now.photo = str(path)
    now.pairs.replace(*(list(map(tuple, corners_of(shape).tolist())) for shape in (picture.shape[:2], SHAPE)))
    app.run(timeout=120)
    assert not app.exception


def test_a_wrong_photograph_with_four_clicked_corners_gets_no_green_box_and_is_not_kept_unasked(
    open_page: Open, data_folder: Path, wrong_photo: Path
):
    app = open_page("register")
    click_corners(app, wrong_photo)
    assert any(OTHER in each.value for each in app.warning)
    assert not app.success
    assert "affine" not in texts(app)
    assert "Save to the scan" not in labels(app)
    app.toggle(key="agreement-confirmed").set_value(True).run(timeout=120)
    assert "Save to the scan" in labels(app)
    press(app, "Propose four points")
    assert any(OTHER in each.value for each in app.warning)
    assert choice_of(app).pairs.placed()[1] == [(0, 0), (279, 0), (279, 299), (0, 299)]  # as they were


def test_propose_says_so_of_a_wrong_photograph_and_sets_no_points(open_page: Open, wrong_photo: Path):
    app = open_page("register")
    choice_of(app).photo = str(wrong_photo)
    app.run()
    press(app, "Propose four points")
    assert any(OTHER in each.value for each in app.warning)
    assert choice_of(app).pairs.placed() == ([], [])


def test_the_right_photograph_is_called_good_before_and_after_refining_and_never_warned_of(
    open_page: Open, data_folder: Path
):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run(timeout=120)
    assert any(SAME in each.value for each in app.success)
    truth = Homography(np.linalg.inv(demo_homography(*SHAPE)))
    pairs = choice_of(app).pairs
    off = truth.apply(pairs.placed()[0]) + np.array([3.0, -4.0])
    pairs.replace(dst=[(x, y) for x, y in off.tolist()])
    app.run(timeout=120)
    assert any(SAME in each.value and "Refine the points" in each.value for each in app.warning)
    press(app, "Refine")
    press(app, "Use the refined points")
    assert any(SAME in each.value for each in app.success)
    assert not app.warning
    assert "0.00" not in texts(app)
    assert "the error to be expected over the map is" in texts(app)
    press(app, "Save to the scan")
    notes = DataStack(data_folder / "demo.datastack").attributes("imvis_points")
    assert '"accepted": true' in notes["refinement"]
