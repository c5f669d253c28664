"""Compression of chunks that every HDF5 tool reads, with and without libdeflate."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cube import deflate as packing


@pytest.fixture(params=["libdeflate", "zlib"], scope="module", autouse=True)
def library(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "zlib":
            patch.setattr(packing, "deflate", None)
        yield


@given(st.binary(min_size=1, max_size=2000), st.integers(1, 50))
def test_what_is_packed_is_unpacked_the_same_by_us_and_by_zlib(data, times):
    data *= times
    assert zlib.decompress(packing.pack(data)) == data
    for packed in (packing.pack(data), zlib.compress(data, 6)):
        assert bytes(packing.unpack(packed, len(data))) == data


@given(st.binary(min_size=2, max_size=500), st.data())
def test_damaged_bytes_and_other_sizes_are_refused(data, choose):
    packed = packing.pack(data)
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
