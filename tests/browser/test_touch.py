"""On a phone, a vertical swipe over a chart scrolls the page and a horizontal one chooses a band."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app_server import AppServer
from tests.browser.visitor import PHONE, WATCH_TRAFFIC, typed, visit, wait_until, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
SCROLLED = "() => document.querySelector('[data-testid=\"stMain\"]').scrollTop"


@pytest.fixture
def phone(app: AppServer, browser: Browser) -> Iterator[Page]:
    """Open the map of a band on a phone."""
    width, height = PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    context.add_init_script(WATCH_TRAFFIC)
    page = context.new_page()
    visit(page, f"{app.url}/look?part=bands&stack=demo.datastack")
    yield page
    context.close()


def swipe(page: Page, chart: str, across: float, down: float) -> None:
    """Move one finger over a chart, from its middle, so many CSS pixels."""
    plot = page.locator(f".st-key-chart-{chart} .nsewdrag").first
    plot.evaluate("plot => plot.scrollIntoView({block: 'center'})")
    box = plot.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for step in range(11):
        point = {"x": x + across * step / 10, "y": y + down * step / 10}
        kind = "touchStart" if step == 0 else "touchMove"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("chart", ["maps-spectrum", "maps-map"])
def test_a_finger_that_goes_up_over_a_chart_scrolls_the_page(phone: Page, chart: str):
    phone.locator(f".st-key-chart-{chart} .nsewdrag").first.scroll_into_view_if_needed()
    band = typed(phone, "From (keV)"), typed(phone, "To (keV)")
    swipe(phone, chart, 5, -1)  # brings the chart to the middle
    before = phone.evaluate(SCROLLED)
    swipe(phone, chart, 5, -150)
    wait_until(phone, f"before => ({SCROLLED})() > before + 80", before)
    wait_until_idle(phone)
    assert (typed(phone, "From (keV)"), typed(phone, "To (keV)")) == band


def test_a_finger_that_goes_sideways_over_the_spectrum_chooses_a_band(phone: Page):
    before = typed(phone, "From (keV)")
    swipe(phone, "maps-spectrum", 80, 4)
    wait_until_idle(phone)
    assert typed(phone, "From (keV)") > before
    assert typed(phone, "To (keV)") - typed(phone, "From (keV)") > 3


def test_a_tap_on_the_map_still_shows_a_pixel(phone: Page):
    phone.locator(".st-key-chart-maps-map .nsewdrag").first.tap()
    expect(phone.get_by_text(re.compile(r"^Pixel \d+, \d+:"))).to_be_visible()
