"""A datastack stores arrays in both kinds of file, and returns them unchanged."""

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import maxrf_core
from maxrf_core import append
from maxrf_core.cube.regions import Region
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import ArrayNotFoundError, DatastackError
from tests.maxrf_core.datastack.small_datastacks import (  # noqa: F401
    COUNTS,
    KINDS,
    digest,
    each_kind,
    make,
    our_kind,
    plainly,
)


def test_the_names_that_users_of_maxrf4u_know_work_as_in_a_notebook(path, capsys):
    ds = maxrf_core.DataStack(path)
    x_keVs = ds.read("maxrf_energies")
    cube = ds.read("maxrf_cube", compute=False)
    mask = (x_keVs > 1.05) & (x_keVs < 2.05)
    by_hand = cube[:, :, mask].compute().sum(axis=2) / 10
    np.testing.assert_allclose(by_hand, COUNTS[:, :, 14:24].mean(axis=2), rtol=1e-6)
    np.testing.assert_allclose(ds.band_map(1.05, 2.05), by_hand, rtol=1e-6)
    np.testing.assert_array_equal(ds.maxrf_cube[3, 4].compute(), COUNTS[3, 4])
    assert ds.datapath_list == ds.names
    assert {"maxrf_cube", "maxrf_energies"} <= set(ds.names)
    maxrf_core.tree(path)
    ds.tree(show_arrays=True)
    first, second = capsys.readouterr().out.split(str(path))[1:]
    assert first == second
    assert "maxrf_cube" in first
    assert "20 × 17 × 90" in first
    assert repr(ds) == f"DataStack({str(path)!r})"
    with pytest.raises(AttributeError, match="There is no array 'maxrf_qube'"):
        _ = ds.maxrf_qube


def test_the_numbers_are_those_of_the_counts(path):
    ds = DataStack(path)
    assert ds.shape == COUNTS.shape
    assert ds.axis.unit == "keV"
    np.testing.assert_allclose(ds.axis.values, -0.3 + 0.1 * np.arange(90))
    np.testing.assert_array_equal(ds.spectrum(4, 3), COUNTS[3, 4])
    np.testing.assert_allclose(
        ds.region_spectrum(Region.rectangle(2, 5, 8, 6)).mean, COUNTS[5:7, 2:9].mean(axis=(0, 1))
    )
    np.testing.assert_array_equal(ds.cube().read(*[slice(2, 9)] * 3), COUNTS[2:9, 2:9, 2:9])
    np.testing.assert_array_equal(ds.read("maxrf_cube"), COUNTS)
    assert ds.written_by_maxrf4u == (not h5py.is_hdf5(path))


def test_the_error_for_an_absent_array_lists_the_nearest_name_and_all_others(path):
    with pytest.raises(
        ArrayNotFoundError, match=r"Did you mean 'maxrf_cube'\? The datastack holds: maxrf_cube, max"
    ):
        DataStack(path).read("maxrf_cub")


NUMBERS = st.sampled_from(
    ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16", ">u2", ">f8"]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_array_of_numbers_or_texts_comes_back_as_it_was(kind, tmp_path, data):
    path = tmp_path / f"{kind}.datastack"
    if not path.exists():
        make(kind, path)
    shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
    dtypes = st.one_of(NUMBERS, st.just("U5"))
    dtype = data.draw(dtypes)
    array = data.draw(hnp.arrays(dtype, shapes, elements=TEXTS if dtype == "U5" else None))
    stored = append(array, "any", path)
    for values in (DataStack(path).read(stored, latest=False), np.asarray(plainly(path, stored))):
        assert values.shape == array.shape
        np.testing.assert_array_equal(values.astype(str) if dtype == "U5" else values, array)
    if dtype != "U5":
        assert DataStack(path).read(stored, latest=False).dtype == array.dtype.newbyteorder("=")


EMPTY = [
    np.zeros(0),
    np.zeros((0, 3)),
    np.zeros((4, 0, 2), "u2"),
    np.array([], "U3"),
    np.array(""),
    np.array("Fe"),
]


@pytest.mark.parametrize("array", EMPTY, ids=str)
def test_empty_arrays_and_single_texts_come_back_as_they_were(path, array):
    append(array, "empty", path)
    values = DataStack(path).read("empty")
    assert (values.shape, values.dtype.kind) == (array.shape, array.dtype.kind)
    np.testing.assert_array_equal(values, array)
    assert DataStack(path).read("empty", compute=False).compute().tolist() == array.tolist()


ATTRIBUTES = {
    "gain": 0.01,
    "number": 7,
    "yes": True,
    "photo": "été Kα.tif",
    "homography": np.eye(3),
    "residuals": [0.5, 0.25],
    "names": ["Fe", "Kα"],
    "none": [],
}


def test_attributes_of_an_array_are_read_unchanged_from_every_kind_of_file(path):
    ds = DataStack(path)
    ds.append({"map": np.zeros((2, 2))}, {"map": ATTRIBUTES})
    assert ds.attributes("map") == ATTRIBUTES | {"homography": np.eye(3).tolist()}
    ds.append({"map": np.ones((2, 2))}, {"map": {"gain": 2}})
    assert ds.attributes("map") == {"gain": 2}


BAD_NAMES = ["", "a/b", "..", "../x", "x" * 200, "a\nb", "__", "maxrf_cube/c", ".zgroup"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_name_leaves_the_file_untouched(path, name):
    before = digest(path)
    with pytest.raises(DatastackError):
        DataStack(path).append({"good": np.ones(3), name: np.ones(3)})
    assert digest(path) == before
    assert not list(path.parent.glob("*journal*"))


def test_attributes_that_fail_leave_the_file_untouched(path):
    before = digest(path)
    ds = DataStack(path)
    with pytest.raises(DatastackError, match="attribute"):
        ds.append({"a": np.ones(3)}, {"a": {"x": object()}})
    with pytest.raises(DatastackError, match="attributes for b"):
        ds.append({"a": np.ones(3)}, {"b": {"x": 1}})
    assert digest(path) == before


def test_several_arrays_are_appended_together(path):
    stored = DataStack(path).append(
        {"a": np.ones(3), "b": np.array(["x"]), "maxrf_cube": np.zeros((2, 2, 2))}
    )
    assert stored == {"a": "a_", "b": "b_", "maxrf_cube": "maxrf_cube_"}
    assert DataStack(path).shape == (2, 2, 2)
    np.testing.assert_array_equal(plainly(path, "maxrf_cube"), COUNTS)


def test_the_axis_is_read_once_until_the_file_changes(ours):
    ds = DataStack(ours)
    assert ds.axis is ds.axis
    before = ds.axis
    append(np.ones(3), "other", ours)
    assert ds.axis is not before
