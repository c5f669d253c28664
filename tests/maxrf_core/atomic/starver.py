"""Check what a full disk leaves in the middle of an append, a repack or a rescue.

Run as ``python -m tests.maxrf_core.atomic.starver KIND FILE TIMES`` with the kind hdf5, zarr2 or zarr3;
prints counts as JSON, ends with an error where the file is changed or no sentence says what is wrong.
"""

import json
import random
import resource
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from maxrf_core import append, repack, rescue
from maxrf_core.errors import DatastackError
from tests.maxrf_core.datastack.small_datastacks import digest, make

NOISE = np.random.default_rng(0).integers(0, 255, (700, 700), np.uint8)  # cannot be packed


def starve(work: Callable[[], object], room: int) -> str:
    """Do something with no more than `room` bytes to a file; gives what it says about that."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        work()
        return ""
    except DatastackError as error:
        return str(error)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def main(kind: str, path: Path, times: int) -> None:
    """Let the disk be full at random moments."""
    append(NOISE, "noise", make(kind, path))
    size, before, files = path.stat().st_size, digest(path), set(path.parent.iterdir())
    dice, found = random.Random(0), Counter[str]()
    for _ in range(times):
        for what, work, room in (
            ("appends", lambda: append(NOISE, "new", path), size + dice.randrange(NOISE.nbytes)),
            ("repacks", lambda: repack(path), dice.randrange(NOISE.nbytes)),
            ("rescues", lambda: rescue(path, path.with_name("saved")), dice.randrange(NOISE.nbytes)),
        ):
            told = starve(work, room)
            assert told.startswith("There is no room on the disk to"), f"{what} with {room} bytes: {told!r}"
            assert digest(path) == before, f"{what} with {room} bytes changed the file"
            assert set(path.parent.iterdir()) == files, f"{what} with {room} bytes left something behind"
            found[what] += 1
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
