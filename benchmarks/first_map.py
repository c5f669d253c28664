"""Time from the command ``maxrf4all`` to the first map of the demo, in a real Chromium.

``python -m benchmarks.first_map`` starts the app, opens its first page and then the demo there, as a new
visitor does, several times; files are in memory then, since a first time that is not counted has read them.
That first time also makes the demo. ``--write`` puts the table into `docs/performance.md`.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.process_memory import cpu_of
from benchmarks.report import Row, duration, machine, markdown, say, write_between
from tests.browser.app_server import PROJECT, AppServer
from tests.browser.visitor import new_context
from tools.browser import launch, required_chromium
from widgets.elements.notes import FIRST_MAP as MAP

PAGE = PROJECT / "docs" / "performance.md"
BEGIN = "<!-- first map: written by `python -m benchmarks.first_map --write` -->"
END = "<!-- end of first map -->"
ROUNDS = 5
PATIENCE = 300_000  # milliseconds for a step, on a busy machine
AIM = 4.0  # seconds to the first map
TILES = ".maxrf-elements .tile img"
START, FIRST_PAGE, FIRST_MAP = STEPS = ("start of the server", "first page", "first map of the demo")
ALL, ELEMENTS = "until then, in all", "and until the maps of its elements"
COMMAND = """#!{python}
import sys
sys.path.insert(0, {project!r})
from maxrf_core.cli.app import main
sys.exit(main())
"""


@dataclass
class Times:
    """Seconds of each step, and those of processors that the server and its children took."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def total(self) -> "Times":
        """Return the same with the sum of the steps to the first map."""
        return Times(*({**each, ALL: sum(each[step] for step in STEPS)} for each in (self.seconds, self.cpu)))


def write_command(folder: Path) -> Path:
    """Write the command ``maxrf4all``, as an installation does, for this checkout."""
    path = folder / "maxrf4all"
    path.write_text(COMMAND.format(python=sys.executable, project=str(PROJECT)))
    path.chmod(0o755)
    return path


def once(data: Path, command: Path, chromium: Browser) -> Times:
    """Start the app on a folder of scans, and open the demo in it; return what each step took."""
    times, app = Times(), AppServer(data, launcher=command, address=None)
    with _timed(times, START, app):
        app.__enter__()
    try:
        context = new_context(chromium)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        button = page.locator('[class*="st-key-open-demo"] button')
        with _timed(times, FIRST_PAGE, app):
            page.goto(app.url)
            button.wait_for()
        with _timed(times, FIRST_MAP, app):
            button.click()
            page.locator(f".st-key-chart-{MAP} [data-figure] image, {TILES}").first.wait_for()
        with _timed(times, ELEMENTS, app):
            picture = page.locator(TILES).first
            picture.wait_for()
            picture.evaluate("image => image.decode()")
        context.close()
    finally:
        app.stop()
    return times.total()


@contextmanager
def _timed(times: Times, step: str, app: AppServer) -> Iterator[None]:
    began, before = time.perf_counter(), 0.0 if app.pid is None else cpu_of(app.pid)
    yield
    assert app.pid is not None
    times.seconds[step], times.cpu[step] = time.perf_counter() - began, cpu_of(app.pid) - before


def rows(first: Times, later: list[Times]) -> list[Row]:
    """Format the medians of all times but the first, and that one, in which the demo was made."""
    found = [["", "seconds", "the server's processors", "the first time, which makes the demo"]]
    for step in (*STEPS, ALL, ELEMENTS):
        seconds = statistics.median(each.seconds[step] for each in later)
        cpu = statistics.median(each.cpu[step] for each in later)
        found.append([step, duration(seconds), duration(cpu), duration(first.seconds[step])])
    return found


def main() -> None:
    """Measure; end with status 1 if there is no browser."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_map", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    chosen = parser.parse_args()
    chromium_path = required_chromium()
    with tempfile.TemporaryDirectory(prefix="maxrf-first-") as temporary, sync_playwright() as playwright:
        data = Path(temporary) / "data"
        data.mkdir()
        command, chromium = write_command(Path(temporary)), launch(playwright, chromium_path)
        measured = []
        for number in range(chosen.rounds + 1):
            say(f"round {number}")
            measured.append(once(data, command, chromium))
        chromium.close()
    table = markdown(rows(measured[0], measured[1:]))
    text = f"{machine()}.\n\n{table}\n\nThe aim is {AIM:g} s to the first map."
    print(text)
    if chosen.write:
        write_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
