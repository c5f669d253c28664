"""A datastack is opened as it is, never converted into another one."""

import h5py
import numpy as np
import pytest

from maxrf_core import open_scan
from maxrf_core.errors import ScanError
from maxrf_core.readers.datastack import is_datastack, open_datastack
from tests.maxrf_core.datastack.small_datastacks import our_kind  # noqa: F401


def test_a_datastack_that_is_to_be_converted_is_just_opened(ours):
    with pytest.raises(ScanError, match="is a datastack already: just open it"):
        open_scan(ours)


def test_a_damaged_one_and_another_hdf5_file_are_told_with_their_reason(ours):
    with h5py.File(ours.with_name("other.h5"), "w") as file:
        file["data"] = np.arange(3)
    assert is_datastack(ours)
    assert not is_datastack(ours.with_name("other.h5"))
    with pytest.raises(ScanError, match=r"other\.h5 is an HDF5 file but not a datastack.*data \(3, int64\)"):
        open_datastack(ours.with_name("other.h5"))
    ours.write_bytes(ours.read_bytes()[:2000])
    with pytest.raises(ScanError, match=r"scan\.datastack is damaged"):
        open_datastack(ours)
