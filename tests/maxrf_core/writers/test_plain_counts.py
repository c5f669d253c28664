"""Plain numbers are written block by block to their places, whatever the division into blocks."""

import numpy as np
import pytest

from maxrf_core.cube.cube import Cube
from maxrf_core.progress import silent
from maxrf_core.writers import blocks
from maxrf_core.writers.plain_counts import little_endian, write_counts


class Source:
    """An array in chunks."""

    def __init__(self, counts, chunks):
        self.counts, self.chunks, self.shape, self.dtype = counts, chunks, counts.shape, counts.dtype

    def __getitem__(self, key):
        return self.counts[key]


def test_counts_lie_where_they_belong_after_the_offset(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "MIN_BLOCK_BYTES", 1)
    counts = np.random.default_rng(0).integers(0, 60000, (13, 17, 5), np.uint16)
    path = tmp_path / "counts"
    path.write_bytes(b"head")
    write_counts(path, Cube(Source(counts, (4, 6, 3))), np.dtype("<u4"), silent, offset=4)
    data = path.read_bytes()
    assert data[:4] == b"head"
    np.testing.assert_array_equal(np.frombuffer(data[4:], "<u4").reshape(counts.shape), counts)


def test_a_type_that_no_other_holds_is_refused():
    with pytest.raises(TypeError):
        little_endian(np.dtype("c8"), ("f4", "f8"))
