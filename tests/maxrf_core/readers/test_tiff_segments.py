"""A segment never unpacks to more than its place holds."""

import tracemalloc
import zlib

import numpy as np

from maxrf_core.readers.tiff_segments import DEFLATE, NO_PREDICTOR, Segments


def test_a_segment_that_would_unpack_to_a_gigabyte_takes_little_memory(tmp_path):
    path = tmp_path / "scan.tif"
    packed = zlib.compress(bytes(1_000_000_000), 9)
    path.write_bytes(packed)
    place = np.zeros((1, 1), np.int64)
    segments = Segments(
        path, (1, 4, 5, 1), np.dtype("<u2"), place, place + len(packed), (4, 5), False, DEFLATE, NO_PREDICTOR
    )
    tracemalloc.start()
    block = segments.read(range(1), range(4), range(5))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    assert block.shape == (1, 4, 5, 1)
