"""The points of the demo's photograph are found, and nothing moves without the visitor's consent."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core import DataStack
from maxrf_core.autoalign.robust_fit import max_shift
from maxrf_core.demo.make import demo_homography
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography, homography
from tests.maxrf_core.autoalign.seen_drawing import bow, warped_photograph
from tests.pages.conftest import Open, choice_of, labels, press, set_demo_points

SHAPE = (300, 280)


def error_of(app: AppTest) -> float:
    """Return the largest error of the map's corners with the present points, in map pixels."""
    src, dst = map(np.array, choice_of(app).pairs.placed())
    truth = Homography(np.linalg.inv(demo_homography(*SHAPE)))
    return max_shift(truth, homography(src, dst), corners_of(SHAPE))


def set_rough_points(app: AppTest, data_folder: Path) -> None:
    set_demo_points(app, data_folder)
    pairs = choice_of(app).pairs
    off = ((9, 4), (-8, 7), (-5, -9), (6, 8))
    pairs.replace(dst=[(x + dx, y + dy) for (x, y), (dx, dy) in zip(pairs.dst, off, strict=True)])
    app.run()


def test_the_points_of_the_demo_are_proposed_rightly_without_a_click(open_page: Open):
    app = open_page("register")
    press(app, "Propose four points")
    assert error_of(app) < 0.5
    assert any("The photograph fits" in each.value for each in app.success)


def test_a_proposal_is_taken_back_by_undo(open_page: Open):
    app = open_page("register")
    press(app, "Propose four points")
    press(app, "Undo")
    assert choice_of(app).pairs.placed() == ([], [])
    assert not any("The photograph fits:" in each.value for each in app.success)


def test_rough_points_are_moved_only_when_that_is_taken_and_what_was_done_is_stored(
    open_page: Open, data_folder: Path
):
    app = open_page("register")
    set_rough_points(app, data_folder)
    assert error_of(app) > 8
    press(app, "Refine")
    assert error_of(app) > 8
    assert "Save to the scan" not in labels(app)
    press(app, "Use the refined points")
    assert error_of(app) < 0.5
    press(app, "Save to the scan")
    ds = DataStack(data_folder / "demo.datastack")
    record = json.loads(ds.attributes("imvis_points")["refinement"])["refined"]
    assert record["score_after"] > record["score_before"]
    assert np.allclose(ds.read("imvis_points")[:, 1], choice_of(app).pairs.placed()[1])


def test_refined_points_can_be_declined(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_rough_points(app, data_folder)
    before = choice_of(app).pairs.placed()
    press(app, "Refine")
    press(app, "Keep the points as they were")
    assert choice_of(app).pairs.placed() == before
    press(app, "Save to the scan")
    assert "refinement" not in DataStack(data_folder / "demo.datastack").attributes("imvis_points")


def warp_the_photograph(data_folder: Path) -> Homography:
    """Put a photograph of a warped panel in the demo's place; return its transform without the warp."""
    path, truth = data_folder / "demo_photo.png", Homography(np.linalg.inv(demo_homography(*SHAPE)))
    warped = warped_photograph(cv2.imread(str(path)), truth, SHAPE)
    path.unlink()  # other tests have the same file
    cv2.imwrite(str(path), warped)
    return truth


def warp_error(app: AppTest, truth: Homography) -> float:
    """Return the mean error of the points on a warped panel, in map pixels."""
    src, dst = map(np.array, choice_of(app).pairs.placed())
    at = truth.apply(src)
    return float(np.hypot(*(at + bow(at, SHAPE) - dst).T).mean())


def test_a_proposal_follows_a_warped_panel_unless_that_is_forbidden(open_page: Open, data_folder: Path):
    truth = warp_the_photograph(data_folder)
    app = open_page("register")
    press(app, "Propose four points")
    assert any("The photograph fits" in each.value for each in app.success)
    assert len(choice_of(app).pairs.placed()[0]) > 9
    assert choice_of(app).model == "thin-plate-spline"
    assert warp_error(app, truth) < 0.6
    press(app, "Save to the scan")
    stored = DataStack(data_folder / "demo.datastack").attributes("imvis_points")
    assert json.loads(stored["refinement"])["proposed"]["bend"]
    app.toggle(key="propose-bend").set_value(False).run()
    press(app, "Propose four points")
    assert len(choice_of(app).pairs.placed()[0]) == 4
    assert choice_of(app).model == "homography"


def test_a_warped_panel_is_offered_a_bend_whose_points_replace_the_others(open_page: Open, data_folder: Path):
    truth = warp_the_photograph(data_folder)
    app = open_page("register")
    set_rough_points(app, data_folder)
    press(app, "Refine")
    assert any("warped by up to" in each.value for each in app.success)
    press(app, "Use the bend")
    assert len(choice_of(app).pairs.placed()[0]) > 9
    assert choice_of(app).model == "thin-plate-spline"
    assert warp_error(app, truth) < 0.6
    [here] = [each.value for each in app.caption if "Expected error here" in each.value]
    table = next(each.value for each in app.dataframe if "Photograph x" in each.value)
    active = choice_of(app).pairs.active_index()
    assert here == f"Expected error here: {table['error'].iloc[active]} map pixels"
    assert all(0.05 <= float(error) < 5 for error in table["error"])
    press(app, "Undo")
    assert "error" not in next(each.value for each in app.dataframe if "Photograph x" in each.value)
    assert len(choice_of(app).pairs.placed()[0]) == 4
    assert choice_of(app).model == "homography"


@pytest.mark.parametrize("which", ["refine", "propose"])
def test_a_map_that_shows_nothing_of_the_photograph_moves_nothing(
    which: str, open_page: Open, data_folder: Path
):
    app = open_page("register", lo="17.0", hi="17.2")  # nothing but the tube's continuum
    if which == "refine":
        set_rough_points(app, data_folder)
    app.radio(key=f"{which}-maps").set_value("one").run()
    before = choice_of(app).pairs.placed()
    press(app, "Refine" if which == "refine" else "Propose four points")
    if which == "refine":
        assert choice_of(app).pairs.placed() == before
        assert any("points are kept" in each.value for each in app.info)
    else:
        assert not any("The photograph" in each.value for each in app.success)
        assert any("check the four points" in each.value or "yourself" in each.value for each in app.warning)
