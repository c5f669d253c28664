"""A damaged HDF5 file of another program is told of in a sentence."""

import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers.hdf5_layouts import reading_other_hdf5


def test_a_damaged_file_is_told_in_a_sentence(tmp_path):
    path = tmp_path / "scan.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(500))
    with pytest.raises(ScanError, match=r"scan\.h5 cannot be read"), reading_other_hdf5(path):
        pass
