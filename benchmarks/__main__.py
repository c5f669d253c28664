"""Speed compared with the alternatives, measured side by side in one run.

Two sizes in two densities take about a quarter of an hour on two idle cores. With `--folder` the files
are kept, and the next run is quicker; empty it after a change in `cubes.py`.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from benchmarks import chart, report
from benchmarks.cubes import CHANNELS, DENSITIES, SIZES
from benchmarks.measure import Effort, measure

PROJECT = Path(__file__).resolve().parents[1]
SAVED = PROJECT / "build" / "benchmarks.json"
PAGE = PROJECT / "docs" / "performance.md"
PICTURE = PROJECT / "docs" / "images" / "performance.svg"
THEIRS_AT = 6_000_000_000  # bytes of raw counts: writing maxrf4u's layout takes some 20 s for each 1e9


def main() -> None:
    """Measure what the command line asks for, or take up an earlier run; tell what was found."""
    chosen = _arguments()
    if chosen.again:
        run = report.load(SAVED)
    else:
        run = _measured(chosen)
        if chosen.add:
            run = run.with_others_of(report.load(SAVED))
        report.save(run, SAVED)
    print(report.text(run))
    if chosen.write:
        report.write_page(run, PAGE)
        chart.write(run, PICTURE)
        print(f"written: {PAGE}, {PICTURE}")


def _measured(chosen: argparse.Namespace) -> report.Run:
    effort = Effort(chosen.rounds, chosen.patience, 2**63 if chosen.theirs else THEIRS_AT)
    results = []
    for size in chosen.size:
        for density in chosen.density:
            name = f"{size} {density}"
            with tempfile.TemporaryDirectory(prefix="maxrf-bench-") as temporary:
                folder = Path(chosen.folder or temporary)
                folder.mkdir(parents=True, exist_ok=True)
                shape = (*SIZES[size], CHANNELS)
                results.append(
                    measure(
                        size,
                        shape,
                        DENSITIES[density],
                        folder,
                        effort,
                        lambda what, name=name: _say(name, what),
                    )
                )
    return report.Run.of_this_machine(results)


def _say(name: str, what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {name}: {what} …", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["S", "L"])
    parser.add_argument("--density", nargs="+", choices=DENSITIES, default=list(DENSITIES))
    parser.add_argument("--rounds", type=int, default=3, help="each asks at five places")
    parser.add_argument("--patience", type=float, default=2, help="seconds for each alternative and query")
    parser.add_argument("--folder", default=os.environ.get("MAXRF_BENCH_DIR"), help="keep the files here")
    parser.add_argument("--theirs", action="store_true", help="write maxrf4u's layout for the full size, too")
    parser.add_argument("--add", action="store_true", help="keep what the last run found of other cubes")
    parser.add_argument("--again", action="store_true", help=f"report the last run, from {SAVED.name}")
    parser.add_argument("--write", action="store_true", help="write the tables and the chart into docs/")
    return parser.parse_args()


if __name__ == "__main__":
    main()
