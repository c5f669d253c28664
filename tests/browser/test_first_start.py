"""First start: open, look, register, append, compare."""

import json
import math
import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack, warp
from maxrf_core.imaging.read import read_picture
from tests.browser.app_server import AppServer
from tests.browser.visitor import (
    click_in_picture,
    click_on_map,
    drag_across_chart,
    open_page,
    part_of_look,
    typed,
    visit,
    wait_until_idle,
)

pytestmark = pytest.mark.browser


def test_a_bookmark_to_a_page_works_on_a_server_that_just_started(page: Page, app: AppServer):
    visit(page, f"{app.url}/maps")
    expect(page.get_by_text("No scan is open yet.")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="Register")).to_be_visible()


def test_from_the_first_start_to_a_registered_photograph(page: Page, app: AppServer):
    visit(page, app.url)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(part_of_look(page, "Elements")).to_be_checked()
    part_of_look(page, "Bands").click()  # without waiting for the elements

    drag_across_chart(page, "chart-maps-spectrum", 6.0, 6.8)
    assert typed(page, "From (keV)") == pytest.approx(6.0, abs=0.06)
    assert typed(page, "To (keV)") == pytest.approx(6.8, abs=0.1)  # two pixels of the chart
    click_on_map(page, "maps-map", 120, 80)
    expect(page.get_by_text("Pixel 120, 80:")).to_be_visible()

    open_page(page, "Register")
    points = json.loads((app.data_folder / "demo_points.json").read_text())
    photo = read_picture(app.data_folder / "demo_photo.png")
    height, width = DataStack(app.data_folder / "demo.datastack").shape[:2]
    for src, dst in zip(points["src_points"], points["dst_points"], strict=True):
        click_in_picture(page, "pick-photo", *src, size=(photo.shape[1], photo.shape[0]))
        click_in_picture(page, "pick-map", *dst, size=(width, height))
    page.get_by_role("button", name="Save to the scan").click()
    expect(page.get_by_text("Saved in demo.datastack")).to_be_visible()
    wait_until_idle(page)

    page.get_by_text("Compare photograph and maps").click()
    chosen = page.get_by_role("combobox", name="Photograph")
    expect(chosen).to_have_value(re.compile(r"imvis_reg_highres \(demo_photo\.png, "))
    wait_until_idle(page)
    expect(page.locator(".maxrf-views .frame")).to_have_count(2)

    errors = landmark_errors(app, photo, points)
    print(f"landmark errors in map pixels: {np.round(errors, 2)}")
    assert max(errors) < 1.0


def landmark_errors(app: AppServer, photo: np.ndarray, points: dict) -> list[float]:
    """Measure how far each landmark in the stored picture lies from where it belongs, in map pixels.

    What belongs there is the same photograph warped by the exact points; a patch of it around each landmark
    is looked for in the stored picture.
    """
    ds = DataStack(app.data_folder / "demo.datastack")
    stored = ds.read("imvis_reg_highres")
    height, width = ds.shape[:2]
    truth, _ = warp(photo, np.empty((height, width)), points["src_points"], points["dst_points"], rgba=False)
    truth = cv2.resize(truth, stored.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    scale = stored.shape[1] / width
    found = []
    for x, y in points["dst_points"] + points["check_dst_points"]:
        column, row = round((x + 0.5) * scale - 0.5), round((y + 0.5) * scale - 0.5)
        patch = truth[row - 15 : row + 16, column - 15 : column + 16]
        around = stored[row - 25 : row + 26, column - 25 : column + 26]
        match = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
        down, right = np.unravel_index(match.argmax(), match.shape)
        assert match.max() > 0.8, "the landmark is not in the stored picture"
        found.append(math.hypot(right - 10, down - 10) / scale)
    return found
