"""No page has a serious fault of accessibility, as axe-core finds them, light or dark, large or small.

The levels of headings are in order, too, by which readers of a screen find their way.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.app_server import AppServer
from tests.browser.visitor import DESKTOP, PHONE, forget_visitor, visit, wait_until_idle
from tools.javascript import fetched

pytestmark = pytest.mark.browser
WITH_REGISTERED_DEMO = True
EXAMINATION = 240_000  # milliseconds for the elements and their maps, on a busy machine
DEMO = "?stack=demo.datastack&lo=6.1&hi=6.7"
PAGES = {  # address, and what is there when all is drawn
    "open": ("", "h1"),
    "elements": (f"look{DEMO}&part=elements&element=Fe", ".maxrf-elements .tile"),
    "look": (f"look{DEMO}", ".st-key-look-wall .tile"),
    "maps": (f"look{DEMO}&part=bands", ".js-plotly-plot"),
    "spectra": (f"look{DEMO}&part=spectra", ".js-plotly-plot"),
    "register": (f"register{DEMO}", "h1"),
    "compare": (f"compare{DEMO}", ".maxrf-views .frame"),
    "contents": (f"contents{DEMO}", "h1"),
    "guide": ("guide", "h1"),
}
SHOWN = ((DESKTOP, "light"), (PHONE, "dark"))
# Streamlit's own faults: the rule, and what its selectors or elements are like
STREAMLIT = (
    ("list", "stSidebarNavItems"),  # its menu of pages has sections (div) in a list
    ("listitem", "<li "),  # and their links are list items outside a list
)
POPOVER = '[data-testid="stPopoverBody"]'
OPEN_BUTTON = '[data-testid="stPopover"] button[aria-expanded="true"]'
AXE = """async part => {
    const {violations} = await axe.run(part ?? document, {resultTypes: ['violations']});
    const isGrave = ({id, impact}) => ['serious', 'critical'].includes(impact) || id === 'heading-order';
    return violations.filter(isGrave).flatMap(({id, nodes}) =>
        nodes.map(({target, html, failureSummary}) => [id, target.join(' '), html, failureSummary]));
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe-core."""
    folder = fetched("axe-core")
    if folder is None:
        pytest.skip("axe-core is not here and could not be fetched")
    return (folder / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def inspected(window: BrowserContext) -> Iterator[Page]:
    """Return a page into which a script may be brought, against the app's policy."""
    page = window.new_page()
    page.set_default_timeout(EXAMINATION)
    window.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    yield page
    forget_visitor(window)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious_is_found_that_is_ours(name: str, inspected: Page, app: AppServer, axe: str):
    address, last = PAGES[name]
    inspected.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    visit(inspected, f"{app.url}/{address}")
    inspected.locator(last).first.wait_for()
    inspected.add_style_tag(content="* { transition: none !important; }")  # else colours are seen half-way
    inspected.evaluate(axe)
    found = {}
    for (width, height), scheme in SHOWN:
        inspected.set_viewport_size({"width": width, "height": height})
        inspected.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        wait_until_idle(inspected)
        for fault in [*inspected.evaluate(AXE), *faults_in_popovers(inspected)]:
            if not is_streamlits(fault):
                found[tuple(fault[:3])] = f"{scheme}, {width} pixels wide: {in_words(fault)}"
    assert not found, "\n".join(found.values())


def faults_in_popovers(page: Page) -> list[list[Any]]:
    """Open one popover after the other and return what is found in them."""
    found = []
    for button in page.locator('[data-testid="stMain"] [data-testid="stPopover"] button:visible').all():
        if button.is_disabled():
            continue
        button.press("Enter")
        page.locator(POPOVER).wait_for()
        wait_until_idle(page)
        found += page.evaluate(AXE, POPOVER) + page.evaluate(AXE, OPEN_BUTTON)
        page.keyboard.press("Escape")
        page.locator(POPOVER).wait_for(state="hidden")
    return found


def is_streamlits(fault: list[Any]) -> bool:
    """Return True if a fault is one of Streamlit's own that are known."""
    rule, selector, html, _reason = fault
    return any(rule == known and part in selector + html for known, part in STREAMLIT)


def in_words(fault: list[Any]) -> str:
    """Return a fault in one line."""
    return re.sub(r"\s+", " ", " | ".join(str(part)[:300] for part in fault))
