"""Memory of the server under the heaviest load that visitors can cause.

Run as ``python -m tests.visitors.heavy_load``: six visitors convert a scan of 0.5 GB each at once, while five
send 450 MB each. Prints JSON: the most megabytes that the server's process held, and that it and its children
held together, and what became of each visitor; ends with an error where the server took more than 1.5 GB.
"""

import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import numpy as np

from maxrf_core.demo.make import make_demo
from tests.browser.app_server import AppServer
from tests.visitors.session import Visitor

MAX_MEMORY = 1.5e9  # bytes
POLL_INTERVAL = 0.1  # seconds
LOOK_INTERVAL = 1.0  # seconds after which a visitor looks whether the conversion is done
SHAPE = (300, 400, 2048)  # of a raw scan of 16-bit counts
CONVERTING, SENDING = 6, 5  # visitors
SENT = 450_000_000  # bytes


def resident(pid: int) -> int:
    """Return the bytes that a process and all below it hold now."""
    try:
        size = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has just ended
        return 0
    return size + sum(resident(int(child)) for child in children)


class MemoryWatch:
    """Notes the most memory that a process and its children have held together."""

    def __init__(self, pid: int) -> None:
        self.most, self._pid, self._over = 0, pid, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "MemoryWatch":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(POLL_INTERVAL):
            self.most = max(self.most, resident(self._pid))


def make_scan(folder: Path) -> None:
    """Draw a raw scan, of which every visitor finds one under a name of its own."""
    height, width, channels = SHAPE
    rows = np.random.default_rng(1).poisson(0.4, (10, width, channels)).astype("<u2")
    with open(folder / "scan0.raw", "wb") as file:
        for _ in range(height // len(rows)):
            file.write(rows.tobytes())
    header = {"width": width, "height": height, "depth": channels, "offset": 0, "data-length": 2}
    header |= {"data-type": "unsigned", "byte-order": "little-endian", "record-by": "vector"}
    text = "".join(f"{key}\t{value}\n" for key, value in header.items())
    for number in range(CONVERTING):
        (folder / f"scan{number}.rpl").write_text(text)
        if number:
            os.link(folder / "scan0.raw", folder / f"scan{number}.raw")


def convert(app: AppServer, number: int) -> str:
    """Convert one of the raw scans."""
    with Visitor(app.url) as visitor:
        visitor.visit()
        visitor.choose_segment("open-task", "Convert a raw scan")
        visitor.choose("convert-source", f"scan{number}.rpl")
        visitor.press("Convert")
        made = app.data_folder / f"scan{number}.datastack"
        while not made.exists() and not visitor.page.troubles:
            time.sleep(LOOK_INTERVAL)
            visitor.visit()
        return "converted" if made.exists() else "; ".join(visitor.page.troubles)


def send(app: AppServer, zeros: Path) -> str:
    """Send a large file that is no datastack, as the page's script does."""
    with Visitor(app.url) as visitor, open(zeros, "rb") as file:
        visitor.visit()
        visitor.choose_segment("open-task", "Upload a datastack")
        told = json.loads(visitor.page.find("bidi_component", key="stack-upload").json)
        address, header = f"{told['address']}/{quote('zeros.datastack')}", {told["header"]: told["ticket"]}
        answer = visitor.cookies.put(app.url + address, data=file, headers=header, timeout=600)
        return "arrived" if "broken" in answer.json() else answer.text


def main() -> None:
    """Run the trial."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir()
        make_demo(folder / "demo.datastack")
        make_scan(folder)
        zeros = Path(name) / "zeros"
        with open(zeros, "wb") as file:
            file.truncate(SENT)
        with AppServer(folder, environment={"MAXRF_SHARED": "1"}) as app, MemoryWatch(app.pid or 0) as watch:
            with ThreadPoolExecutor(CONVERTING + SENDING) as pool:
                done = [pool.submit(convert, app, number) for number in range(CONVERTING)]
                done += [pool.submit(send, app, zeros) for _ in range(SENDING)]
                became = Counter(each.result() for each in done)
            alone = app.peak_memory()
    megabytes = {"server": round(alone / 1e6), "with children": round(watch.most / 1e6)}
    print(json.dumps({"MB": megabytes, "visitors": became}))
    if alone > MAX_MEMORY:
        sys.exit("The server took more memory than it may.")


if __name__ == "__main__":
    main()
