"""Large arrays lie on the disk, leave memory when told to, and keep their values."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from maxrf_core import large_array as large
from maxrf_core.errors import MaxrfError
from maxrf_core.large_array import is_on_disk, large_array, let_go, on_disk

SHAPE = (50, 1000, 1000)


def own_memory() -> int:
    """Return what this process holds of files and arrays, in bytes."""
    pages = Path("/proc/self/statm").read_text().split()
    return int(pages[1]) * os.sysconf("SC_PAGESIZE")


def test_a_large_array_keeps_its_values_when_it_has_left_memory():
    values = large_array(SHAPE, np.uint16)
    assert is_on_disk(values)
    assert not values.any()
    values[...] = np.arange(50)[:, np.newaxis, np.newaxis]
    let_go(values[3:])
    assert values[:, 7, 9].tolist() == list(range(50))


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux tells of a process's memory")
def test_what_is_let_go_leaves_memory():
    values = large_array(SHAPE, np.uint8, 0)
    values[...] = 1
    before = own_memory()
    let_go(values)
    assert before - own_memory() > 0.9 * values.nbytes


def test_an_array_in_memory_is_copied_to_the_disk_once():
    values = np.arange(12.0).reshape(3, 4)
    kept = on_disk(values)
    assert is_on_disk(kept)
    assert not is_on_disk(values)
    assert on_disk(kept[1:]) is not kept
    np.testing.assert_array_equal(kept, values)
    assert on_disk(kept) is kept
    assert on_disk(np.empty(0)).size == 0


def test_a_full_disk_is_an_error_and_not_the_end_of_the_program(monkeypatch: pytest.MonkeyPatch):
    def full(_descriptor: int, _size: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(large, "_reserve", full)
    with pytest.raises(MaxrfError, match=r"no room for 0\.1 GB .*No space"):
        large_array(SHAPE, np.uint8, 0)
