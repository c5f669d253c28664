"""Precision of *Refine*, its refusals, and *Propose* without clicks, on all kinds of scenes.

Every row pools 200 trials and gives 95 % confidence intervals. All of it takes about an hour and a half on
two idle cores; each trial is kept at once, and `--again` prints those of the last run, also of one that was
interrupted, and `--go-on` adds what is missing to them. With `--rows` some kinds are measured anew, and what
is kept of the others stays.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from importlib.metadata import version
from itertools import chain, zip_longest
from multiprocessing import get_context
from pathlib import Path

import cv2

from benchmarks.machine_limits import CORES
from benchmarks.registration_tables import (
    table_of_gate,
    table_of_proposed,
    table_of_refined,
    table_of_told,
)
from benchmarks.registration_trials import CLICK_ERRORS, USUAL, Proposed, Refined, Task, do, try_large
from benchmarks.report import Row, machine, markdown, plain, say, write_between
from benchmarks.scene_kinds import KINDS, trials_of
from benchmarks.scenes import DATA

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "registration.md"
KEPT = PROJECT / "build" / "registration.jsonl"
BEGIN, END = (
    "<!-- measured: written by `python -m benchmarks.registration --write` -->",
    "<!-- end of what was measured -->",
)
TRIALS = 200
SAY_EVERY = 50  # trials
QUICK = (
    Task("made", "made: drawing", 3, (USUAL,)),
    Task("real", "real: K", 1),
    Task("hopeless", "real: Cu", 0, (USUAL,)),
)
WITHOUT_DATA = (Task("demo", "demo: Fe", 3, (USUAL,)),)

Done = tuple[list[Refined], Proposed]


def tasks(rows: Iterable[str], trials: int) -> list[Task]:
    """Return the trials to run, in turn from each kind, so that an interrupted run has some of each."""
    kinds = [[_task(kind, *each) for each in trials_of(kind, trials)] for kind in rows]
    return [task for some in zip_longest(*kinds) for task in some if task is not None]


def _task(kind: str, scene: str, seed: int) -> Task:
    """Return a trial from all clicks, or from one of them in turn where a search in vain takes long."""
    one = CLICK_ERRORS[seed % len(CLICK_ERRORS)]
    return Task(kind, scene, seed, (one,) if KINDS[kind].is_hopeless else CLICK_ERRORS)


def run(chosen: Sequence[Task], file: Path) -> None:
    """Run all tasks, a process for each core, and append each result to a file of JSON lines."""
    spawning, one_thread = get_context("spawn"), (cv2.setNumThreads, (1,))
    file.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(CORES, spawning, *one_thread) as pool, file.open("a", encoding="utf-8") as kept:
        pending = [pool.submit(do, task) for task in chosen]
        try:
            for number, each in enumerate(as_completed(pending), start=1):
                refined, proposed = each.result()
                kept.write(json.dumps([[asdict(one) for one in refined], asdict(proposed)]) + "\n")
                kept.flush()
                if number % SAY_EVERY == 0:
                    say(f"{number} of {len(pending)}")
        except KeyboardInterrupt:
            say("interrupted; the tables show what is done")
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def read_kept(file: Path) -> Iterator[Done]:
    """Read what runs have kept."""
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            refined, proposed = json.loads(line)
            yield [Refined(**each) for each in refined], Proposed(**proposed)


def drop_rows(file: Path, rows: Iterable[str]) -> None:
    """Remove the results of some kinds from a file."""
    if file.exists():
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if json.loads(line)[1]["kind"] not in set(rows)]
        file.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def missing(chosen: Iterable[Task], kept: Iterable[Done]) -> list[Task]:
    """Return the trials of which no result is kept: those of a scene are done in the order of their seeds."""
    done = Counter((proposed.kind, proposed.scene) for _refined, proposed in kept)
    left = []
    for task in chosen:
        scene = task.kind, task.scene
        if done[scene]:
            done[scene] -= 1
        else:
            left.append(task)
    return left


def tables_of(done: Iterable[Done]) -> list[list[Row]]:
    """Return all tables."""
    several, proposed = (list(part) for part in zip(*done, strict=True))
    refined = list(chain.from_iterable(several))
    return [
        table_of_refined(refined),
        table_of_gate(refined),
        table_of_proposed(proposed),
        table_of_told(refined, proposed),
    ]


def quick() -> list[list[Row]]:
    """Try a few scenes in this process."""
    return tables_of(map(do, QUICK if DATA.exists() else WITHOUT_DATA))


def main() -> None:
    """Measure, print, and write the page if asked to."""
    chosen = _arguments()
    begun = time.perf_counter()
    if chosen.quick:
        tables = quick()
    else:
        if not chosen.again:
            if not chosen.go_on:
                drop_rows(KEPT, chosen.rows)
            run(missing(tasks(chosen.rows, chosen.trials), read_kept(KEPT)), KEPT)
        tables = [*tables_of(read_kept(KEPT)), try_large()]
    where = f"{machine()}; OpenCV {version('opencv-python-headless')}; {time.strftime('%Y-%m-%d')}"
    minutes = (time.perf_counter() - begun) / 60
    took = "What an earlier run kept" if chosen.again else f"It took {minutes:.1f} minutes"
    without = (
        "" if DATA.exists() else f" The real scenes are missing: {os.path.relpath(DATA)} does not exist."
    )
    print("\n\n".join([where, *map(plain, tables), f"{took}.{without}"]))
    if chosen.write:
        write_between(PAGE, BEGIN, END, "\n\n".join([f"{where}. {took}.{without}", *map(markdown, tables)]))
        print(f"written: {PAGE}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registration", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few scenes only")
    parser.add_argument("--rows", nargs="+", choices=KINDS, default=list(KINDS), help="kinds of scenes")
    parser.add_argument("--trials", type=int, default=TRIALS, help="of each kind and click error")
    parser.add_argument("--again", action="store_true", help=f"print what is kept in build/{KEPT.name}")
    parser.add_argument("--go-on", action="store_true", help="measure only what is not kept there")
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{PAGE.name}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
