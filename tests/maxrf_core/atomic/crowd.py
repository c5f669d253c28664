"""Check that four processes that append and four that read the same file do not disturb each other.

Half of them use another name of the file, a hard link.

Run as ``python -m tests.maxrf_core.atomic.crowd KIND FILE APPENDS`` or ``… FILE 30s`` with the kind hdf5,
zarr2 or zarr3: each writer appends so many arrays, or for so long. Prints counts as JSON, ends with an error
at the first array that is lost, wrong or half-written.
"""

import json
import multiprocessing
import random
import sys
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from itertools import count
from pathlib import Path

import numpy as np

from maxrf_core import DataStack, append
from tests.maxrf_core.atomic.killer import make, plainly

WRITERS = READERS = 4


def array(name: str) -> np.ndarray:
    """Make the array of this name: of random size, up to 60 kB."""
    dice = np.random.default_rng(zlib.crc32(name.encode()))
    return dice.integers(0, 255, dice.integers(1, 250, 2), np.uint8)


def numbers(how_long: str) -> Iterator[int]:
    """Count up to a number, or for so many seconds."""
    if not how_long.endswith("s"):
        yield from range(int(how_long))
        return
    end = time.monotonic() + float(how_long[:-1])
    for number in count():
        if time.monotonic() > end:
            return
        yield number


def write(path: Path, writer: int, how_long: str) -> list[str]:
    """Append; give the names of what was said to be safe."""
    names = []
    for number in numbers(how_long):
        name = f"of{writer}n{number}"
        names.append(append(array(name), name, path))
        assert names[-1] == name, f"{name} was stored as {names[-1]}"
    return names


def read(path: Path, seed: int, over: Path) -> tuple[int, int]:
    """Look at what there is, read some of it, see that nothing vanishes; until there is a file `over`."""
    dice, known, looks, arrays = random.Random(seed), {"0"}, 0, 0
    last = False
    while not last:
        last = over.exists()
        ds = DataStack(path)
        names = set(ds.names)
        assert known <= names, f"{known - names} vanished"
        fresh = sorted(names - known)
        for name in {*fresh[-5:], *dice.sample(sorted(names - {"0"}), min(3, len(names) - 1))}:
            assert np.array_equal(ds.read(name), array(name)), f"{name} is half-written or damaged"
            arrays += 1
        known, looks = names, looks + 1
    return looks, arrays


def main(kind: str, path: Path, how_long: str) -> None:
    """Let all of them loose, then see that nothing is missing."""
    make(kind, path)
    names_of_file = (path, path.with_name("another name"))
    names_of_file[1].hardlink_to(path)
    over = path.with_name("over")
    with ProcessPoolExecutor(WRITERS + READERS, multiprocessing.get_context("spawn")) as processes:
        readers = [processes.submit(read, names_of_file[seed % 2], seed, over) for seed in range(READERS)]
        writers = [
            processes.submit(write, names_of_file[number % 2], number, how_long) for number in range(WRITERS)
        ]
        wait(writers)
        over.touch()
        names = [name for writer in writers for name in writer.result()]
        looks, arrays = (sum(each) for each in zip(*(reader.result() for reader in readers), strict=True))
    found = plainly(kind, path)
    assert set(found) == {"0", *names}, f"{len(names) + 1 - len(found)} appends are lost"
    for name in names:
        assert np.array_equal(found[name], array(name)), f"{name} is damaged"
    print(json.dumps({"appends": len(names), "looks": looks, "arrays read": arrays}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
