"""A scan in memory reads as its array, and is never changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.errors import ScanError
from maxrf_core.readers import ArrayScan


def test_counts_in_memory_without_three_axes_are_refused():
    with pytest.raises(ScanError, match="A scan has three axes"):
        ArrayScan(np.ones((3, 4)), "flat")


@given(st.data())
def test_any_block_is_that_of_the_array_and_a_copy(data):
    counts = np.arange(7 * 6 * 9).reshape(7, 6, 9)
    scan = ArrayScan(counts, "small")
    part = tuple(data.draw(st.slices(size)) for size in counts.shape)
    block = scan.read(*part)
    np.testing.assert_array_equal(block, counts[part])
    block += 1
    assert scan.counts[0, 0, 0] == 0
    assert scan.counts[-1, -1, -1] == counts.size - 1


def test_a_raw_scan_holds_nothing_beside_its_counts():
    scan = ArrayScan(np.zeros((2, 3, 4)), "small")
    assert scan.array_names == []
    for read in (scan.read_array, scan.read_attributes):
        with pytest.raises(KeyError, match="maxrf_energies"):
            read("maxrf_energies")
