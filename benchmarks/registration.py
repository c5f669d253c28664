"""Precision of *Refine*, its refusals, and *Propose* without clicks.

`python -m benchmarks.registration` takes some minutes; `--quick` tries a few scenes only.
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from benchmarks.machine_limits import CORES
from benchmarks.registration_trials import RIGHT, USUAL, Proposed, Refined, Task, do, try_large
from benchmarks.report import Row, machine, markdown, plain, write_between
from benchmarks.scenes import DATA, good_scenes, hopeless_scenes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "registration.md"
BEGIN, END = (
    "<!-- measured: written by `python -m benchmarks.registration --write` -->",
    "<!-- end of what was measured -->",
)
CLICK_ERRORS = (5, 15, 40)  # map pixels
SEEDS = 3
ORIENTATIONS = ((0, False), (1, False), (2, True), (3, True))
QUICK = {
    "made: drawing": Task("made: drawing", 1, (USUAL,), ((3, True),)),
    "real: K": Task("real: K", 1, CLICK_ERRORS, ((1, False),)),
    "real: Cu": Task("real: Cu", 1, (USUAL,), ((0, False),)),
}
WITHOUT_DATA = Task("demo: Fe", 1, (USUAL,), ((3, True),))


def table_of_refined(trials: list[Refined]) -> list[Row]:
    """Format errors before and after: a row a scene and click error."""
    rows = [
        ["scene", "clicks off", "error before", "after, median", "after, 90 %", "expected", "right", "time"]
    ]
    for scene, length in dict.fromkeys((each.scene, each.click_error) for each in trials):
        those = [each for each in trials if (each.scene, each.click_error) == (scene, length)]
        rows.append([scene, f"{length} px", *_figures(those)])
    real = [each for each in trials if each.scene.startswith("real") and each.click_error == USUAL]
    if real:
        rows.append(["**all real**", f"{USUAL} px", *_figures(real)])
    return rows


def _figures(trials: list[Refined]) -> Row:
    before, after = (np.concatenate([getattr(each, what) for each in trials]) for what in ("before", "after"))
    expected = [each.expected for each in trials if each.accepted]
    return [
        f"{np.median(before):.1f}",
        f"{np.median(after):.2f}",
        f"{np.quantile(after, 0.9):.2f}",
        f"{np.median(expected):.2f}" if expected else "–",
        f"{sum(each.right for each in trials)} of {len(trials)}",
        f"{np.median([each.seconds for each in trials]):.1f} s",
    ]


def table_of_gate(good: list[Refined], hopeless: list[Refined]) -> list[Row]:
    """Format how often the gate was right."""
    rows = [["the gate", "trials", "accepted", f"accepted, ≤ {RIGHT:.0f} px off", "made worse", "refused"]]
    groups = {f"good, clicks {length} px off": [each for each in good if each.click_error == length]
              for length in sorted({each.click_error for each in good})}  # fmt: skip
    for name, those in {**groups, "hopeless": hopeless}.items():
        accepted = sum(each.accepted for each in those)
        counts = [len(those), accepted, sum(each.right for each in those), sum(each.worse for each in those)]
        rows.append([name, *map(str, counts), str(len(those) - accepted)])
    return rows


def table_of_proposed(good: list[Proposed], hopeless: list[Proposed]) -> list[Row]:
    """Format what was proposed: a row a scene, and sums."""
    rows = [["Propose", "right", "not sure", "of these right", "wrong", "error if right", "time"]]
    groups = {name: [each for each in good if each.scene == name]
              for name in dict.fromkeys(each.scene for each in good)}  # fmt: skip
    for name, those in {**groups, "**all of these**": good, "**hopeless**": hopeless}.items():
        counts = [
            sum(each.verdict == verdict for each in those) for verdict in ("right", "not sure", "wrong")
        ]
        lucky = sum(not each.sure and each.error <= RIGHT for each in those)
        right = [each.error for each in those if each.verdict == "right"]
        error = f"{np.median(right):.2f}" if right else "–"
        seconds = f"{np.median([each.seconds for each in those]):.1f} s"
        rows.append([name, str(counts[0]), str(counts[1]), str(lucky), str(counts[2]), error, seconds])
    return rows


def tasks(quick: bool) -> list[Task]:
    """Return the trials to run."""
    good, hopeless = good_scenes(), hopeless_scenes()
    if quick:
        return [task for name, task in QUICK.items() if name in good | hopeless] or [WITHOUT_DATA]
    return [Task(name, SEEDS, CLICK_ERRORS, ORIENTATIONS) for name in good] + [
        Task(name, SEEDS, (USUAL,), ORIENTATIONS[:2]) for name in hopeless
    ]


def measure(quick: bool) -> list[list[Row]]:
    """Try everything, or a few things in this process; return the tables."""
    if quick:
        done = list(map(do, tasks(quick)))
    else:
        spawning, one_thread = get_context("spawn"), (cv2.setNumThreads, (1,))
        with ProcessPoolExecutor(CORES, spawning, *one_thread) as pool:
            done = list(pool.map(do, tasks(quick)))
    refined, proposed = (list(chain.from_iterable(part)) for part in zip(*done, strict=True))
    hopeless = hopeless_scenes()
    bad, unsure = ([each for each in those if each.scene in hopeless] for those in (refined, proposed))
    good, sure = ([each for each in those if each.scene not in hopeless] for those in (refined, proposed))
    tables = [table_of_refined(good), table_of_gate(good, bad), table_of_proposed(sure, unsure)]
    return tables if quick else [*tables, try_large()]


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registration", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few scenes only")
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{PAGE.name}")
    chosen = parser.parse_args()
    begun = time.perf_counter()
    tables = measure(chosen.quick)
    where = f"{machine()}; OpenCV {version('opencv-python-headless')}; {time.strftime('%Y-%m-%d')}"
    took = f"All of it took {(time.perf_counter() - begun) / 60:.1f} minutes"
    missing = (
        "" if DATA.exists() else f" The real scenes are missing: {os.path.relpath(DATA)} does not exist."
    )
    print("\n\n".join([where, *map(plain, tables), f"{took}.{missing}"]))
    if chosen.write:
        write_between(PAGE, BEGIN, END, "\n\n".join([f"{where}. {took}.{missing}", *map(markdown, tables)]))
        print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
