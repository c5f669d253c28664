"""The bench and the registration by the keyboard alone: no test here touches the mouse."""

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from maxrf_core.datastack.stored_views import stored_views
from maxrf_core.imaging.layers import HUES
from tests.browser.app_server import AppServer
from tests.browser.test_look import EXAMINATION, PICTURE
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


def changed(page: Page, selector: str, key: str) -> None:
    """Go to a control of a layer and press a key; wait until the picture has changed."""
    tab_to(page, selector, "Shift+Tab")
    before = page.evaluate(PICTURE)
    page.keyboard.press(key)
    wait_until(page, f"before => {PICTURE} !== before", before)


def test_from_open_to_a_figure(page: Page, app: AppServer):
    tiles, layers = page.locator(".st-key-look-wall .tile"), page.locator(".st-key-look-layers .layer")

    # The demo, and from its elements to the bench
    visit(page, app.url)
    tab_to(page, '[class*="st-key-open-demo"] button')
    page.keyboard.press("Enter")
    page.locator(".maxrf-elements .tile").first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    press(page, ".st-key-look-part")
    expect(page.get_by_role("radio", name="Bench")).to_be_checked()
    wait_until_idle(page)
    expect(layers).to_have_count(1)

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
    assert abs(zoomed[1][1] - zoomed[1][0]) < abs(whole[1][1] - whole[1][0]) / 4
    for _number in range(6):
        page.keyboard.press("Shift+ArrowRight")
    wait_until_idle(page)
    [left, right] = shown_ranges(page, "look-picture")[0]
    assert left > zoomed[0][0]
    place = page.locator('[class*="st-key-look-x"] input')
    expect(place).to_have_value("200")  # from the middle, 140; the page is told after a pause
    x = int(place.input_value())
    assert left <= x <= right
    press(page, f'{chart} .modebar-btn[data-title="Show everything"]')
    assert shown_ranges(page, "look-picture") == whole

    # Type the pixel
    tab_to(page, '[class*="st-key-look-x"] input')
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("20")
    page.keyboard.press("Enter")
    wait_until_idle(page)
    expect(page.locator(".st-key-look-place strong")).to_contain_text("Pixel 20,")

    # The wall is one stop of Tab; a layer more from it, undone and done again
    tab_to(page, ".st-key-look-wall")
    expect(tiles.first).to_be_focused()
    page.keyboard.press("End")
    expect(tiles.last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    assert not page.locator(".st-key-look-wall").evaluate(IS_FOCUSED)
    tab_to(page, ".st-key-look-wall", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(layers).to_have_count(2)
    wait_until_idle(page)
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(layers).to_have_count(1)
    wait_until_idle(page)
    page.keyboard.press("Control+Shift+z")
    expect(layers).to_have_count(2)
    wait_until_idle(page)

    # Its look: eye, brightest value, opacity, hue
    changed(page, ".st-key-look-layers .eye", "Space")
    expect(page.locator(".st-key-look-layers .eye").first).to_have_attribute("aria-pressed", "false")
    changed(page, ".st-key-look-layers .eye", "Space")
    for control in (".limit.high", '[data-focus^="opacity"]'):
        changed(page, f".st-key-look-layers {control}", "ArrowLeft")
    changed(page, '.st-key-look-layers [data-focus^="colour"]', "p")
    expect(page.locator('.st-key-look-layers [data-focus^="colour"] option:checked')).to_have_text("pink")
    wait_until_idle(page)

    # A patch by its corners
    tab_to(page, ".st-key-look-side-shown", "Shift+Tab")
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

    # A view that is kept, a figure for the report, the layers on Compare
    press(page, '.st-key-look-tools button:has-text("Views")')
    tab_to(page, ".st-key-look-view-name input")
    page.keyboard.insert_text("Ink")
    page.keyboard.press("Enter")
    wait_until_idle(page)
    press(page, ".st-key-look-view-keep button")
    expect(page.get_by_text("The view is kept in the scan.")).to_be_visible()
    [view] = stored_views(DataStack(app.data_folder / "demo.datastack"))
    assert (view.name, view.layers[-1].colour) == ("Ink", HUES[3])
    page.keyboard.press("Escape")
    press(page, '.st-key-look-tools button:has-text("Take to the report")')
    tab_to(page, ".st-key-download-look-figure-svg a")
    with page.expect_download(timeout=EXAMINATION) as download:
        page.keyboard.press("Enter")
    assert b"demo" in Path(download.value.path()).read_bytes()
    page.keyboard.press("Escape")
    press(page, ".st-key-look-compare button")
    expect(page.locator(".maxrf-views .frame")).not_to_have_count(0)


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
