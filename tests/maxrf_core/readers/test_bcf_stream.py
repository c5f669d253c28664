"""Headers of pixels are checked before compiled code, which trusts them, unpacks what they describe."""

import struct
from types import SimpleNamespace

import numpy as np
import pytest

from maxrf_core.errors import ScanError
from maxrf_core.readers.bcf_stream import (
    PIXEL_HEADER,
    STREAM_HEADER,
    PixelIndex,
    PixelStream,
    container_of,
    unpack,
)


def pulses(column: int, channels: list[int], count: int | None = None) -> bytes:
    """Return a pixel that names the channel of each photon, as 16-bit numbers."""
    data = np.array(channels, "<u2").tobytes()
    stated = len(channels) if count is None else count
    return PIXEL_HEADER.pack(column, 64, 64, 0, 0, 0, stated, len(data)) + data


def runs(column: int, more: list[int], stated: int | None = None) -> bytes:
    """Return a pixel with a run of 30 empty channels, two channels of 3 and 9 counts, and further photons."""
    data = struct.pack("<BB", 0, 30) + struct.pack("<BBHBB", 2, 2, 1, 2, 8)
    added = np.array(more, "<u2").tobytes()
    head = PIXEL_HEADER.pack(column, 64, 64, 0, 2, 0, len(more), len(data) + 4)
    return head + data + struct.pack("<I", len(added) if stated is None else stated) + added


def stream_of(rows: list[list[bytes]], width: int) -> PixelStream:
    """Return an uncompressed stream of rows of pixels."""
    data = struct.pack("<ii", len(rows), width).ljust(STREAM_HEADER, b"\0")
    data += b"".join(struct.pack("<I", len(row)) + b"".join(row) for row in rows)
    item = SimpleNamespace(size=len(data), read_piece=lambda start, size: data[start : start + size])
    return PixelStream(item, compressed=False)


def test_pixels_are_found_and_unpacked_as_they_were_packed():
    rows = [[pulses(0, [5, 5, 63]), runs(2, [5, 30])], [pulses(1, [])]]
    index = PixelIndex(stream_of(rows, 3))
    assert index.shape == (2, 3)
    assert ((index.stops > 0) == [[True, False, True], [False, True, False]]).all()
    counts = unpack([(len(row), b"".join(row)) for row in rows], (2, 3, 64))
    expected = np.zeros((2, 3, 64), int)
    expected[0, 0, [5, 63]] = 2, 1
    expected[0, 2, [5, 30, 31]] = 1, 4, 9
    np.testing.assert_array_equal(counts, expected)


@pytest.mark.parametrize(
    "row",
    [
        [pulses(3, [1])],  # beyond the last column
        [pulses(1, [1]), pulses(0, [1])],
        [pulses(0, [1]), pulses(0, [1])],
        [pulses(0, [1]), pulses(1, [1]), pulses(2, [1]), pulses(2, [1])],
        [pulses(0, [1, 2], count=3)],
        [runs(0, [1], stated=4)],
        [pulses(0, [1])[:-3]],
    ],
)
def test_a_header_that_claims_too_much_is_refused(row):
    with pytest.raises(ValueError, match=r"fewer|order|many|early"):
        PixelIndex(stream_of([row], 3))


def test_an_empty_or_endless_scan_is_refused():
    for size in ((0, 3), (-1, 3), (100_000, 100_000)):
        stream = stream_of([], 3)
        head = struct.pack("<ii", *size)
        stream.read = lambda start, stop, head=head: head[start:stop]
        with pytest.raises(ValueError, match="size"):
            PixelIndex(stream)


def test_another_file_is_no_container(tmp_path):
    path = tmp_path / "scan.bcf"
    path.write_bytes(b"AAMVHFSS" + bytes(400))
    with pytest.raises(ScanError, match=r"scan\.bcf cannot be read"):
        container_of(path)
