"""Waiting time after a drag or a click, in the real app in a real Chromium.

``python -m benchmarks.browser path/to/scan.datastack`` drags bands and clicks pixels in Bands on Look, sets
points in a photograph of 4400 × 4800 pixels on the page Register, and prints medians. The clock is the
browser's own: from the moment at which the mouse button went up to the frame after the one in which the new
picture or curve was drawn.
"""

import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Frame, Page, sync_playwright

from maxrf_core import DataStack
from maxrf_core.demo.make import make_demo
from tests.browser.app_server import AppServer
from tests.browser.visitor import (
    MAP_PICTURES,
    click_in_picture,
    click_on_map,
    drag_across_chart,
    new_context,
    picture,
    visit,
    wait_until_idle,
)
from tools.browser import launch, required_chromium

TIMES = 20
CHANNELS = 60  # of a band
REST = 100  # milliseconds between the last movement of a drag and its end, as hands do; Plotly waits as long
PHOTO = (4400, 4800)  # pixels
DETAILS = (4, 16, 64)  # pixels that details of a photograph are wide
CORNERS = (0.35, 0.35), (0.65, 0.35), (0.65, 0.65), (0.35, 0.65)  # shares of a picture, seen when zoomed in
SHIFT = 0.02  # of what is shown, by which a marker is moved: so near to it that no new point is meant
BAND_ROWS = 512  # of a photograph that are drawn at a time

# `await(what)` notes what is drawn now, and makes `waited` a promise: of the milliseconds from the next mouse
# button that goes up until something else is drawn, whose pictures are decoded, and a frame with it was
# presented. It looks only when something has changed: a look at every frame would slow down what it measures.
STOPWATCH = """
window.stopwatch = {bytes: 0};
const counted = new WeakSet();
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (...message) {
    if (!counted.has(this)) {
        counted.add(this);
        this.addEventListener('message', ({data}) => {
            stopwatch.bytes += data.byteLength ?? data.size ?? 0;
        });
    }
    return send.apply(this, message);
};
const looks = {
    map: () => MAP_PICTURES,
    curve: () => [...document.querySelectorAll('.st-key-chart-maps-pixel [data-figure]')]
        .map(chart => chart.dataset.figure),  // which the component sets when Plotly has drawn it
    picture: () => [...document.querySelectorAll('#image')].map(image => image.src),
};
const frame = () => new Promise(requestAnimationFrame);
const decoded = address => {
    const image = new Image();
    image.src = address;
    return image.decode();
};
const changed = () => new Promise(resolve => {
    const observer = new MutationObserver(() => { observer.disconnect(); resolve(); });
    const all = {subtree: true, childList: true, attributes: true};
    observer.observe(document, all);
});
const mouseUp = () => new Promise(resolve =>
    document.addEventListener('mouseup', ({timeStamp}) => resolve(timeStamp), {once: true, capture: true}));
const something = async (what, before) => {
    const since = await mouseUp();
    let seen;
    do {
        await changed();
        seen = looks[what]();
    } while (!seen.length || seen.join() === before);
    if (what !== 'curve') await Promise.all(seen.map(decoded));
    await frame();
    await frame();
    return performance.now() - since;
};
stopwatch.patience = () => new Promise((_, reject) =>
    setTimeout(() => reject(new Error('nothing new was drawn within a minute')), 60_000));
stopwatch.await = what => {
    stopwatch.bytes = 0;
    stopwatch.waited = something(what, looks[what]().join());
};
""".replace("MAP_PICTURES", MAP_PICTURES)


def main() -> None:
    """Measure on the datastack named as argument, or on the demo; end with status 1 without a browser."""
    chromium_path = required_chromium()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        folder.mkdir()
        stack = folder / "scan.datastack"
        if len(sys.argv) > 1:
            stack.symlink_to(Path(sys.argv[1]).resolve())
        else:
            make_demo(stack)
        with AppServer(folder) as app, sync_playwright() as playwright:
            chromium = launch(playwright, chromium_path)
            context = new_context(chromium)
            context.add_init_script(STOPWATCH)
            page = context.new_page()
            visit(page, f"{app.url}/maps?stack={stack.name}")
            measure(page, DataStack(stack))
            write_photograph(folder.parent / "large.jpg")
            visit(page, f"{app.url}/register?stack={stack.name}")
            measure_points(page, folder.parent / "large.jpg")
            print(f"Most memory that the app's process held: {app.peak_memory() / 1e6:.0f} MB")
            chromium.close()


