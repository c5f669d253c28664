"""Steps of a visitor in the app, for browser tests and screenshots."""

import math
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    FrameLocator,
    Locator,
    Page,
    Request,
    WebError,
    WebSocket,
    expect,
)

DESKTOP = (1440, 900)
PHONE = (390, 844)
PATIENCE = 60_000  # milliseconds until a wait gives up; busy machines are slow
QUIET = 250  # milliseconds without a message before a page counts as idle
LOOK_EVERY = 50  # milliseconds; a look at every frame would have the browser draw all the time
# The addresses of the pictures that the map of a band consists of
MAP_PICTURES = (
    "[...document.querySelectorAll('.st-key-chart-maps-map .js-plotly-plot image')]"
    ".map(image => image.href.baseVal)"
)
# Where values of a chart's axes are on the screen, as Plotly drew them; `null` is the middle of an axis
ON_SCREEN = """
const onScreen = (chart, [x, y]) => {
    const {left, top, width, height} = chart.querySelector('.nsewdrag').getBoundingClientRect();
    const part = ({range: [first, last]}, value) => value === null ? 0.5 : (value - first) / (last - first);
    return [left + part(chart.layout.xaxis, x) * width, top + (1 - part(chart.layout.yaxis, y)) * height];
};
"""
OWN_HOSTS = {"127.0.0.1", "localhost"}

# Streamlit looks for its server below the address of a page first, and finds it one folder higher.
EXPECTED_MISSING = ("/_stcore/health", "/_stcore/host-config")

# Notes when the page last spoke with its server, and what it still waits for: Streamlit marks a page as
# running only when the server answers, so a click that has just been made would be missed without this. What
# the browser itself still has to do is done first: where processors are busy, that is long after a click.
WATCH_TRAFFIC = """
window.traffic = {sent: 0, received: 0, open: 0};
const watched = new WeakSet();
const sendMessage = WebSocket.prototype.send;
WebSocket.prototype.send = function (...message) {
    if (!watched.has(this)) {
        watched.add(this);
        this.addEventListener('message', () => { traffic.received = performance.now(); });
    }
    traffic.sent = performance.now();
    return sendMessage.apply(this, message);
};
const sendRequest = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (...body) {
    traffic.open += 1;
    this.addEventListener('loadend', () => { traffic.open -= 1; });
    return sendRequest.apply(this, body);
};
const fetchAddress = window.fetch;
window.fetch = (...request) => {
    traffic.open += 1;
    return fetchAddress(...request).finally(() => { traffic.open -= 1; });
};
"""
IS_IDLE = """
async ([since, quiet]) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const last = Math.max(since, traffic.sent, traffic.received);
    return app?.dataset.testConnectionState === 'CONNECTED'
        && app.dataset.testScriptState === 'notRunning'
        && document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
        && traffic.open === 0
        && traffic.received >= traffic.sent
        && performance.now() - last > quiet
        && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"], [aria-busy="true"]')
        && [...document.querySelectorAll('[class*="st-key-chart-"]')].every(
            chart => chart.querySelector(chart.offsetWidth ? '[data-figure]' : '.maxrf-chart'))
        && [...document.querySelectorAll('[class*="st-key-viewer-"][class*="-views"]')].every(
            viewer => viewer.querySelector('.maxrf-views'))
        && [...document.images].every(image => image.complete)
        && await new Promise(resolve => requestIdleCallback(
            () => resolve(Math.max(traffic.sent, traffic.received) <= last), {timeout: quiet}));
}
"""

# Looks at a condition until it holds or the time is over
LOOK_UNTIL = """
async ([arg, patience, lookEvery]) => {
    const holds = CONDITION;
    const end = performance.now() + patience;
    while (!await holds(arg)) {
        if (performance.now() > end) return false;
        await new Promise(resolve => setTimeout(resolve, lookEvery));
    }
    return true;
}
"""
GONE = "context was destroyed"  # what Playwright says of a page that has gone elsewhere meanwhile


class Troubles(list[str]):
    """Troubles of a page: errors in its console or scripts, and requests to other computers."""

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a browser context."""
        context.on("console", self._console)
        context.on("weberror", self._script)
        context.on("request", self._request)
        context.on("page", self._page)

    def leave(self, context: BrowserContext) -> None:
        """Listen no more: the next visitor has the same browser."""
        context.remove_listener("console", self._console)
        context.remove_listener("weberror", self._script)
        context.remove_listener("request", self._request)
        context.remove_listener("page", self._page)

    def read_terminal(self, output: str) -> None:
        """Note what the app's own script could not handle: visitors see only that something failed."""
        if "Traceback (most recent call last)" in output:
            self.append(f"the app wrote to its terminal:\n{output}")

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        is_missing = "404" in message.text and url.endswith(EXPECTED_MISSING)
        is_refused = "422" in message.text and "/uploads/" in url  # a file that is not what it should be
        if message.type == "error" and not is_missing and not is_refused:
            self.append(f"console error: {message.text} ({url})")

    def _script(self, error: WebError) -> None:
        self.append(f"script error: {error.error}")

    def _page(self, page: Page) -> None:
        page.on("websocket", self._websocket)

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _websocket(self, socket: WebSocket) -> None:
        self._address(socket.url)

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in OWN_HOSTS:
            self.append(f"request to another computer: {url}")


