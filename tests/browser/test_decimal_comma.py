"""Numbers with a decimal comma, typed or pasted, in a field or in the table of points."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_server import AppServer
from tests.browser.visitor import typed, visit, wait_until_idle

pytestmark = pytest.mark.browser
WITH_DEMO = True
DEMO = "?stack=demo.datastack"
WAYS = ["typed", "pasted"]


@pytest.mark.parametrize("way", WAYS)
def test_a_band_in_numbers_with_a_decimal_comma_is_the_one_that_is_meant(
    page: Page, app: AppServer, way: str
):
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    for label, text in (("To (keV)", "6,9"), ("From (keV)", "6,15")):
        field = page.get_by_label(label)
        field.click()
        field.press("Control+a")
        if way == "typed":
            field.press_sequentially(text)
        else:
            page.keyboard.insert_text(text)
        field.press("Enter")
        wait_until_idle(page)
    assert typed(page, "From (keV)") == pytest.approx(6.15)
    assert typed(page, "To (keV)") == pytest.approx(6.9)


def test_a_number_with_separators_for_thousands_is_not_made_a_thousand_times_smaller(
    page: Page, app: AppServer
):
    visit(page, f"{app.url}/look{DEMO}&part=bands")
    field = page.get_by_label("From (keV)")
    field.click()
    field.press("Control+a")
    field.press_sequentially("1.234,5")
    assert field.input_value() == "1234.5"
    field.press("Control+a")
    page.keyboard.insert_text("1.234,5")
    assert field.input_value() == "1234.5"


def test_points_with_a_decimal_comma_are_pasted_as_they_are_meant(page: Page, app: AppServer):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, f"{app.url}/register{DEMO}")
    page.get_by_text("The points as numbers").click()
    table = page.locator('[data-testid="stDataFrame"]').first
    table.scroll_into_view_if_needed()
    page.evaluate("text => navigator.clipboard.writeText(text)", "30,5\t41,25\n100.5\t41")
    first = table.locator("canvas").first.bounding_box()
    assert first is not None
    page.mouse.click(first["x"] + first["width"] * 0.3, first["y"] + 52)
    page.keyboard.press("Control+v")
    wait_until_idle(page)
    table.scroll_into_view_if_needed()
    for text in ("30.50", "41.25", "100.50", "41.00"):
        expect(table.locator("td", has_text=re.compile(f"^{text}$"))).to_have_count(1)
