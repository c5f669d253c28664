"""A registration by the keyboard alone: no test here touches the mouse."""

import json

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from tests.browser.app_server import AppServer
from tests.browser.visitor import visit, wait_until, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
MAX_TABS = 150
IS_FOCUSED = "element => element.contains(document.activeElement)"


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
