"""Datastacks of maxrf4u are opened in place; plain zarr and its notebooks can read appended arrays."""

import shutil
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from maxrf_core import append, convert, open_scan, repack
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError

FILES = ["v2_0.1.16_24x20x4096", "v3_head_24x20x4096"]


@pytest.fixture(params=FILES)
def genuine(request, shared) -> Path:
    return shared(f"data/maxrf4u/{request.param}.datastack")


@pytest.fixture
def truth(genuine) -> np.lib.npyio.NpzFile:
    return np.load(genuine.with_suffix(".npz"))


@pytest.fixture
def copy(genuine, tmp_path) -> Path:
    return Path(shutil.copy(genuine, tmp_path))


def plainly(path: Path) -> dict[str, np.ndarray]:
    """Read all arrays with zarr alone, as maxrf4u does."""
    with warnings.catch_warnings(), ZipStore(path, mode="r") as store:
        warnings.simplefilter("ignore")
        return {name: array[...] for name, array in zarr.open_group(store, mode="r").arrays()}


def test_every_array_is_what_zarr_reads(genuine):
    ds, expected = DataStack(genuine), plainly(genuine)
    assert ds.written_by_maxrf4u
    assert ds.names == sorted(expected)
    assert len(ds.names) == 11
    for entry in ds.entries():
        values = ds.read(entry.name, latest=False)
        assert values.dtype == expected[entry.name].dtype
        np.testing.assert_array_equal(values, expected[entry.name])
        lazy = ds.read(entry.name, latest=False, compute=False)
        assert lazy.shape == entry.shape
        np.testing.assert_array_equal(lazy.compute(), values)
        assert 0 < entry.stored_bytes < genuine.stat().st_size


