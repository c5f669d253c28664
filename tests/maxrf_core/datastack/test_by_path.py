"""append, append_list and repack by the path of a datastack, as in maxrf4u's notebooks."""

import zipfile

import h5py
import numpy as np
import pytest

from maxrf_core import append, repack
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import ArrayNotFoundError, DatastackError
from tests.maxrf_core.datastack.small_datastacks import COUNTS, digest, each_kind, our_kind, plainly  # noqa: F401


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


def test_append_never_overwrites_and_read_gives_the_newest(path):
    ds = DataStack(path)
    for number, stored in enumerate(["map", "map_", "map__"]):
        assert append(np.full((2, 3), number), "map", path) == stored
    assert ds.latest("map") == "map__"
    assert ds.read("map").max() == 2
    assert ds.read("map", latest=False).max() == 0
    assert ds.read("map_", latest=False).max() == 1
    assert ds.read("map__", compute=False).compute().max() == 2
    assert [plainly(path, name).max() for name in ("map", "map_", "map__")] == [0, 1, 2]


@pytest.mark.parametrize("value", [3.5, np.float32(1), [1, 2, 3], (4, 5), "five", True, np.eye(2)])
def test_append_of_a_single_value_list_or_array_works(path, value):
    stored = append(value, "value", path)
    np.testing.assert_array_equal(DataStack(path).read(stored), value)


def test_append_of_a_0_d_array_breaks_nothing_unlike_in_maxrf4u(path):
    append(np.array(7.25), "number", path)
    ds = DataStack(path)
    assert ds.read("number") == 7.25
    assert ds.read("number").shape == ()
    np.testing.assert_array_equal(ds.read("maxrf_cube"), COUNTS)
    assert plainly(path, "number") == 7.25
