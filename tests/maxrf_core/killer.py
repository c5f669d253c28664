"""What does a datastack look like after its writer was killed, again and again, at random moments?

Run as ``python killer.py FILE KILLS SEED``; prints counts as JSON, ends with an error at the first loss.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import h5py
import numpy as np

from maxrf_core import atomic
from maxrf_core.journal import journal_path, parse

APPENDS = 6  # to one file, before a fresh one is begun


def array(number: int) -> np.ndarray:
    """Make the array of this number: of random size, up to half a megabyte."""
    dice = np.random.default_rng(number)
    return dice.integers(0, 255, dice.integers(1, 700, 2), np.uint8)


def make(path: Path) -> None:
    """Make the file that is appended to."""
    path.unlink(missing_ok=True)
    with h5py.File(path, "w") as file:
        file.create_dataset("0", data=array(0), compression="gzip")


def append_for_ever(path: Path, number: int, done: int) -> None:
    """Append one array after the other, telling the pipe `done` of each that is said to be safe."""
    while True:
        with atomic.changing(path) as change, h5py.File(change, "r+") as file:
            file.create_dataset(str(number), data=array(number), compression="gzip")
        os.write(done, b".")
        number += 1


def kill_one(path: Path, first: int, delay: float) -> int:
    """Begin to append, kill after `delay` seconds, and count the appends that were told to be safe."""
    told, done = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            append_for_ever(path, first, done)
        finally:
            os._exit(1)
    os.close(done)
    safe, end = 0, time.monotonic() + delay
    while (left := end - time.monotonic()) > 0:
        if select.select([told], [], [], left)[0]:
            safe += len(os.read(told, 1))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while os.read(told, 1):
        safe += 1
    os.close(told)
    return safe


def check(file: object, at_least: int) -> int:
    """Compare every array with what it must be, and give their number."""
    with h5py.File(file, "r") as opened:
        count = len(opened)
        assert count >= at_least, f"{at_least - count} appends were told to be safe and are lost"
        for number in range(count):
            assert np.array_equal(opened[str(number)][()], array(number)), f"array {number} is damaged"
    return count


def main(path: Path, kills: int, seed: int) -> None:
    """Kill, look, recover, look again."""
    dice, found = random.Random(seed), Counter[str]()
    count = 0
    for _ in range(kills):
        if not 0 < count <= APPENDS:
            make(path)
            count = 1
        safe = kill_one(path, count, dice.uniform(0, 0.03))
        left = journal_path(path)
        journal = parse(left.read_bytes()) if left.exists() else None
        found[
            "between appends" if journal is None else "while applying" if journal.change else "while adding"
        ] += 1
        seen = atomic.consistent(path, lambda file, least=count + safe: check(file, least))  # type: ignore[misc]
        atomic.recover(path)
        count = check(path, seen)
        assert count == seen, "the reader and the recovery disagree"
        found["appends"] += safe
    print(json.dumps({"kills": kills, **found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
