"""Only numbers and texts are stored; a ragged list comes back as it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maxrf_core import append_list
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.storable import PADDING, pad, storable
from maxrf_core.errors import DatastackError
from tests.maxrf_core.datastack.small_datastacks import digest, each_kind, our_kind  # noqa: F401

REFUSED = {
    "objects": np.array([None, {}], dtype=object),
    "dates": np.array(["2026-01-01"], "M8[D]"),
    "bytes": np.array([b"x"]),
    "records": np.zeros(2, [("x", "i4")]),
    "long double": np.zeros(2, np.longdouble),
    "lone surrogate": np.array(["\ud800"]),
    "text with a NUL": np.array(["a\0b"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_values_that_cannot_be_stored_leave_the_file_untouched(path, what):
    before = digest(path)
    with pytest.raises(DatastackError, match="second cannot be stored"):
        DataStack(path).append({"first": np.ones(3), "second": REFUSED[what]})
    assert digest(path) == before


def test_a_ragged_list_comes_back_and_floats_stay_floats_unlike_in_maxrf4u(path):
    ds = DataStack(path)
    whole, broken = [[1, 2], [3, 5, 7], [1], []], [[0.5, 2.25], [3.75]]
    append_list(whole, "whole", path)
    append_list(broken, "broken", path)
    append_list([], "empty", path)
    assert ds.read_list("whole") == whole
    assert all(isinstance(item, int) for row in ds.read_list("whole") for item in row)
    assert ds.read_list("broken") == broken
    assert ds.read_list("empty") == []
    append_list([[-9999, 1]], "padded", path, nan=-1)
    assert ds.read_list("padded", nan=-1) == [[-9999, 1]]


@pytest.mark.parametrize("ragged", [[[1, -9999]], [["a"]], [1, 2], [[[1]]], [[None]], 5])
def test_a_list_that_could_not_be_told_from_its_padding_is_refused(ours, ragged):
    before = digest(ours)
    with pytest.raises(DatastackError):
        append_list(ragged, "list", ours)
    assert digest(ours) == before


@given(st.lists(st.lists(st.integers(-50, 50) | st.floats(-50, 50), max_size=5), max_size=5))
def test_rows_are_filled_up_and_no_number_is_changed(ragged):
    padded = pad("list", ragged)
    assert [row[row != PADDING].tolist() for row in padded] == ragged
    whole = all(isinstance(number, int) for row in ragged for number in row)
    assert padded.dtype == (np.int64 if whole else np.float64)


@given(st.sampled_from(["u2", ">u2", ">f8", "c16", "?"]).flatmap(lambda dtype: hnp.arrays(dtype, (2, 3))))
def test_numbers_are_stored_in_native_byte_order_and_unchanged(array):
    stored = storable("array", array)
    assert stored.dtype.isnative
    np.testing.assert_array_equal(stored, array)