def test_the_true_values_are_found(genuine, truth):
    ds = DataStack(genuine)
    assert ds.axis.unit == "keV"
    np.testing.assert_array_equal(ds.axis.values, truth["energies"])
    np.testing.assert_allclose(ds.band_map(truth["band_lo"], truth["band_hi"]), truth["fe_map"], rtol=1e-5)
    np.testing.assert_allclose(ds.read("maxrf_maxspectrum"), truth["max_spectrum"], rtol=1e-6)
    np.testing.assert_allclose(ds.read("maxrf_sumspectrum"), truth["mean_spectrum"], rtol=1e-5)
    whole = ds.region_spectrum(Region.rectangle(0, 0, 19, 23)).mean
    np.testing.assert_allclose(whole, truth["mean_spectrum"], rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(ds.spectrum(7, 5), ds.read("maxrf_cube")[5, 7])


def test_the_newest_registration_is_read(genuine, truth):
    ds = DataStack(genuine)
    assert ds.latest("imvis_reg") == "imvis_reg_"
    np.testing.assert_array_equal(ds.read("imvis_reg"), truth["imvis_reg_latest"])
    np.testing.assert_array_equal(ds.read("imvis_reg", latest=False), truth["imvis_reg_v0"])
    np.testing.assert_array_equal(ds.read("imvis_reg_highres"), truth["imvis_reg_highres"])
    np.testing.assert_array_equal(ds.read("imvis_extent"), truth["imvis_extent"])


def test_a_ragged_list_is_read(genuine):
    assert DataStack(genuine).read_list("test_list") == [[1, 2], [3, 5, 7], [1]]


def test_texts_are_read(shared):
    ds = DataStack(shared(f"data/maxrf4u/{FILES[0]}.datastack"))
    elements = ds.read("nmf_elements")
    assert elements.dtype == "<U2"
    assert next(entry.dtype for entry in ds.entries() if entry.name == "nmf_elements") == "text"


def test_what_is_appended_is_read_by_plain_zarr_beside_all_older_arrays(copy, truth):
    older = plainly(copy)
    added = {
        "imvis_reg": np.random.default_rng(0).integers(0, 256, (24, 20, 3), np.uint8),
        "imvis_points": np.arange(16.0).reshape(4, 2, 2),
        "elements": np.array(["Fe", "Kα"]),
        "zeros": np.zeros((300, 300)),
        "one": np.array(5),
    }
    ds = DataStack(copy)
    stored = ds.append(added, {"imvis_points": {"photo": "a.tif", "residuals": [0.0, 1.5]}})
    assert stored["imvis_reg"] == "imvis_reg__"
    now = plainly(copy)
    assert set(now) == set(older) | set(stored.values())
    for name, values in older.items():
        np.testing.assert_array_equal(now[name], values)
    for name, values in added.items():
        np.testing.assert_array_equal(now[stored[name]], values)
        np.testing.assert_array_equal(ds.read(name), values)
    assert ds.attributes("imvis_points") == {"photo": "a.tif", "residuals": [0.0, 1.5]}
    np.testing.assert_allclose(ds.band_map(truth["band_lo"], truth["band_hi"]), truth["fe_map"], rtol=1e-5)
    assert next(entry.stored_bytes for entry in ds.entries() if entry.name == stored["zeros"]) > 0


def test_what_is_appended_has_the_format_of_the_file_unlike_in_maxrf4u(copy):
    """The newest maxrf4u adds format 3 to a file of format 2, and no older array can be read any more."""
    before = {Path(name).name for name in zipfile.ZipFile(copy).namelist()} & {".zarray", "zarr.json"}
    append(np.ones((5, 5)), "map", copy)
    members = set(zipfile.ZipFile(copy).namelist())
    assert {Path(name).name for name in members} & {".zarray", "zarr.json"} == before
    assert members & {"map/.zarray", "map/zarr.json"} == {f"map/{name}" for name in before}
    assert zipfile.ZipFile(copy).testzip() is None


@pytest.fixture
def mixed(shared, tmp_path) -> Path:
    """Return a file written by maxrf4u in format 2 to which a newer version appended in format 3."""
    return Path(shutil.copy(shared("data/faults/v2_then_maxrf4u_0.1.42_append.datastack"), tmp_path))


def test_both_formats_in_a_file_are_converted_and_kept_by_repack(mixed, tmp_path):
    ds = DataStack(mixed)
    newest = {name.rstrip("_"): ds.read(name) for name in ds.names if name + "_" not in ds.names}
    converted = DataStack(convert(open_scan(mixed), tmp_path / "converted.datastack"))
    assert converted.names == ds.names
    for name in ds.names:
        np.testing.assert_array_equal(converted.read(name, latest=False), ds.read(name, latest=False))
    stored = append(np.full((7, 7), 2.0), "my_new_result", mixed)
    assert stored == "my_new_result_"
    repack(mixed)
    assert set(ds.names) == set(newest)
    np.testing.assert_array_equal(ds.read("my_new_result"), np.full((7, 7), 2.0))
    for name in newest.keys() - {"my_new_result"}:
        np.testing.assert_array_equal(ds.read(name), newest[name])


def test_what_belongs_to_no_array_is_kept_by_repack(copy):
    with zipfile.ZipFile(copy, "a") as file:
        file.writestr("notes/read me.txt", b"mine")
        file.writestr("deep/results/.zgroup", b'{"zarr_format": 2}')
    repack(copy)
    with zipfile.ZipFile(copy) as file:
        assert file.read("notes/read me.txt") == b"mine"
        assert "deep/results/.zgroup" in file.namelist()


def test_an_array_in_a_group_is_listed_and_kept_by_repack(copy):
    with ZipStore(copy, mode="a") as store:
        zarr.create_array(store, name="deep/map", data=np.full(3, 4), zarr_format=2)
    repack(copy)
    assert DataStack(copy).read("deep/map").tolist() == [4, 4, 4]


def test_an_append_that_failed_in_maxrf4u_is_recognised_by_its_0_bytes(shared, tmp_path):
    copy = Path(shutil.copy(shared("data/maxrf4u/failed_append_zero_array_12x16x256.datastack"), tmp_path))
    ds = DataStack(copy)
    assert {entry.name for entry in ds.entries() if entry.stored_bytes == 0} == {"bad"}
    assert ds.read("bad").shape == (60, 80)
    assert not ds.read("bad").any()
    assert append(np.ones((60, 80)), "bad", copy) == "bad_"
    assert ds.read("bad").all()
    assert ds.band_map(ds.axis.values[50], ds.axis.values[60]).max() > 0


def test_a_failing_append_leaves_the_file_as_it_was_unlike_in_maxrf4u(copy, monkeypatch):
    before = copy.read_bytes()
    write, done = zipfile.ZipFile.writestr, []

    def failing(self, *arguments):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(arguments)
        write(self, *arguments)

    monkeypatch.setattr(zipfile.ZipFile, "writestr", failing)
    with pytest.raises(KeyboardInterrupt):
        DataStack(copy).append({"a": np.ones(300), "b": np.ones(300)})
    assert len(done) == 2
    assert copy.read_bytes() == before


def test_an_append_to_a_zip_that_contradicts_itself_is_refused_and_changes_nothing(shared, tmp_path):
    path = Path(shutil.copy(shared(f"data/maxrf4u/{FILES[1]}.datastack"), tmp_path))
    before = path.read_bytes()
    damaged = before.replace(b"maxrf_energies/zarr.json", b"maxrf_energids/zarr.json", 1)  # not in the table
    assert damaged.count(b"maxrf_energies/zarr.json") == before.count(b"maxrf_energies/zarr.json") - 1 > 0
    path.write_bytes(damaged)
    with pytest.raises(DatastackError, match=f"{path.name} is damaged: zarr cannot read it"):
        append(np.arange(3), "note", path)
    assert path.read_bytes() == damaged


def test_repack_leaves_the_newest_for_plain_zarr(copy):
    older = plainly(copy)
    repack(copy)
    now = plainly(copy)
    assert set(now) == {name.rstrip("_") for name in older}
    np.testing.assert_array_equal(now["imvis_reg"], older["imvis_reg_"])
    np.testing.assert_array_equal(now["maxrf_cube"], older["maxrf_cube"])
