"""A visitor asks the demo which elements it has, by mouse, by keyboard and by name."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from maxrf_core import DataStack
from maxrf_core.demo.make import TRUTH
from tests.browser.app_server import AppServer
from tests.browser.visitor import PHONE, part_of_look, visit, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
EXAMINATION = 240_000  # milliseconds for the elements and their maps, on a busy machine


def test_elements_are_found_by_mouse_by_keyboard_and_by_name(page: Page, app: AppServer):
    visit(page, f"{app.url}/?stack=demo.datastack")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Look").click()
    part_of_look(page, "Elements").click()
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

    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    tiles.filter(has_text="Hg mercury").click()  # far below
    expect(page.get_by_role("heading", name="Mercury (Hg): sure")).to_be_in_viewport()
    wait_until_idle(page)


COUNT_CLICKS = "() => { window.clicks = 0; addEventListener('click', () => { window.clicks += 1; }, true); }"
QUESTIONS = (  # the question, what its answer holds, the heading and the element of the map that is shown
    ("where is iron", "Iron is there for sure (seen in", "Iron (Fe): sure", "Fe"),
    ("lead white or zinc white", "Lead white may be there: its lead is sure; zinc", "Lead (Pb): sure", "Pb"),
    ("lead or arsenic", "; arsenic is there for sure (seen in", "Lead (Pb): sure", "Pb"),
    ("titanium or barium", "; barium is there for sure (seen in", "Titanium (Ti): ", "Ti"),
    ("Arsen", "Arsenic is there for sure (seen in", "Arsenic (As): sure", "As"),
)


def test_a_question_takes_at_most_three_clicks_from_opening_the_demo(page: Page, app: AppServer):
    visit(page, app.url)
    page.evaluate(COUNT_CLICKS)
    page.get_by_role("button", name="Open", exact=True).click()
    page.locator(".maxrf-elements .tile").first.wait_for(timeout=EXAMINATION)
    opening = page.evaluate("window.clicks")
    ds = DataStack(app.data_folder / "demo.datastack")
    truth = dict(zip(ds.attributes(TRUTH)["names"], ds.read(TRUTH).astype(float), strict=True))
    search = page.get_by_label("Search an element or a pigment")
    for question, answer, heading, symbol in QUESTIONS:
        page.evaluate("window.clicks = 0")
        search.fill(question)
        search.press("Enter")
        expect(page.get_by_text(answer)).to_be_visible()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        wait_until_idle(page)
        typed = 1
        assert 1 + typed <= opening + typed + page.evaluate("window.clicks") <= 3
        shown = downloaded_map(page)
        assert np.corrcoef(shown.ravel(), truth[symbol].ravel())[0, 1] > 0.9, symbol


def downloaded_map(page: Page) -> np.ndarray:
    """Download the values of the map that is shown."""
    link = page.get_by_role("link", name="NPY", exact=True)
    if not link.is_visible():
        page.get_by_text("Download this map").click()
    with page.expect_download() as started:
        link.click()
    return np.load(started.value.path())
