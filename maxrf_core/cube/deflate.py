"""How are chunks packed and unpacked, fast, as HDF5's gzip filter does?

libdeflate is faster than isal and zlib at unpacking, where a map's time goes, and packs smaller than either
does in a time that a conversion can afford; ``make bench`` prints what this machine does. All three write the
same format.
"""

import zlib
from typing import Any

LEVEL = 3  # of libdeflate: above it, packing takes longer than all the rest of a conversion
PLAIN_LEVEL = 4

deflate: Any
try:
    import deflate
except ImportError:  # a machine without libdeflate reads and writes the same files, slower
    deflate = None


def pack(data: bytes | memoryview) -> bytes:
    """Pack bytes; without Python's lock, so in as many threads as there are processors."""
    if deflate is None:
        return zlib.compress(data, PLAIN_LEVEL)
    return bytes(deflate.zlib_compress(data, LEVEL))


def unpack(packed: bytes | memoryview, size: int) -> bytes | bytearray:
    """Unpack what has `size` bytes when unpacked; without Python's lock.

    Raises
    ------
    ValueError
        Where it is damaged, or has another size: a file that claims too little never fills the memory.
    """
    try:
        data = _plainly_unpacked(packed, size) if deflate is None else deflate.zlib_decompress(packed, size)
    except _DAMAGED as error:
        raise ValueError(str(error)) from error
    if len(data) != size:
        raise ValueError(f"it has not the {size:,} bytes that it should have")
    return data


_DAMAGED = (zlib.error,) if deflate is None else (zlib.error, deflate.DeflateError)


def _plainly_unpacked(packed: bytes | memoryview, size: int) -> bytes:
    inflater = zlib.decompressobj()
    data = inflater.decompress(packed, size)
    if not inflater.eof and inflater.decompress(inflater.unconsumed_tail, 1):
        raise zlib.error("it unpacks to more than it should have")
    if not inflater.eof:  # not even its checksum is there
        raise zlib.error("it is cut off")
    return data
