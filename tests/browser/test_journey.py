"""Can a visitor do the whole thing in a real browser: open, look, register, append, compare?"""

import json
import math

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack, warp
from maxrf_core.picture import read_picture
from tests.browser.app_server import AppServer
from tests.browser.visitor import (
    PHONE,
    click_in_picture,
    drag_across_chart,
    open_page,
    visit,
    wait_until_idle,
)

pytestmark = pytest.mark.browser
DEMO = "?stack=demo.datastack"
PAGES = ("", "contents", "maps", "spectra", "register", "compare")


def typed(page: Page, label: str) -> float:
    return float(page.get_by_label(label).input_value())


def shown_ranges(page: Page, chart: str) -> list[list[float]]:
    return page.locator(f".st-key-chart-{chart} .js-plotly-plot").evaluate(
        "chart => ['xaxis', 'yaxis'].map(axis => [...chart._fullLayout[axis].range])"
    )


def click_on_map(page: Page, chart: str, x: float, y: float) -> None:
    plot = page.locator(f".st-key-chart-{chart} .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    place = plot.evaluate(
        """(chart, [x, y]) => {
            const {xaxis, yaxis} = chart._fullLayout, corner = chart.getBoundingClientRect();
            return [corner.left + xaxis._offset + xaxis.d2p(x), corner.top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [x, y],
    )
    page.mouse.click(*map(math.floor, place))  # a mouse is on whole screen pixels
    wait_until_idle(page)


def test_a_bookmark_to_a_page_works_on_a_server_that_just_started(page: Page, app: AppServer):
    visit(page, f"{app.url}/maps")
    expect(page.get_by_text("No scan is open yet.")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="Register")).to_be_visible()


def test_from_the_first_start_to_a_registered_photograph(page: Page, app: AppServer):
    visit(page, app.url)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="Maps")).to_be_visible()
    wait_until_idle(page)

    drag_across_chart(page, "chart-maps-spectrum", 6.0, 6.8)
    assert typed(page, "From (keV)") == pytest.approx(6.0, abs=0.06)
    assert typed(page, "To (keV)") == pytest.approx(6.8, abs=0.06)
    click_on_map(page, "maps-map", 120, 80)
    expect(page.get_by_text("Pixel 120, 80:")).to_be_visible()

    open_page(page, "Register")
    points = json.loads((app.data_folder / "demo_points.json").read_text())
    photo = read_picture(app.data_folder / "demo_photo.png")
    height, width = DataStack(app.data_folder / "demo.datastack").shape[:2]
    for src, dst in zip(points["src_points"], points["dst_points"], strict=True):
        click_in_picture(page, "pick-photo", *src, size=(photo.shape[1], photo.shape[0]))
        click_in_picture(page, "pick-map", *dst, size=(width, height))
    page.get_by_role("button", name="Append to datastack").click()
    expect(page.get_by_text("Stored in demo.datastack as")).to_be_visible()
    wait_until_idle(page)

    page.get_by_text("Compare photograph and maps").click()
    expect(page.get_by_role("combobox", name="Photograph")).to_have_value("imvis_reg_highres")
    wait_until_idle(page)
    expect(page.locator(".st-key-chart-compare image")).not_to_have_count(0)

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


def test_a_drag_and_a_zoom_outlive_what_follows(page: Page, app: AppServer):
    visit(page, f"{app.url}/maps{DEMO}")
    spectrum = page.locator(".st-key-chart-maps-spectrum .nsewdrag").first
    spectrum.hover()
    for _ in range(6):
        page.mouse.wheel(0, -200)
    wait_until_idle(page)
    zoomed = shown_ranges(page, "maps-spectrum")[0]
    assert zoomed[1] - zoomed[0] < 35
    middle = sum(zoomed) / 2
    drag_across_chart(page, "chart-maps-spectrum", middle - 1, middle + 1)
    assert shown_ranges(page, "maps-spectrum")[0] == pytest.approx(zoomed)
    assert typed(page, "From (keV)") == pytest.approx(middle - 1, abs=0.1)
    expect(page.locator(".st-key-chart-maps-spectrum .selectionlayer path")).not_to_have_count(0)
    page.get_by_text("Logarithmic scale").click()
    wait_until_idle(page)
    assert shown_ranges(page, "maps-spectrum")[0] == pytest.approx(zoomed)
    assert typed(page, "From (keV)") == pytest.approx(middle - 1, abs=0.1)

    page.reload()
    wait_until_idle(page)
    assert typed(page, "From (keV)") == pytest.approx(middle - 1, abs=0.1)


def test_a_click_corrects_a_marker_and_undo_takes_it_back(page: Page, app: AppServer):
    visit(page, f"{app.url}/register{DEMO}")
    page.get_by_text("The points as numbers").click()
    click_in_picture(page, "pick-map", 20, 30, size=(280, 300))
    expect(page.get_by_text("Click on point 2 (green) in the map.")).to_be_visible()
    click_in_picture(page, "pick-map", 22, 31, size=(280, 300))
    expect(page.get_by_text("Click on point 2 (green) in the map.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Click on point 1 (orange) in the map.")).to_be_visible()


def test_pixels_and_rectangles_are_added_on_the_map(page: Page, app: AppServer):
    visit(page, f"{app.url}/spectra{DEMO}")
    click_on_map(page, "spectra-map", 50, 60)
    expect(page.get_by_text("1: Pixel 50, 60").first).to_be_visible()
    plot = page.locator(".st-key-chart-spectra-map .nsewdrag").first
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"], steps=6)
    page.mouse.up()
    wait_until_idle(page)
    expect(page.get_by_text("2: Mean of").first).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE], indirect=True)
def test_nothing_is_wider_than_a_phone(page: Page, app: AppServer):
    for name in PAGES:
        visit(page, f"{app.url}/{name}{DEMO}")
        wider = page.evaluate(
            "() => document.querySelector('[data-testid=\"stMain\"]').scrollWidth - window.innerWidth"
        )
        assert wider <= 0, f"the page {name or 'open'} is {wider} pixels too wide"
        expect(page.get_by_test_id("stException")).to_have_count(0)
