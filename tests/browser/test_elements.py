"""A visitor asks the demo which elements it has, by mouse, by keyboard and by name."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_server import AppServer
from tests.browser.visitor import visit, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
EXAMINATION = 240_000  # milliseconds for the elements and their maps, on a busy machine


def test_elements_are_found_by_mouse_by_keyboard_and_by_name(page: Page, app: AppServer):
    visit(page, f"{app.url}/?stack=demo.datastack")
    page.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile("Elements")).click()
    tiles, table = page.locator(".maxrf-elements .tile"), page.locator(".maxrf-elements .table")
    tiles.first.wait_for(timeout=EXAMINATION)
    wait_until_idle(page)
    expect(tiles.filter(has_text="Pb lead")).to_contain_text("sure")

    tiles.filter(has_text="Fe iron").click()
    expect(page.get_by_role("heading", name="Iron (Fe): sure")).to_be_visible()
    wait_until_idle(page)
    expect(page.locator(".st-key-chart-elements-map image")).not_to_have_count(0)
    expect(page.locator(".st-key-chart-elements-lines")).to_contain_text("Fe-K lines")
    iron = table.get_by_role("button", name="Fe, iron: sure")
    expect(iron).to_have_attribute("aria-pressed", "true")

    iron.focus()
    page.keyboard.press("ArrowRight")
    cobalt = table.get_by_role("button", name="Co, cobalt: not found")
    expect(cobalt).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cobalt (Co): not found")).to_be_visible()
    wait_until_idle(page)
    expect(page.get_by_text("Nothing above noise.")).to_be_visible()
    expect(page.locator(".st-key-chart-elements-map")).to_have_count(0)
    expect(cobalt).to_be_focused()

    search = page.get_by_label("Search an element or a pigment")
    search.fill("Bleiweiß oder Zinkweiß")
    search.press("Enter")
    answer = "Lead white may be there: its lead is sure; zinc white may be there: its zinc is sure."
    expect(page.get_by_text(answer)).to_be_visible()
    expect(page.get_by_role("heading", name="Lead (Pb): sure")).to_be_visible()
    wait_until_idle(page)
