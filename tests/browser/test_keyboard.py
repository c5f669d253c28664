"""The bench and the registration by the keyboard alone: no test here touches the mouse."""

import json

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from tests.browser.app_server import AppServer
from tests.browser.test_look import EXAMINATION
from tests.browser.visitor import shown_ranges, visit, wait_until, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
MAX_TABS = 150
IS_FOCUSED = "element => element.contains(document.activeElement)"
HAS_OUTLINE = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until an element, or one in it, has the focus."""
    target = page.locator(selector).first
    for _number in range(MAX_TABS):
        if target.evaluate(IS_FOCUSED):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is not reached by {key}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to a control by Tab and press a key."""
    tab_to(page, selector)
    page.keyboard.press(key)
    wait_until_idle(page)


def test_the_bench(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?stack=demo.datastack")
    page.locator(".st-key-look-wall .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)

    # The chart: zoom, the pixel with the picture after it, the list of keys, Plotly's buttons
    chart = ".st-key-chart-look-picture .maxrf-chart"
    tab_to(page, chart)
    assert page.evaluate(HAS_OUTLINE)
    page.keyboard.press("?")
    expect(page.locator(f"{chart} .chart-help")).to_contain_text("Move the pixel")
    page.keyboard.press("Escape")
    expect(page.locator(f"{chart} .chart-help")).to_have_count(0)
    whole = shown_ranges(page, "look-picture")
    for _number in range(4):
        page.keyboard.press("+")
    wait_until_idle(page)
    zoomed = shown_ranges(page, "look-picture")
    assert abs(zoomed[0][1] - zoomed[0][0]) < abs(whole[0][1] - whole[0][0]) / 4
    for _number in range(6):
        page.keyboard.press("Shift+ArrowRight")
    wait_until_idle(page)
    [left, right] = shown_ranges(page, "look-picture")[0]
    assert left > zoomed[0][0]
    place = page.locator(".st-key-look-x input")
    expect(place).to_have_value("200")  # from the middle, 140; the page is told after a pause
    x = int(place.input_value())
    assert left <= x <= right
    press(page, f'{chart} .modebar-btn[data-title="Show everything"]')
    assert shown_ranges(page, "look-picture") == whole

    # Type the pixel
    tab_to(page, ".st-key-look-x input")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("20")
    page.keyboard.press("Enter")
    wait_until_idle(page)
    expect(page.locator(".st-key-look-place strong")).to_contain_text("Pixel 20,")

    # A layer more, undone and done again
    layers = page.locator(".st-key-look-layers .layer")
    expect(layers).to_have_count(1)
    press(page, '.st-key-look-wall .tile[aria-pressed="false"]')
    expect(layers).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(layers).to_have_count(1)
    wait_until_idle(page)
    page.keyboard.press("Control+Shift+z")
    expect(layers).to_have_count(2)
    wait_until_idle(page)

    # A patch by its corners
    tab_to(page, ".st-key-look-side-shown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="By numbers")).to_be_visible()
    wait_until_idle(page)
    press(page, '.st-key-look-side [data-testid="stPopover"] button')
    for name, value in {"x0": 10, "y0": 20, "x1": 40, "y1": 50}.items():
        tab_to(page, f".st-key-look-patch-{name} input")
        page.keyboard.insert_text(str(value))
    page.keyboard.press("Enter")
    wait_until_idle(page)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-look-side").get_by_text("961 pixels")).to_be_visible()


def test_four_points_are_placed_nudged_and_saved(page: Page, app: AppServer):
    points = json.loads((app.data_folder / "demo_points.json").read_text())
    visit(page, f"{app.url}/register?stack=demo.datastack")
    wait_until_idle(page)
    for side, name in (("src", "src_points"), ("dst", "dst_points")):
        press(page, f".st-key-type-{side} button")
        for x, y in points[name]:
            for axis, value in (("x", x), ("y", y)):
                tab_to(page, f".st-key-type-{axis}-{side} input", "Tab" if axis == "y" else "Shift+Tab")
                page.keyboard.press("Control+a")
                page.keyboard.insert_text(f"{value:.2f}")
            page.keyboard.press("Enter")
            wait_until_idle(page)
        page.keyboard.press("Escape")
    placed = page.locator(".st-key-magnifier-dst p").last
    before = placed.inner_text()
    press(page, ".st-key-magnifier-right-dst button")
    wait_until(page, "before => document.body.innerText.includes(before) === false", before)
    page.keyboard.press("Control+z")
    expect(placed).to_have_text(before)
    wait_until_idle(page)
    press(page, 'button:has-text("Save to the scan")')
    expect(page.get_by_text("Saved in demo.datastack")).to_be_visible()
    stored = DataStack(app.data_folder / "demo.datastack").read("imvis_points")
    for column, name in enumerate(("src_points", "dst_points")):
        assert np.asarray(stored[:, column]) == pytest.approx(np.array(points[name]), abs=0.006)
