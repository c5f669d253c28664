"""Plain numbers in a file are read in small pieces, whatever the order of their axes."""

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers.plain_array import PlainArray

COUNTS = np.random.default_rng(1).integers(0, 99, (17, 13, 31)).astype(">u2")


@pytest.mark.parametrize("axes", ["yxc", "cyx", "ycx", "xyc", "cxy"])
def test_blocks_larger_than_one_mapped_piece_are_read_whole(tmp_path, monkeypatch, axes):
    monkeypatch.setattr("maxrf_core.readers.plain_array.PIECE", 1000)
    path = tmp_path / "counts"
    path.write_bytes(b"abc" + COUNTS.transpose(["yxc".index(name) for name in axes]).tobytes())
    array = PlainArray(path, COUNTS.dtype, COUNTS.shape, axes, 3)
    assert array.expected_bytes == path.stat().st_size
    part = (slice(2, 16, 3), slice(1, 13, 2), slice(0, 31, 5))
    block = array.read(*part)
    assert block.dtype == np.uint16
    np.testing.assert_array_equal(block, COUNTS[part])
    path.write_bytes(b"abc")
    with pytest.raises(ScanError, match="has become shorter"):
        array.read(*part)