def measure(page: Page, ds: DataStack) -> None:
    """Drag bands and click pixels, each in another place, and print how long they took."""
    height, width, channels = ds.shape
    band = CHANNELS * float(ds.axis.values[1] - ds.axis.values[0])
    print(f"{width} × {height} pixels, {channels} channels, in Chromium {page.context.browser.version}")
    rest = partial(page.wait_for_timeout, REST)
    first, last = ds.axis.values[[0, -1]]
    span = last - first
    # Each drag begins beside the band before: within it, it would move that band.
    starts = [first + (0.1 + 0.5 * (7 * number % TIMES) / TIMES) * span for number in range(TIMES)]
    places = [
        ((number + 0.5) / TIMES * width, (7 * number % TIMES + 0.5) / TIMES * height)
        for number in range(TIMES)
    ]
    click_on_map(page, "maps-map", width / 2, height / 2)
    tell(
        "Drag to the new map",
        [
            timed(
                page,
                "map",
                lambda at=at: drag_across_chart(page, "chart-maps-spectrum", at, at + band, rest),
            )
            for at in starts
        ],
    )
    tell(
        "Click to the pixel's spectrum",
        [
            timed(page, "curve", lambda x=x, y=y: click_on_map(page, "maps-map", int(x), int(y)))
            for x, y in places
        ],
    )


def write_photograph(path: Path, size: tuple[int, int] = PHOTO) -> None:
    """Write a JPEG photograph, (width, height), as large as those that are registered, with as much in it."""
    width, height = size
    rng = np.random.default_rng(1)
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAND_ROWS):
        rows = min(BAND_ROWS, height - top)
        band = np.full((rows, width, 3), 128, np.int16)
        for detail in DETAILS:
            rough = rng.integers(0, 256, (max(1, rows // detail), width // detail, 3), np.uint8)
            band += (
                cv2.resize(rough, (width, rows), interpolation=cv2.INTER_CUBIC).astype(np.int16) - 128
            ) // 3
        pixels[top : top + rows] = band.clip(0, 255)
    Image.fromarray(pixels).save(path, quality=90)


def measure_points(page: Page, photo: Path) -> None:
    """Set and correct points in a photograph, and print how long it takes until the marker shows."""
    page.locator(".st-key-photo-upload input").set_input_files(photo, timeout=60_000)
    image = picture(page, "pick-photo")
    image.wait_for()
    wait_until_idle(page)
    tell(
        f"Click to the marker in a photograph of {PHOTO[0]} × {PHOTO[1]} pixels",
        time_clicks(page, "pick-photo", PHOTO, TIMES),
    )


def time_clicks(
    page: Page, key: str, size: tuple[int, int], times: int, zoom: int = 1
) -> list[tuple[float, int]]:
    """Set four points in a picture, (width, height), and move them in turn, each time by a little.

    Zoomed in, the points that were set before are moved.
    """
    frame = picture(page, key).element_handle().owner_frame()
    assert frame is not None
    found = []
    for number in range(times):
        corner = CORNERS[number % len(CORNERS)]
        x, y = ((0.5 + (share - 0.5) * zoom + SHIFT * (number // len(CORNERS) % 2)) for share in corner)
        click = partial(click_in_picture, page, key, x * size[0], y * size[1], size)
        found.append(timed(page, "picture", click, frame))
    return found


def timed(page: Page, what: str, act: Callable[[], object], frame: Frame | None = None) -> tuple[float, int]:
    """Return the milliseconds until an act of the mouse showed, and the bytes that were sent.

    What is in a frame of its own is timed there.
    """
    there = frame or page.main_frame
    page.evaluate("stopwatch.bytes = 0")
    there.evaluate("what => stopwatch.await(what)", what)
    act()
    waited = there.evaluate("Promise.race([stopwatch.waited, stopwatch.patience()])")
    wait_until_idle(page)
    return waited, page.evaluate("stopwatch.bytes")


def tell(what: str, found: list[tuple[float, int]]) -> None:
    """Print the median, the least and the most."""
    milliseconds, received = zip(*found, strict=True)
    print(
        f"{what}: median {statistics.median(milliseconds):.0f} ms "
        f"({min(milliseconds):.0f} to {max(milliseconds):.0f}), "
        f"{statistics.median(received) / 1e3:.0f} kB over the websocket"
    )


if __name__ == "__main__":
    main()
