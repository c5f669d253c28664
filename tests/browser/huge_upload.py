"""Server memory during an upload of 5 GB, a trial of `make reliability`; prints JSON."""

import json
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from maxrf_core.demo.make import make_demo
from tests.browser.app_server import AppServer
from tests.browser.visitor import new_context, visit, wait_until_idle, write_header
from tools.browser import launch, required_chromium

SHAPE = (1000, 1220, 4096)  # of bytes: 4,997,120,000
PATIENCE = 600_000  # milliseconds


def main() -> None:
    """Upload a raw scan as a visitor does, and tell how long it took and what it cost."""
    chromium = required_chromium()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_header(folder / "huge.rpl", SHAPE)
        with open(folder / "huge.raw", "wb") as file:
            file.truncate(SHAPE[0] * SHAPE[1] * SHAPE[2])  # zeros take no room here, but where they arrive
        data = folder / "data"
        data.mkdir()
        make_demo(data / "demo.datastack")
        with AppServer(data) as app, sync_playwright() as playwright:
            page = new_context(launch(playwright, chromium)).new_page()
            visit(page, app.url)
            page.get_by_role("radio", name="Convert a raw scan").click()
            wait_until_idle(page)
            before, began = memory(app), time.perf_counter()
            files = [folder / "huge.rpl", folder / "huge.raw"]
            page.locator(".st-key-raw-upload input").set_input_files(files)
            page.get_by_text("huge: 1220 × 1000 pixels").wait_for(timeout=PATIENCE)
            seconds, after = time.perf_counter() - began, memory(app)
    print(json.dumps({"seconds": seconds, "before": before, "after": after}))


def memory(app: AppServer) -> int:
    """Return the most memory that the server's process has had, in bytes."""
    status = Path(f"/proc/{app.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    main()