def new_context(
    browser: Browser,
    viewport: tuple[int, int] = DESKTOP,
    colour_scheme: str = "light",
    pixel_ratio: float = 1,
) -> BrowserContext:
    """Open a browser window as a new visitor's: no cookies, that size, a preference for light or dark."""
    width, height = viewport
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=pixel_ratio,
        color_scheme="dark" if colour_scheme == "dark" else "light",
    )
    prepare(context)
    return context


def prepare(context: BrowserContext) -> None:
    """Have a browser window wait long enough, and tell what `wait_until_idle` asks."""
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH_TRAFFIC)


def forget_visitor(context: BrowserContext) -> None:
    """Close all that a visitor has opened, and take away what the browser keeps of it but for its cache."""
    first, *others = context.pages  # without any page the browser would end
    for page in others:
        page.close()
    context.clear_cookies()
    context.clear_permissions()
    session = context.new_cdp_session(first)
    session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "local_storage,indexeddb"})
    session.detach()


def write_header(path: Path, shape: tuple[int, int, int]) -> None:
    """Describe a raw scan of one-byte counts, (height, width, channels), in an .rpl file."""
    height, width, channels = shape
    header = {"key": "value", "width": width, "height": height, "depth": channels, "offset": 0}
    header |= {"data-length": 1, "data-type": "unsigned", "byte-order": "dont-care", "record-by": "vector"}
    path.write_text("".join(f"{key}\t{value}\n" for key, value in header.items()))


def wait_until_idle(page: Page) -> None:
    """Wait until the page has done what it was asked to: nothing runs, nothing is on its way, all is drawn.

    Call it after each thing that makes the app work.
    """
    since = page.evaluate("performance.now()")
    wait_until(page, IS_IDLE, [since, QUIET])


def wait_until(page: Page, condition: str, arg: object = None) -> None:
    """Wait until a function of the page says so.

    Playwright's `wait_for_function` compiles it in the page, which the app's policy forbids. The page itself
    looks at it again and again: asked from here each time, it would have less to draw with.
    """
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        try:
            if page.evaluate(LOOK_UNTIL.replace("CONDITION", condition), [arg, PATIENCE, LOOK_EVERY]):
                return
        except Error as error:
            if GONE not in error.message:
                raise
    raise TimeoutError(f"it never came to that: {condition}")


