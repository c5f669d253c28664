"""A datastack whose change is interrupted has either its old or its new contents."""

import multiprocessing
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from maxrf_core import append
from maxrf_core.datastack.datastack import DataStack
from tests.maxrf_core.datastack.small_datastacks import COUNTS, each_kind, make, plainly  # noqa: F401

ROOT = Path(__file__).resolve().parents[3]


def test_arrays_read_while_others_append_are_always_complete(path):
    ds = DataStack(path)
    expected = ds.band_map(1.05, 2.05)
    faults: list[BaseException] = []
    finished = threading.Event()

    def read():
        try:
            while not finished.is_set():
                np.testing.assert_array_equal(ds.band_map(1.05, 2.05), expected)
                for name in DataStack(path).names:
                    if name.startswith("map"):
                        values = ds.read(name, latest=False)
                        assert (values == len(name)).all()
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(6):
        append(np.full(5000, 3 + number), "map", path)
    finished.set()
    for reader in readers:
        reader.join()
    assert faults == []


def _append_three(path):
    for _ in range(3):
        append(np.arange(100), "shared", path)


def test_processes_that_append_at_once_lose_nothing(path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_three, args=(path,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert [name for name in DataStack(path).names if name.startswith("shared")] == [
        "shared" + "_" * n for n in range(6)
    ]


KILLED = """
import os, sys
import numpy as np
from maxrf_core import append
from maxrf_core.atomic import journal
sync, synced = journal.disk.sync, []
def killed(file):
    sync(file)
    synced.append(file)
    if len(synced) == int(sys.argv[2]):
        os._exit(9)
journal.disk.sync = killed
append(np.arange(20_000), "map", sys.argv[1])
"""


@pytest.mark.parametrize("kind", ["hdf5", "zarr3"])
@pytest.mark.parametrize(("step", "there"), [(2, False), (3, True)])
def test_a_killed_append_leaves_the_file_old_or_new_unlike_in_maxrf4u(kind, step, there, tmp_path):
    path = make(kind, tmp_path / "scan.datastack")
    content = path.read_bytes()
    child = subprocess.run([sys.executable, "-c", KILLED, path, str(step)], cwd=ROOT, check=False)
    assert child.returncode == 9
    assert path.read_bytes() != content
    ds = DataStack(path)
    np.testing.assert_array_equal(ds.read("maxrf_cube"), COUNTS)
    assert ("map" in ds.names) == there
    assert append(np.ones(2), "map", path) == ("map_" if there else "map")
    if there:
        np.testing.assert_array_equal(plainly(path, "map"), np.arange(20_000))
