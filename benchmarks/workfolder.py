"""Folder of the benchmark's files: what exists and whether there is room for more."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from benchmarks.alternatives import Files, convert_theirs
from benchmarks.cubes import Density, write_raw
from benchmarks.machine_limits import Cost, in_own_process

SPARE_BYTES = 2_000_000_000  # that the disk keeps free
THEIRS_TO_RAW = 1.4  # bytes of maxrf4u's file to one of the raw file, at most, as seen with dense counts
OURS_TO_RAW = 0.2
PACKED_FILES = 5  # ours with and without marks, and those of others that pack as well


def check_room(files: Files, shape: tuple[int, int, int], with_theirs: bool) -> None:
    """Stop the benchmark where its files would not fit on the disk."""
    raw = 2 * shape[0] * shape[1] * shape[2]
    needed = PACKED_FILES * OURS_TO_RAW * raw
    needed += 0 if files.header.exists() else raw
    needed += THEIRS_TO_RAW * raw if with_theirs and not files.theirs.exists() else 0
    free = shutil.disk_usage(files.folder).free
    if needed + SPARE_BYTES > free:
        raise SystemExit(
            f"{files.folder} has {free / 1e9:.0f} GB free, and {files.name} needs {needed / 1e9:.0f} GB "
            f"and {SPARE_BYTES / 1e9:.0f} GB to spare. Choose another --folder or a smaller --size."
        )


def make_raw(files: Files, shape: tuple[int, int, int], density: Density) -> None:
    """Draw the raw scan, unless it is there."""
    if not files.header.exists():
        write_raw(files.raw, shape, density)
        sync(files.raw)


def make_theirs(files: Files) -> tuple[Cost, bool]:
    """Convert the scan to maxrf4u's layout, unless that is there.

    Returns
    -------
    Cost
        Kept beside the file, for later runs.
    bool
        Whether it is that of an earlier run.
    """
    note = files.theirs.with_suffix(".json")
    if note.exists() and files.theirs.exists():
        return Cost(**json.loads(note.read_text())), True
    cost = in_own_process(convert_theirs, files)
    sync(files.theirs)
    note.write_text(json.dumps(asdict(cost)))
    return cost, False


def sync(path: Path) -> None:
    """Bring a file to the disk: what is not there yet cannot be dropped from memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