def wait_for(page: Page, condition: Callable[[], object], words: str) -> None:
    """Wait until something is true, in the page or elsewhere, such as on the server's disk."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it never came to that: {words}")
        page.wait_for_timeout(LOOK_EVERY)


def visit(page: Page, url: str) -> None:
    """Go to an address of the app, as with a bookmark, and wait until it is drawn."""
    page.goto(url)
    wait_until_idle(page)


def open_page(page: Page, title: str) -> None:
    """Go to one of the pages by its link in the sidebar, which on a phone is opened and closed again."""
    sidebar = page.get_by_test_id("stSidebar")
    was_closed = sidebar.get_attribute("data-collapsed") == "true"
    if was_closed:
        page.get_by_test_id("stExpandSidebarButton").click()
    link = sidebar.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(rf"{re.escape(title)}\s*$"))
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    if was_closed:
        sidebar.hover()  # the button that closes it shows under the pointer only
        sidebar.get_by_test_id("stSidebarCollapseButton").locator("button").click()
        expect(sidebar).to_have_attribute("data-collapsed", "true")
    wait_until_idle(page)


def open_part(page: Page, title: str) -> None:
    """Go to a part of the page Look."""
    link = page.get_by_test_id("stSidebarNavLink").filter(has_text="Look")
    if link.get_attribute("aria-current") != "page":
        open_page(page, "Look")
    part_of_look(page, title).click()
    wait_until_idle(page)


def part_of_look(page: Page, title: str) -> Locator:
    """Return the button of a part in the switch of the page Look."""
    return page.locator('[class*="st-key-look-part"]').get_by_role("radio", name=title, exact=True)


def picture(page: Page, key: str) -> Locator:
    """Return the image of the clickable picture that the app draws with this widget key."""
    return _picture_frame(page, key).locator("#image")


def click_in_picture(
    page: Page, key: str, x: float, y: float, size: tuple[int, int] | None = None
) -> tuple[float, float]:
    """Click at a position in a clickable picture and wait until the app has answered.

    Parameters
    ----------
    page : Page
    key : str
        Widget key of the picture, such as ``"pick-map"``.
    x, y : float
        Where to click, in pixels of the picture, whose top-left pixel has its centre at (0, 0).
    size : (int, int), optional
        Width and height of the picture that x and y belong to, where the app shows a smaller or larger copy
        of it; by default the copy's own.

    Returns
    -------
    (float, float)
        The position that was really clicked: a mouse hits whole screen pixels only.
    """
    image = picture(page, key)
    expect(image).to_be_visible()
    shown_width, shown_height, width, height = image.evaluate(
        "image => [image.width, image.height, image.naturalWidth, image.naturalHeight]"
    )
    width, height = size or (width, height)
    column = _screen_pixel(x, width, shown_width)
    row = _screen_pixel(y, height, shown_height)
    image.click(position={"x": column, "y": row})
    wait_until_idle(page)
    return (column + 0.5) * width / shown_width - 0.5, (row + 0.5) * height / shown_height - 0.5


def drag_across_chart(
    page: Page, key: str, start: float, end: float, rest: Callable[[], object] | None = None
) -> None:
    """Drag across a Plotly chart from one value of its horizontal axis to another, half-way up.

    Parameters
    ----------
    page : Page
    key : str
        Widget key of the chart.
    start, end : float
        In the axis's own unit; both must be in view.
    rest : callable, optional
        Called before the mouse button goes up.
    """
    (left, height), (right, _) = (place_on_chart(page, key, value) for value in (start, end))
    page.mouse.move(left, height)
    page.mouse.down()
    page.mouse.move((left + right) / 2, height, steps=5)
    page.mouse.move(right, height, steps=5)
    if rest is not None:
        rest()
    page.mouse.up()
    wait_until_idle(page)


def click_on_map(page: Page, chart: str, x: float, y: float) -> None:
    """Click on the pixel (x, y) of a map."""
    page.mouse.click(*place_on_map(page, chart, x, y))
    wait_until_idle(page)


def point_at_map(page: Page, chart: str, x: float, y: float) -> Locator:
    """Move the mouse to the pixel (x, y) of a map; return the label that tells its value."""
    page.mouse.move(*place_on_map(page, chart, x, y))
    return page.locator(f".st-key-chart-{chart} .chart-value")


def turn_wheel_on_map(page: Page, chart: str, x: float, y: float, turns: int) -> None:
    """Zoom a map in around the pixel (x, y), or out with a negative number of turns."""
    page.mouse.move(*place_on_map(page, chart, x, y))
    for _ in range(abs(turns)):
        page.mouse.wheel(0, -math.copysign(200, turns))


def fine_part(page: Page, chart: str) -> Locator:
    """Return the picture of the part of a large map that is drawn pixel by pixel, once there is one."""
    return page.locator(f".st-key-chart-{chart} [data-crisp] image:nth-of-type(2)")


def place_on_map(page: Page, chart: str, x: float, y: float) -> tuple[int, int]:
    """Find a pixel of a map on the screen; a mouse is on whole screen pixels."""
    across, down = place_on_chart(page, f"chart-{chart}", x, y)
    return math.floor(across), math.floor(down)


def place_on_chart(page: Page, key: str, x: float, y: float | None = None) -> tuple[float, float]:
    """Find a value of a chart's horizontal axis on the screen, half-way up or at a value of the other axis.

    Parameters
    ----------
    page : Page
    key : str
        Widget key of the chart.
    x, y : float
        Both must be in view.
    """
    plot = page.locator(f".st-key-{key} .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    across, down = plot.evaluate(
        f"(chart, place) => {{ {ON_SCREEN} return onScreen(chart, place); }}", [x, y]
    )
    return across, down


def typed(page: Page, label: str) -> float:
    """Read the number in a field."""
    return float(page.get_by_label(label).input_value())


def shown_ranges(page: Page, chart: str) -> list[list[float]]:
    """Read the ranges of a chart's two axes, as they are zoomed."""
    return page.locator(f".st-key-chart-{chart} .js-plotly-plot").evaluate(
        "chart => ['xaxis', 'yaxis'].map(axis => [...chart.layout[axis].range])"
    )


def _screen_pixel(position: float, size: int, shown_size: int) -> int:
    """Return the screen pixel nearest to a position in the picture, inside the picture."""
    nearest = round((position + 0.5) * shown_size / size - 0.5)
    return min(max(nearest, 0), shown_size - 1)


def _picture_frame(page: Page, key: str) -> FrameLocator:
    return page.frame_locator(f".st-key-{key} iframe")
