"""Compression of chunks that every HDF5 tool reads, with and without zlib-ng and libdeflate."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.cube import deflate as packing


@pytest.fixture(params=["zlib-ng and libdeflate", "zlib"], scope="module", autouse=True)
def library(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "zlib":
            patch.setattr(packing, "deflate", None)
            patch.setattr(packing, "packer", zlib)
            patch.setattr(packing, "checksum", zlib.crc32)
        yield


@given(st.binary(min_size=1, max_size=2000), st.integers(1, 50))
def test_what_is_packed_is_unpacked_the_same_by_us_and_by_zlib(data, times):
    data *= times
    assert zlib.decompress(packing.pack(data).data) == data
    for packed in (packing.pack(data).data, packing.pack_smallest(data), zlib.compress(data, 6)):
        assert bytes(packing.unpack(packed, len(data))) == data


@given(st.binary(min_size=2, max_size=500), st.data())
def test_damaged_bytes_and_other_sizes_are_refused(data, choose):
    packed = packing.pack(data).data
    wrong = [(packed, len(data) + 1), (packed, len(data) - 1), (b"", len(data))]
    wrong += [(packed[: choose.draw(st.integers(0, len(packed) - 1))], len(data))]
    flipped = bytearray(packed)
    flipped[-1 - choose.draw(st.integers(0, 3))] ^= 1 << choose.draw(st.integers(0, 7))  # its checksum
    for bad, size in [*wrong, (bytes(flipped), len(data))]:
        with pytest.raises(ValueError, match=r"."):
            packing.unpack(bad, size)


def test_a_few_bytes_that_unpack_to_a_gigabyte_are_refused_without_doing_so():
    with pytest.raises(ValueError, match=r"."):
        packing.unpack(zlib.compress(bytes(10**8), 9), 1000)


@st.composite
def long_bytes(draw):
    """Return some segments of zeros, of one value, of few or of all bytes."""
    parts, size = [], draw(st.integers(1, 3 * packing.SEGMENT_BYTES))
    while sum(map(len, parts)) < size:
        seed, most = draw(st.integers(0, 99)), draw(st.sampled_from([1, 2, 3, 20, 256]))
        parts.append(np.random.default_rng(seed).integers(0, most, draw(st.integers(1, 40_000))).astype("u1"))
    return np.concatenate(parts)[:size].tobytes()


@settings(max_examples=40)
@given(long_bytes(), st.data())
def test_any_run_of_segments_unpacks_to_its_part_and_the_whole_as_plain_inflate_has_it(data, choose):
    packed, lengths = packing.pack(data)
    assert zlib.decompress(packed) == data
    assert len(packed) == len(packing.HEADER) + sum(lengths) + packing.TAIL_BYTES
    first = choose.draw(st.integers(0, len(lengths) - 1))
    stop = choose.draw(st.integers(first + 1, len(lengths)))
    begin = len(packing.HEADER) + sum(lengths[:first])
    part = data[first * packing.SEGMENT_BYTES : stop * packing.SEGMENT_BYTES]
    segments = packed[begin : begin + sum(lengths[first:stop])]
    assert bytes(packing.unpack_segments(segments, len(part))) == part
    assert packing.are_packed_zeros(segments, len(part)) <= (part == bytes(len(part)))
    assert packing.lengths_of_segments(packed, len(data)) == lengths
    for wrong in (len(part) + 1, len(part) - 1 or len(part) + 2):
        with pytest.raises(ValueError, match=r"."):
            packing.unpack_segments(segments, wrong)


@given(st.integers(1, 3 * packing.SEGMENT_BYTES))
def test_zeros_are_known_by_their_packed_bytes(size):
    packed, _lengths = packing.pack(bytes(size))
    segments = packed[len(packing.HEADER) : -packing.TAIL_BYTES]
    assert packing.are_packed_zeros(segments, size) == (size >= packing.ZEROS_RATIO * len(segments))


@pytest.mark.parametrize("level", [1, 6])
def test_what_others_have_packed_has_no_segments(level):
    data = np.random.default_rng(0).integers(0, 3, 100_000).astype("u1").tobytes()
    assert packing.lengths_of_segments(zlib.compress(data, level), len(data)) is None
    assert packing.lengths_of_segments(packing.pack_smallest(data), len(data)) is None


def test_a_flush_by_chance_or_in_the_counts_is_no_mark():
    data = (packing.FLUSH * 3 + bytes(range(256))) * 400  # bytes that are stored as they are hold it, too
    stored = zlib.compressobj(0, zlib.DEFLATED, -15)
    parts = [
        stored.compress(data[start : start + packing.SEGMENT_BYTES]) + stored.flush(zlib.Z_FULL_FLUSH)
        for start in range(0, len(data), packing.SEGMENT_BYTES)
    ]
    tail = packing.LAST_BLOCK + zlib.adler32(data).to_bytes(4, "big")
    packed = packing.HEADER + b"".join(parts) + tail
    assert zlib.decompress(packed) == data
    found = packing.lengths_of_segments(packed, len(data))
    assert found is None or found == tuple(map(len, parts))  # given up rather than wrong
    cut = packing.HEADER + b"".join(parts[:-1]) + tail
    assert packing.lengths_of_segments(cut, len(data)) is None
