"""The demo's maps come onto its photograph, and its marks lie there where the photograph shows them."""

import io
import json
import re
from pathlib import Path
from zipfile import ZipFile

import cv2
import numpy as np
import pytest
import tifffile
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from maxrf_core.demo.make import TRUTH, demo_homography
from tests.browser.app_server import AppServer
from tests.browser.visitor import open_part, picture, visit, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
DEMO = "?stack=demo.datastack"
CLICKS_OFF = np.array([[3.0, -2], [-2, -3], [2, 3], [-3, 2]])  # map pixels
NEAR = 40  # photograph pixels around a mark


def register(page: Page, app: AppServer, points: Path) -> None:
    """Register the photograph with points that are somewhat off, and refine them."""
    visit(page, f"{app.url}/register{DEMO}")
    page.get_by_role("button", name="Load or save points").click()
    page.locator(".st-key-points-upload input").set_input_files(points)
    wait_until_idle(page)
    page.keyboard.press("Escape")
    find_the_pointer(page, points)
    page.get_by_role("button", name="Refine the points").click()
    page.get_by_text("Only the map that is shown: Fe Ka").click()
    wait_until_idle(page)
    page.get_by_role("button", name="Refine", exact=True).click()
    accept = page.get_by_role("button", name="Use the refined points")
    expect(accept).to_be_visible()
    page.keyboard.press("Escape")
    accept.click()
    wait_until_idle(page)
    page.get_by_role("button", name="Save to the scan").click()
    expect(page.get_by_text("Saved in demo.datastack.")).to_be_visible()
    wait_until_idle(page)


def find_the_pointer(page: Page, points: Path) -> None:
    """Rest the pointer on a mark of the photograph: the map shows a cross where that mark is set."""
    told = json.loads(points.read_text())
    (height, width), (map_height, map_width) = told["photo_shape"], told["map_shape"]
    photo, on_map = picture(page, "pick-photo"), picture(page, "pick-map")
    cross = page.frame_locator(".st-key-pick-map iframe").locator("#cursor")
    (x, y), (u, v) = told["src_points"][2], told["dst_points"][2]
    box = photo.bounding_box()
    assert box is not None
    at = {"x": (x + 0.5) * box["width"] / width, "y": (y + 0.5) * box["height"] / height}
    photo.hover(position=at)
    expect(cross).to_be_visible()
    place, whole = cross.bounding_box(), on_map.bounding_box()
    assert place is not None
    assert whole is not None
    seen_x = (place["x"] + place["width"] / 2 - whole["x"]) / whole["width"] * map_width - 0.5
    seen_y = (place["y"] + place["height"] / 2 - whole["y"]) / whole["height"] * map_height - 0.5
    assert np.hypot(seen_x - u, seen_y - v) < 1.5  # map pixels; the mouse hits whole pixels of the screen
    page.mouse.move(0, 0)
    expect(cross).to_be_hidden()


def true_map(app: AppServer, element: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return the expected counts of an element at every pixel of the photograph, by the true transform."""
    ds = DataStack(app.data_folder / "demo.datastack")
    number = list(ds.attributes(TRUTH)["names"]).index(element)
    truth = np.asarray(ds.read(TRUTH)[number], np.float32)
    return cv2.warpPerspective(truth, demo_homography(*truth.shape), shape[::-1], flags=cv2.INTER_LINEAR)


def shift_of(shown: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return by how many pixels a picture lies to the right of and below another, by least squares."""
    shift = np.zeros(2)
    for _step in range(10):
        moved = cv2.warpAffine(
            truth, np.column_stack([np.eye(2), shift]), truth.shape[::-1], borderMode=cv2.BORDER_REPLICATE
        )
        down, right = np.gradient(moved)
        inside = np.s_[4:-4, 4:-4]
        parts = np.stack([right[inside], down[inside], moved[inside], np.ones_like(moved[inside])], axis=2)
        (x, y, gain, _base), *_rest = np.linalg.lstsq(parts.reshape(-1, 4), shown[inside].ravel())
        shift -= np.array([x, y]) / gain
    return shift


def test_a_mark_is_found_in_the_maps_where_the_photograph_shows_it(
    page: Page, app: AppServer, tmp_path: Path
):
    points = json.loads((app.data_folder / "demo_points.json").read_text())
    marks = np.array(points["check_src_points"])  # which the registration does not know
    points["dst_points"] = (np.array(points["dst_points"]) + CLICKS_OFF).tolist()
    (tmp_path / "points.json").write_text(json.dumps(points))
    register(page, app, tmp_path / "points.json")
    open_part(page, "Bench")
    page.get_by_role("button", name="Take to the report").click()
    wait_until_idle(page)
    expect(page.get_by_text(re.compile(r"Expected error: 0\.\d+ pixels of demo_photo.png."))).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Make the maps (ZIP)").click()
    with ZipFile(io.BytesIO(Path(started.value.path()).read_bytes())) as archive:
        shown = tifffile.imread(io.BytesIO(archive.read("demo_Fe-K.tif")))
        about = json.loads(archive.read("about.json"))
    assert list(shown.shape) == points["photo_shape"]
    truth = true_map(app, "Fe", shown.shape)
    places = [np.s_[y - NEAR : y + NEAR + 1, x - NEAR : x + NEAR + 1] for x, y in np.rint(marks).astype(int)]
    off = np.array([shift_of(shown[around], truth[around]) for around in places])
    assert np.sqrt(np.mean(np.sum(off**2, axis=1))) < 0.3
    assert about["expected_error_px"] < 0.5
