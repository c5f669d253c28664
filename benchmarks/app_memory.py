"""Memory of the app at work on a scan of 22 GB, step by step as a visitor takes them in a real Chromium.

``python -m benchmarks.app_memory SCAN`` prints a table, ``--write`` puts it into `docs/performance.md`. The
scan is made if it does not exist, as `benchmarks.element_speed` makes it (1.1 GB packed); the steps are taken
with a copy, in which a photograph is registered.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import write_photograph
from benchmarks.element_speed import make_full
from benchmarks.elements import overlap_scan
from benchmarks.process_memory import Use, watched
from benchmarks.report import Row, machine, markdown, plain, write_between
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.imaging.read import read_with_notes
from maxrf_core.registration.register import register
from tests.browser.app_server import PROJECT, AppServer
from tests.browser.visitor import new_context, wait_until_idle
from tools.browser import launch, required_chromium

PAGE = PROJECT / "docs" / "performance.md"
BEGIN = "<!-- memory: written by `python -m benchmarks.app_memory SCAN --write` -->"
END = "<!-- end of memory -->"
PATIENCE = 1_200_000  # milliseconds for the elements of the whole scan, on a busy machine
N_LAYERS = 4
KINDS = ("PNG", "TIFF", "PDF", "SVG")
DPI = "600"
TILES, LAYERS = ".st-key-look-wall .tile", ".st-key-look-layers .layer"
PICTURE = ".st-key-chart-look-picture .js-plotly-plot image"


@dataclass(frozen=True)
class Step:
    """What a step took: memory and processors of the server, and the visitor's seconds."""

    name: str
    use: Use
    seconds: float


def make_scan(path: Path) -> None:
    """Make the scan, without a photograph."""
    with tempfile.TemporaryDirectory(prefix="maxrf-memory-") as folder:
        make_full(overlap_scan(Path(folder)).ds, path)


def add_photograph(ds: DataStack, folder: Path) -> None:
    """Register a photograph of 21 megapixels, which covers all of the scan."""
    photo = folder / "photo.jpg"
    write_photograph(photo)
    pixels, _notes = read_with_notes(photo)
    height, width = ds.shape[:2]
    on_photo, on_map = (
        np.array([[0, 0], [right, 0], [right, below], [0, below]], float)
        for right, below in ((pixels.shape[1] - 1, pixels.shape[0] - 1), (width - 1, height - 1))
    )
    result = register(pixels, ds.shape, on_photo, on_map)
    ds.append(result.arrays, result.attributes)


class Visit:
    """A visitor's steps, each of which is measured.

    Parameters
    ----------
    page : Page
    app : AppServer
    """

    def __init__(self, page: Page, app: AppServer) -> None:
        self._page, self._app = page, app
        self.steps: list[Step] = []

    def take(self, name: str, act: Callable[[], object], is_whole: bool = True) -> None:
        """Take a step; a whole one ends when the page has nothing more to do."""
        assert self._app.pid is not None
        began = time.perf_counter()
        with watched(self._app.pid) as use:
            act()
            if is_whole:
                wait_until_idle(self._page)
        self.steps.append(Step(name, use, time.perf_counter() - began))
        print(plain([_row(self.steps[-1])]), file=sys.stderr, flush=True)


def visit_bench(page: Page, app: AppServer, stack: str) -> list[Step]:
    """Open Look, lay layers on the bench, keep a view, make figures, the report and all maps."""
    visit = Visit(page, app)
    tiles, layers = page.locator(TILES), page.locator(LAYERS)

    def first_picture() -> None:
        page.goto(f"{app.url}/look?stack={stack}")
        page.locator(PICTURE).first.wait_for(timeout=PATIENCE)

    visit.take("*Look*: the first picture", first_picture, is_whole=False)
    visit.take("the elements and all their maps", lambda: tiles.first.wait_for(timeout=PATIENCE))
    for number in range(1, N_LAYERS):
        tile = tiles.locator("xpath=self::*[not(@aria-pressed='true')]").first
        visit.take(f"{number + 1} maps over one another", tile.click)
    visit.take("the photograph below them", lambda: add_photo_layer(page))
    print(f"{layers.count()} layers lie on the bench", file=sys.stderr)
    visit.take("a named view kept in the scan", lambda: keep_view(page))
    open_report_menu(page)
    page.locator(".st-key-look-figure-dpi").get_by_text(DPI).click()
    wait_until_idle(page)
    for kind in KINDS:
        visit.take(f"figure, {kind}, {DPI} dpi", lambda kind=kind: download(page, "link", kind))
    visit.take("report", lambda: download(page, "button", "Report (HTML)"))
    visit.take("all element maps (ZIP)", lambda: download(page, "button", "All element maps (ZIP)"))
    return visit.steps


def add_photo_layer(page: Page) -> None:
    """Lay the registered photograph on the bench."""
    page.get_by_role("combobox", name="Add a layer").click()
    page.get_by_role("option", name="Photograph").first.click()


def keep_view(page: Page) -> None:
    """Keep a named view of the bench in the scan."""
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name of this view").fill("Benchmark")
    page.get_by_label("Name of this view").press("Enter")
    wait_until_idle(page)
    page.get_by_role("button", name="Keep this view in the scan").click()
    page.get_by_text("The address of this page now leads to this view.").wait_for()
    page.keyboard.press("Escape")


def open_report_menu(page: Page) -> None:
    """Open what leaves the bench for a report, unless it is open."""
    if not page.get_by_text("Dots per inch").is_visible():
        page.get_by_role("button", name="Take to the report").click()
        wait_until_idle(page)


def download(page: Page, role: str, name: str) -> None:
    """Make a file and receive it."""
    open_report_menu(page)
    with page.expect_download(timeout=PATIENCE) as started:
        page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]
    started.value.path()


def rows(steps: list[Step]) -> list[Row]:
    """Format the steps as a table."""
    head = ["step", "anonymous memory", "all memory", "processors", "in all"]
    return [head, *map(_row, steps)]


def _row(step: Step) -> Row:
    use = step.use
    sizes = [f"{size / 1e6:,.0f} MB" for size in (use.anonymous, use.all_memory)]
    return [step.name, *sizes, f"{use.cpu:.1f} s", f"{step.seconds:.1f} s"]


def main() -> None:
    """Measure; end with status 1 if there is no browser."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_memory", description=__doc__)
    parser.add_argument("scan", type=Path, help="a full-size datastack; made if it does not exist")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    chosen = parser.parse_args()
    chromium_path = required_chromium()
    if not chosen.scan.exists():
        make_scan(chosen.scan)
    with tempfile.TemporaryDirectory(prefix="maxrf-memory-", dir=chosen.scan.resolve().parent) as temporary:
        folder = Path(temporary) / "data"
        folder.mkdir()
        stack = folder / "scan.datastack"
        shutil.copyfile(chosen.scan, stack)
        add_photograph(DataStack(stack), Path(temporary))
        with AppServer(folder) as app, sync_playwright() as playwright:
            chromium = launch(playwright, chromium_path)
            steps = visit_bench(new_context(chromium).new_page(), app, stack.name)
            chromium.close()
    height, width, channels = DataStack(chosen.scan).shape
    text = f"{height} × {width} pixels, {channels} channels; {machine()}.\n\n{markdown(rows(steps))}"
    print(text)
    if chosen.write:
        write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
