"""A datastack whose change is interrupted has either its old or its new contents."""

import multiprocessing
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from maxrf_core import append, repack
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import ArrayNotFoundError, DatastackError
from tests.maxrf_core.datastack.small_datastacks import COUNTS, digest, each_kind, make, our_kind, plainly  # noqa: F401

ROOT = Path(__file__).resolve().parents[3]


def test_repack_keeps_the_newest_versions_only(path):
    for number in range(3):
        append(np.full(3000, number), "map", path, {"number": number})
    append(np.array(["Fe", "Ca"]), "elements", path)
    ds = DataStack(path)
    names, size = ds.names, path.stat().st_size
    cube = ds.cube()
    repack(path)
    assert set(ds.names) == {name.rstrip("_") for name in names}
    assert set(plainly(path, "map")) == {2}
    assert ds.attributes("map") == {"number": 2}
    assert ds.read("elements").tolist() == ["Fe", "Ca"]
    np.testing.assert_array_equal(plainly(path, "maxrf_cube"), COUNTS)
    np.testing.assert_array_equal(ds.band_map(1.05, 2.05), ds.cube().band_map(14, 24))
    np.testing.assert_array_equal(ds.read("maxrf_cube"), COUNTS)
    assert path.stat().st_size < size
    assert {left.name for left in path.parent.iterdir()} <= {path.name, f".{path.name}.lock"}
    with pytest.raises(DatastackError, match="written anew"):
        cube.read(slice(0, 9), slice(0, 9), slice(0, 9))


def test_repack_works_with_the_dask_that_is_installed_unlike_in_maxrf4u(path):
    repack(path)
    np.testing.assert_array_equal(DataStack(path).read("maxrf_cube", compute=False).compute(), COUNTS)


@pytest.mark.parametrize("select", ["maxrf_cube", ["maxrf_cube"], ["maxrf_cube_"]])
def test_repack_of_chosen_arrays_keeps_these(path, select):
    append(COUNTS[:3] + 1, "maxrf_cube", path)
    repack(path, select)
    assert DataStack(path).names == ["maxrf_cube"]
    np.testing.assert_array_equal(plainly(path, "maxrf_cube"), COUNTS[:3] + 1)


def test_repack_keeps_the_attributes_of_the_file(ours):
    with h5py.File(ours) as file:
        before = dict(file.attrs)
    repack(ours)
    with h5py.File(ours) as file:
        assert dict(file.attrs) == before


def test_repack_keeps_what_other_programs_put_beside_the_arrays(ours):
    with h5py.File(ours, "a") as file:
        file["their results/peaks"] = [1, 2, 3]
        file["their results"].attrs["by"] = "PyMca"
        file["short cut"] = h5py.SoftLink("/maxrf_cube")
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/data")
    with pytest.raises(DatastackError, match="another file"):
        DataStack(ours)
    with h5py.File(ours, "a") as file:
        del file["elsewhere"]
    names = DataStack(ours).names
    assert "short cut" in names
    repack(ours)
    assert DataStack(ours).names == names
    with h5py.File(ours) as file:
        assert file["their results/peaks"][:].tolist() == [1, 2, 3]
        assert file["their results"].attrs["by"] == "PyMca"


def test_nothing_is_dropped_from_a_file_that_has_changed_since_it_was_listed(path):
    append(np.zeros(3), "map", path)
    append(np.ones(3), "map", path)
    seen = DataStack(path).names
    append(np.full(3, 2), "map", path)
    before = digest(path)
    with pytest.raises(DatastackError, match=r"changed meanwhile; nothing was dropped"):
        repack(path, expected=seen)
    assert digest(path) == before
    repack(path, expected=DataStack(path).names)
    assert DataStack(path).read("map").tolist() == [2, 2, 2]


def test_repack_of_an_absent_array_leaves_the_file_untouched(path):
    before = digest(path)
    with pytest.raises(ArrayNotFoundError):
        repack(path, ["maxrf_cube", "absent"])
    assert digest(path) == before


def test_an_interrupted_repack_leaves_the_file_as_it_was(path, monkeypatch):
    append(np.ones(3), "map", path)
    append(np.ones(3), "map", path)
    before = digest(path)
    owner, method = (h5py.File, "copy") if h5py.is_hdf5(path) else (zipfile.ZipFile, "writestr")
    really, done = getattr(owner, method), []

    def interrupted(self, *arguments):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(arguments)
        return really(self, *arguments)

    monkeypatch.setattr(owner, method, interrupted)
    with pytest.raises(KeyboardInterrupt):
        repack(path)
    assert len(done) == 2
    assert digest(path) == before
    assert {left.name for left in path.parent.iterdir()} <= {path.name, f".{path.name}.lock"}


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
