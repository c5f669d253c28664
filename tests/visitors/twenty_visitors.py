"""Twenty visitors at once: each is served correctly, quickly, and within a gigabyte.

Run as ``python -m tests.visitors.twenty_visitors``: the real server and all visitors share two
processors. The datastack is drawn as for the benchmark, 4.9 GB of raw counts. Prints figures as JSON, and
ends with an error at the first wrong answer, error that is shown, or text that leaked.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cubes import CHANNELS, SIZES, SPARSE, write_raw
from maxrf_core import convert
from maxrf_core.readers import open_scan
from maxrf_core.spectrum.calibration import Calibration
from tests.browser.app_server import AppServer
from tests.visitors.crowd import Crowd
from tests.visitors.requests_of_visitors import add_photograph
from tests.visitors.session import Visitor

STACK = "large.datastack"
CORES = 2
MAX_MEMORY = 1e9  # bytes
PHOTO = (4396, 4920)  # pixels of the photograph that belongs to the largest scan at hand


def make_stack(folder: Path, size: str) -> None:
    """Draw a scan and convert it."""
    raw = folder / "large.raw"
    write_raw(raw, (*SIZES[size], CHANNELS), SPARSE)
    convert(open_scan(raw.with_suffix(".rpl")), folder / STACK, calibration=Calibration(0.01003, -0.98))
    add_photograph(folder / STACK, PHOTO)
    raw.unlink()
    raw.with_suffix(".rpl").unlink()


def open_every_page(app: AppServer) -> None:
    """Open every page once, so that the server has loaded what it needs, and made the demo."""
    with Visitor(app.url) as first:
        first.visit(stack=STACK)
        for title in ("Contents", "Bands", "Spectra", "Register", "Compare"):
            first.open_page(title)
        assert not first.page.troubles, first.page.troubles


def run(crowd: Crowd, folder: Path) -> dict[str, Any]:
    """Start the server, run the crowd, and return the figures."""
    workshop = folder.with_name(f"{folder.name}-uploads")
    workshop.mkdir(exist_ok=True)
    with AppServer(folder, environment={"MAXRF_SHARED": "1"}) as app:
        open_every_page(app)
        actions, took = crowd.visit(app, STACK, workshop)
        memory = app.peak_memory()
        assert memory < MAX_MEMORY, f"the server held {memory / 1e6:.0f} MB"
        assert "Traceback" not in app.output(), f"the app wrote:\n{app.output()}"
    seconds = [took for _, took in actions]
    for what in sorted({what for what, _ in actions}):
        of_this = [took for other, took in actions if other == what]
        print(f"{what}: {len(of_this)}, median {statistics.median(of_this):.2f} s", file=sys.stderr)
    return {
        "visitors": crowd.visitors,
        "photographers": crowd.photographers,
        "uploaders": crowd.uploaders,
        "seconds": round(took),
        "pause": crowd.pause,
        "actions": len(actions),
        "median": round(statistics.median(seconds), 3),
        "p95": round(float(np.percentile(seconds, 95)), 3),
        "MB": round(memory / 1e6),
    }


def main() -> None:
    """Run the crowd twice, with pauses and without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for each of the two runs (%(default)s)")
    parser.add_argument("--size", choices=SIZES, default="L", help="of the scan (%(default)s)")
    parser.add_argument("--folder", type=Path, help="one that holds the datastack already")
    chosen = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary) / "data"
        folder.mkdir(exist_ok=True)
        if not (folder / STACK).exists():
            make_stack(folder, chosen.size)
        crowds = [Crowd(20, 10, 5, chosen.seconds, pause, PHOTO) for pause in (3.0, 0.0)]
        print(json.dumps([run(crowd, folder) for crowd in crowds]))


if __name__ == "__main__":
    main()
