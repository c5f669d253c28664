"""A visitor clicks a peak, and reads what it may be."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_server import AppServer
from tests.browser.visitor import place_on_chart, shown_ranges, typed, visit, wait_until, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
SPECTRUM = "chart-maps-spectrum"


def test_a_clicked_peak_is_named_and_its_strongest_pixel_shown(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?part=bands&stack=demo.datastack")
    expect(page.locator(f".st-key-{SPECTRUM}")).to_contain_text("Fe Ka")
    band = typed(page, "From (keV)"), typed(page, "To (keV)")
    page.mouse.click(*place_on_chart(page, f"{SPECTRUM}", 10.55))
    panel = page.locator(".st-key-maps-spectrum-peak-panel")
    expect(panel.locator("li").first).to_contain_text("Pb La (lead, sure)")
    wait_until_idle(page)
    expect(panel.locator("li").filter(has_text="As Ka")).to_contain_text("As Kb")
    assert (typed(page, "From (keV)"), typed(page, "To (keV)")) == band

    page.get_by_role("button", name="Choose this pixel").click()
    expect(page.get_by_role("button", name="Compare spectra")).to_be_visible()
    wait_until_idle(page)
    page.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    wait_until_idle(page)


def test_a_double_click_shows_everything_and_asks_for_no_peak(page: Page, app: AppServer):
    visit(page, f"{app.url}/look?part=spectra&stack=demo.datastack")
    whole = shown_ranges(page, "spectra")[0]
    middle = place_on_chart(page, "chart-spectra", 10.0)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -300)
    zoomed = "document.querySelector('.st-key-chart-spectra .js-plotly-plot').layout.xaxis.range"
    wait_until(page, f"whole => {zoomed}[1] < whole[1]", whole)
    wait_until_idle(page)
    page.mouse.dblclick(*place_on_chart(page, "chart-spectra", 10.0))
    wait_until(page, f"whole => {zoomed}[1] === whole[1]", whole)
    wait_until_idle(page)
    expect(page.locator(".st-key-spectra-peak-panel")).to_have_count(0)

    field = page.get_by_label("Energy of a peak (keV)")
    field.fill("6.4")
    field.press("Enter")
    expect(page.locator(".st-key-spectra-peak-panel li").first).to_contain_text("Fe Ka (iron, sure)")
    wait_until_idle(page)
