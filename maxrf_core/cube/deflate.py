"""Fast compression and decompression of chunks, in the format of HDF5's gzip filter.

A chunk is compressed in segments that do not refer to one another, so that one of them can be decompressed
without the others; any program decompresses the whole. zlib-ng compresses best at an acceptable speed.
libdeflate, which makes no such segments, decompresses fastest; ``make bench`` prints the figures of this
machine. Without them zlib does the same, slower.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

SEGMENT_BYTES = 16_384  # of a chunk; measured as the best of 4,096 to 65,536
LEVEL = 5  # of zlib-ng; above it, compression dominates the time of a conversion
ZLIB_LEVEL = 4
SMALLEST_LEVEL, SMALLEST_ZLIB_LEVEL = 8, 9  # of libdeflate, and of zlib

HEADER = b"\x78\x5e"  # of a zlib stream (RFC 1950)
FLUSH = b"\x00\x00\xff\xff"  # end of each segment: an empty stored block (RFC 1951)
LAST_BLOCK = b"\x03\x00"  # empty, ends a stream
TAIL_BYTES = len(LAST_BLOCK) + 4  # with the checksum of a zlib stream
ZEROS_RATIO = 128  # segments of zeros are packed more than this many times

deflate: Any
try:
    import deflate
except ImportError:
    deflate = None
packer: ModuleType
try:
    from zlib_ng import zlib_ng as packer
except ImportError:
    packer = zlib


Bytes = bytes | bytearray | memoryview


class Segments(NamedTuple):
    """A compressed chunk.

    Attributes
    ----------
    data : bytes
        A zlib stream: header, segments, an empty last block, checksum.
    lengths : tuple of int
        Bytes of each segment.
    """

    data: bytes
    lengths: tuple[int, ...]


def pack(data: bytes) -> Segments:
    """Compress bytes in segments of 16,384 that can be decompressed one by one; releases the GIL."""
    level = ZLIB_LEVEL if packer is zlib else LEVEL
    compressor = packer.compressobj(level, packer.DEFLATED, -packer.MAX_WBITS)
    parts = []
    for start in range(0, len(data), SEGMENT_BYTES):
        part = data[start : start + SEGMENT_BYTES]
        if part == bytes(len(part)):
            parts.append(_packed_zeros(len(part)))
        else:
            parts.append(compressor.compress(part) + compressor.flush(packer.Z_FULL_FLUSH))
    tail = LAST_BLOCK + packer.adler32(data).to_bytes(4, "big")
    return Segments(b"".join([HEADER, *parts, tail]), tuple(map(len, parts)))


@lru_cache(maxsize=16)
def _packed_zeros(size: int) -> bytes:
    compressor = packer.compressobj(9, packer.DEFLATED, -packer.MAX_WBITS)
    return compressor.compress(bytes(size)) + compressor.flush(packer.Z_FULL_FLUSH)


def pack_smallest(data: bytes) -> bytes:
    """Compress bytes as a whole, in about seven times the time of `pack`; releases the GIL."""
    if deflate is None:
        return zlib.compress(data, SMALLEST_ZLIB_LEVEL)
    return bytes(deflate.zlib_compress(data, SMALLEST_LEVEL))


def unpack(packed: Bytes, size: int) -> bytes | bytearray:
    """Decompress to exactly `size` bytes; releases the GIL.

    Raises
    ------
    ValueError
        If the data are damaged or have another size; never more than `size` bytes are allocated.
    """
    try:
        if deflate is None:
            data = _unpack_with_zlib(packed, size, zlib.MAX_WBITS)
        else:
            data = deflate.zlib_decompress(packed, size)
    except _DAMAGED as error:
        raise ValueError(str(error)) from error
    return _of_size(data, size)


def unpack_segments(packed: Bytes, size: int) -> bytes | bytearray:
    """Decompress neighbouring segments to exactly `size` bytes, as `unpack`, without a checksum."""
    stream = b"".join((packed, LAST_BLOCK))
    try:
        if deflate is None:
            data = _unpack_with_zlib(stream, size, -zlib.MAX_WBITS)
        else:
            data = deflate.deflate_decompress(stream, size)
    except _DAMAGED as error:
        raise ValueError(str(error)) from error
    return _of_size(data, size)


def are_packed_zeros(packed: Bytes, size: int) -> bool:
    """Return True if segments hold `size` zeros and nothing else; what was compared once is known."""
    return len(packed) * ZEROS_RATIO <= size and _are_zeros(bytes(packed), size)


@lru_cache(maxsize=256)
def _are_zeros(packed: bytes, size: int) -> bool:
    return unpack_segments(packed, size) == bytes(size)


checksum: Callable[[Bytes], int] = zlib.crc32 if deflate is None else deflate.crc32
"""Computes the CRC-32 of bytes."""


def lengths_of_segments(packed: bytes, size: int) -> tuple[int, ...] | None:
    """Find the segments of a compressed chunk by the flush at the end of each; None if it has none.

    Parameters
    ----------
    packed : bytes
    size : int
        Bytes of the decompressed chunk.

    Notes
    -----
    The four bytes of a flush also occur in compressed data by chance, about once in 4 GB: they are the end
    of a segment only if what is before them decompresses to a whole segment.
    """
    if packed[: len(HEADER)] != HEADER or packed[-TAIL_BYTES:-4] != LAST_BLOCK:
        return None
    lengths, begin = [], len(HEADER)
    for start in range(0, size, SEGMENT_BYTES):
        expected = min(SEGMENT_BYTES, size - start)
        end = _end_of_segment(packed, begin, expected)
        if end is None:
            return None
        lengths.append(end - begin)
        begin = end
    return tuple(lengths) if begin == len(packed) - TAIL_BYTES else None


def _end_of_segment(packed: bytes, begin: int, size: int) -> int | None:
    end = begin
    for _attempt in range(MAX_ATTEMPTS):
        found = packed.find(FLUSH, end, begin + 2 * SEGMENT_BYTES)
        if found < 0:
            return None
        end = found + len(FLUSH)
        try:
            unpack_segments(packed[begin:end], size)
        except ValueError:
            continue
        return end
    return None


MAX_ATTEMPTS = 4  # at places where a segment could end
_DAMAGED = (zlib.error,) if deflate is None else (zlib.error, deflate.DeflateError)


def _of_size(data: bytes | bytearray, size: int) -> bytes | bytearray:
    if len(data) != size:
        raise ValueError(f"it does not have the expected {size:,} bytes")
    return data


def _unpack_with_zlib(packed: Bytes, size: int, window: int) -> bytes:
    inflater = zlib.decompressobj(window)
    data = inflater.decompress(packed, size)
    if not inflater.eof and inflater.decompress(inflater.unconsumed_tail, 1):
        raise zlib.error("it unpacks to more than the expected size")
    if not inflater.eof:  # its checksum is missing, too
        raise zlib.error("it is cut off")
    return data
