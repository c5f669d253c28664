"""Times of *Register* with a photograph of 200 megapixels, beside those with one of 12, in a real Chromium.

``python -m benchmarks.large_photo`` chooses both photographs in the app, one after the other, and sets and
moves points in each. ``--write`` puts the table into `docs/performance.md`.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import STOPWATCH, time_clicks, write_photograph
from benchmarks.process_memory import Use, cpu_of, watched
from benchmarks.report import Row, duration, machine, markdown, megabytes, say, write_between
from maxrf_core.demo.make import make_demo
from tests.browser.app_server import PROJECT, AppServer
from tests.browser.visitor import new_context, picture, visit, wait_until_idle
from tools.browser import launch, required_chromium

PAGE = PROJECT / "docs" / "performance.md"
BEGIN = "<!-- large photographs: written by `python -m benchmarks.large_photo --write` -->"
END = "<!-- end of large photographs -->"
SMALL, LARGE = (4000, 3000), (16384, 12288)  # pixels: 12 and 201 million
STACK = "scan.datastack"  # not the demo, which has a photograph
SRC = "pick-photo"
CLICKS = 12  # in each photograph at each zoom
ZOOM = 2  # of one step of zooming in
PATIENCE = 600_000  # milliseconds until the first picture, on a busy machine
REST = 1.0  # seconds in which a process that rests takes hardly any time of a processor


@dataclass
class Times:
    """What was measured with one photograph.

    Attributes
    ----------
    size : (width, height)
    file_bytes : int
    first, first_cpu : float
        Seconds from the choice of the file until its picture was seen, and the server's of processors.
    use : Use
        Of the server, meanwhile.
    clicks : dict of int to float
        Seconds until a click was answered, the median, by zoom.
    """

    size: tuple[int, int]
    file_bytes: int = 0
    first: float = 0.0
    first_cpu: float = 0.0
    use: Use = field(default_factory=Use)
    clicks: dict[int, float] = field(default_factory=dict)


def choose(page: Page, app: AppServer, path: Path, times: Times) -> None:
    """Choose a photograph, and wait until all of it is decoded."""
    assert app.pid is not None
    visit(page, f"{app.url}/register?stack={STACK}")
    began = time.perf_counter()
    before = cpu_of(app.pid)
    with watched(app.pid) as use:
        page.locator(".st-key-photo-upload input").set_input_files(path, timeout=PATIENCE)
        image = picture(page, SRC)
        image.wait_for(timeout=PATIENCE)
        image.evaluate("image => image.decode()")
        times.first, times.first_cpu = time.perf_counter() - began, cpu_of(app.pid) - before
        wait_until_idle(page)
        wait_until_rested(app.pid)
    times.use = use


def click_points(page: Page, times: Times) -> None:
    """Set four points in the photograph, and move them; move them again after zooming in."""
    for zoom in (1, ZOOM):
        if zoom > 1:
            page.locator(".st-key-zoom-in-src button:visible").click()
            wait_until_idle(page)
        found = time_clicks(page, SRC, times.size, CLICKS, zoom)
        times.clicks[zoom] = statistics.median(milliseconds for milliseconds, _bytes in found) / 1000


def wait_until_rested(pid: int) -> None:
    """Wait until the app's process rests: it decodes all of a photograph after its first picture."""
    before = cpu_of(pid)
    while True:
        time.sleep(REST)
        now = cpu_of(pid)
        if now - before < REST / 10:
            return
        before = now


def rows(small: Times, large: Times) -> list[Row]:
    """Format what was measured as a table."""
    head = [f"{times.size[0]} × {times.size[1]} pixels" for times in (small, large)]
    found = [["", *head, "ratio"]]
    found.append(["JPEG file", megabytes(small.file_bytes), megabytes(large.file_bytes), ""])
    found.append(_compared("choice of the file to its first picture", small.first, large.first))
    found.append(_compared("the server's processors for that", small.first_cpu, large.first_cpu))
    found.append(_compared("the server's processors until all was decoded", small.use.cpu, large.use.cpu))
    for zoom in small.clicks:
        name = "click to marker" + (f", zoomed in {zoom} times" if zoom > 1 else "")
        found.append(_compared(name, small.clicks[zoom], large.clicks[zoom]))
    sizes = [megabytes(each.use.anonymous) for each in (small, large)]
    found.append(["most anonymous memory of the server", *sizes, ""])
    return found


def _compared(name: str, small: float, large: float) -> Row:
    return [name, duration(small), duration(large), f"{large / small:.2f}"]


def measure(app: AppServer, chromium: Browser, folder: Path) -> tuple[Times, Times]:
    """Return what was measured with both photographs."""
    measured = []
    for size in (SMALL, LARGE):
        path = folder / f"photo-{size[0]}.jpg"
        say(f"writing {path.name}")
        write_photograph(path, size)
        context = new_context(chromium)
        context.add_init_script(STOPWATCH)
        times = Times(size, path.stat().st_size)
        page = context.new_page()
        say("choosing it")
        choose(page, app, path, times)
        say("clicking in it")
        click_points(page, times)
        context.close()
        measured.append(times)
    return measured[0], measured[1]


def main() -> None:
    """Measure; end with status 1 if there is no browser."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_photo", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    chosen = parser.parse_args()
    chromium_path = required_chromium()
    with tempfile.TemporaryDirectory(prefix="maxrf-photo-") as temporary:
        folder = Path(temporary) / "data"
        folder.mkdir()
        make_demo(folder / STACK)
        with AppServer(folder) as app, sync_playwright() as playwright:
            chromium = launch(playwright, chromium_path)
            small, large = measure(app, chromium, Path(temporary))
            chromium.close()
    text = f"{machine()}.\n\n{markdown(rows(small, large))}"
    print(text)
    if chosen.write:
        write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
