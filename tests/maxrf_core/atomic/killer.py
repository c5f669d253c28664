"""Check that nothing is lost when a process that appends and repacks is killed at random moments.

Run as ``python -m tests.maxrf_core.atomic.killer KIND FILE KILLS SEED`` with the kind hdf5, zarr2 or zarr3;
prints counts as JSON, ends with an error at the first loss.
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
import zarr
from zarr.storage import ZipStore

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.journal import journal_path, parse
from maxrf_core.datastack.by_path import repack
from maxrf_core.datastack.hdf5_store import Hdf5Store, new_file
from maxrf_core.datastack.zarr_store import ZarrStore

APPENDS = 6  # to one file, before a fresh one is begun


def array(number: int) -> np.ndarray:
    """Make the array of this number: of random size, up to half a megabyte."""
    dice = np.random.default_rng(number)
    return dice.integers(0, 255, dice.integers(1, 700, 2), np.uint8)


def make(kind: str, path: Path) -> None:
    """Make the file that is appended to: ours, or as maxrf4u lays it out."""
    path.unlink(missing_ok=True)
    if kind == "hdf5":
        with new_file(path) as file:
            file.create_dataset("0", data=array(0), compression="gzip")
        return
    with ZipStore(path, mode="w") as store:
        zarr.open_group(store, mode="w", zarr_format=int(kind[-1])).create_array("0", data=array(0))


def store_of(kind: str, path: Path) -> Hdf5Store | ZarrStore:
    """Open the file as this package does, but without recovering it first."""
    return Hdf5Store(path) if kind == "hdf5" else ZarrStore(path)


def usual_time(kind: str, path: Path) -> float:
    """Tell how many seconds an append and a repack take on this computer now."""
    make(kind, path)
    begun = time.monotonic()
    for number in range(1, 5):
        store_of(kind, path).append({str(number): array(number)}, {})
        repack(path)
    path.unlink()
    return (time.monotonic() - begun) / 4


def append_for_ever(kind: str, path: Path, number: int, done: int) -> None:
    """Append one array after the other, telling the pipe `done` of each that is said to be safe."""
    while True:
        store_of(kind, path).append({str(number): array(number)}, {})
        os.write(done, b".")
        if number % 2 == 0:
            repack(path)
        number += 1


def kill_one(kind: str, path: Path, first: int, delay: float) -> int:
    """Begin to append, kill after `delay` seconds, and count the appends that were told to be safe."""
    told, done = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            append_for_ever(kind, path, first, done)
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


def by_us(kind: str, path: Path) -> dict[str, np.ndarray]:
    """Read all arrays with this package, in whatever state the file was left."""
    store = store_of(kind, path)
    return {entry.name: store.read(entry.name) for entry in store.entries()}


def plainly(kind: str, path: Path) -> dict[str, np.ndarray]:
    """Read all arrays with h5py or zarr alone."""
    if kind == "hdf5":
        with h5py.File(path, "r") as file:
            return {name: item[()] for name, item in file.items()}
    with ZipStore(path, mode="r") as store:
        return {name: item[...] for name, item in zarr.open_group(store, mode="r").arrays()}


def check(found: dict[str, np.ndarray], at_least: int) -> int:
    """Compare every array with what it must be, and give their number."""
    assert len(found) >= at_least, f"{at_least - len(found)} appends were told to be safe and are lost"
    for number in range(len(found)):
        assert np.array_equal(found[str(number)], array(number)), f"array {number} is damaged"
    return len(found)


def main(kind: str, path: Path, kills: int, seed: int) -> None:
    """Kill, look, recover, look again."""
    dice, found = random.Random(seed), Counter[str]()
    count, longest = 0, 3 * usual_time(kind, path)
    for _ in range(kills):
        if not 0 < count <= APPENDS:
            make(kind, path)
            count = 1
        safe = kill_one(kind, path, count, dice.uniform(0, longest))
        left = journal_path(path)
        journal = parse(left.read_bytes()) if left.exists() else None
        found[
            "between appends" if journal is None else "while applying" if journal.change else "while adding"
        ] += 1
        seen = check(by_us(kind, path), count + safe)
        atomic.recover(path)
        count = check(plainly(kind, path), seen)
        assert count == seen, "the reader and the recovery disagree"
        found["appends"] += safe
        for partial in path.parent.glob(".*.partial*"):  # of a repack that was killed
            found["while repacking"] += partial.suffix == ".partial"
            partial.unlink()
    print(json.dumps({"kills": kills, **found}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
