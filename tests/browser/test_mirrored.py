"""A mirrored photograph stays mirrored when other controls are used."""

import json

import cv2
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from tests.browser.app_server import AppServer
from tests.browser.visitor import visit, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True


def test_a_mirrored_photograph_stays_mirrored_when_other_controls_are_used(page: Page, app: AppServer):
    folder = app.data_folder
    photo = cv2.imread(str(folder / "demo_photo.png"))
    cv2.imwrite(str(folder / "demo_photo.png"), photo[::-1])
    points = json.loads((folder / "demo_points.json").read_text())
    points["src_points"] = [[x, photo.shape[0] - 1 - y] for x, y in points["src_points"]]
    film = {"name": "film.json", "mimeType": "application/json", "buffer": json.dumps(points).encode()}
    visit(page, f"{app.url}/register?stack=demo.datastack")
    page.get_by_text("Load or save points").click()
    page.locator(".st-key-points-upload input").set_input_files(film)
    page.get_by_role("button", name="The photograph is mirrored").click()
    expect(page.get_by_role("heading", name="How it fits")).to_be_visible()
    page.get_by_role("button", name="Show the overlay").click()
    wait_until_idle(page)
    page.get_by_text("Grid", exact=True).click()  # the browser now sends what all controls show
    wait_until_idle(page)
    page.get_by_role("button", name="Save to the scan").click()
    expect(page.get_by_text("Saved in")).to_be_visible()
    attributes = DataStack(folder / "demo.datastack").attributes("imvis_points")
    assert (attributes["mirrored"], attributes["turned"]) == (True, 180)
