"""Fast compression and decompression of chunks, in the format of HDF5's gzip filter.

libdeflate decompresses faster than isal and zlib, which determines the time of a map, and compresses better
at an acceptable speed; ``make bench`` prints the figures of this machine. All three write the same format.
"""

import zlib
from typing import Any

LEVEL = 3  # of libdeflate; above it, compression dominates the time of a conversion
ZLIB_LEVEL = 4

deflate: Any
try:
    import deflate
except ImportError:  # without libdeflate the same files are read and written, slower
    deflate = None


def pack(data: bytes | memoryview) -> bytes:
    """Compress bytes; releases the GIL."""
    if deflate is None:
        return zlib.compress(data, ZLIB_LEVEL)
    return bytes(deflate.zlib_compress(data, LEVEL))


def unpack(packed: bytes | memoryview, size: int) -> bytes | bytearray:
    """Decompress to exactly `size` bytes; releases the GIL.

    Raises
    ------
    ValueError
        If the data are damaged or have another size; never more than `size` bytes are allocated.
    """
    try:
        data = _unpack_with_zlib(packed, size) if deflate is None else deflate.zlib_decompress(packed, size)
    except _DAMAGED as error:
        raise ValueError(str(error)) from error
    if len(data) != size:
        raise ValueError(f"it does not have the expected {size:,} bytes")
    return data


_DAMAGED = (zlib.error,) if deflate is None else (zlib.error, deflate.DeflateError)


def _unpack_with_zlib(packed: bytes | memoryview, size: int) -> bytes:
    inflater = zlib.decompressobj()
    data = inflater.decompress(packed, size)
    if not inflater.eof and inflater.decompress(inflater.unconsumed_tail, 1):
        raise zlib.error("it unpacks to more than the expected size")
    if not inflater.eof:  # its checksum is missing, too
        raise zlib.error("it is cut off")
    return data
