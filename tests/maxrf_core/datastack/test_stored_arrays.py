"""Arrays are stored in both kinds of file, and returned unchanged."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maxrf_core import append
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import ArrayNotFoundError, DatastackError
from tests.maxrf_core.datastack.small_datastacks import (  # noqa: F401
    COUNTS,
    KINDS,
    digest,
    each_kind,
    make,
    plainly,
)


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
