"""A .bcf file of any size, made from a genuine small one by repeating its pixels.

The container is AidAim's Single File System as RosettaSciIO reads it: chunks of one size, each with a header
of 32 bytes, and for each file a table of its chunks. The new pixels are appended to a copy of the genuine
file, and its entry for them is changed.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.readers.bcf_stream import STREAM_HEADER, PixelIndex, PixelStream, container_of

GENUINE = Path(__file__).resolve().parents[2] / "shared/data/real/sem_maps/bcf_v2_50x50px.bcf"
ITEM = "EDSDatabase/SpectrumData0"
FIRST_CHUNK, CHUNK_HEADER = 0x118, 32  # bytes before the first chunk, and of each chunk's header
TREE, N_CHUNKS = 0x140, 0x148  # where the container tells the chunk of its entries, and its number of chunks
ENTRY, NAME = 0x200, 224  # bytes of an entry, and before the name in it
SIGNATURE, BLOCKS_BEGIN = b"AACS", 0x80
BLOCK_SIZE = 1 << 19  # bytes of an unpacked block, as in the genuine file


def write_bcf(path: Path, n_bytes: float) -> tuple[int, int, int] | None:
    """Write a .bcf file whose counts would take so many bytes, two each; return its shape.

    Returns None if the genuine file is not at hand.
    """
    if not GENUINE.exists():
        return None
    container = container_of(GENUINE)
    channels = int(container.header.spectra_data[0].data.size)
    stream = PixelStream(container.get_file(ITEM), compressed=True)
    side = max(1, round((n_bytes / 2 / channels) ** 0.5))
    row_bytes = _rows(stream, side)
    head = struct.pack("<ii", side, side) + stream.read(8, STREAM_HEADER)
    _append(path, container, _packed(_repeated(head, row_bytes, side)))
    return side, side, channels


def _rows(stream: PixelStream, width: int) -> list[bytes]:
    """Return each row of the genuine scan, repeated up to a width."""
    index, content = PixelIndex(stream), stream.read(0, stream.size)
    rows = []
    for starts, stops in zip(index.starts, index.stops, strict=True):
        held = np.flatnonzero(stops)
        pixels = {int(column): content[starts[column] + 4 : stops[column]] for column in held}
        columns = [column for column in range(width) if column % len(starts) in pixels]
        parts = [struct.pack("<I", column) + pixels[column % len(starts)] for column in columns]
        rows.append(struct.pack("<I", len(columns)) + b"".join(parts))
    return rows


def _repeated(head: bytes, rows: list[bytes], height: int) -> Iterator[bytes]:
    yield head
    for row in range(height):
        yield rows[row % len(rows)]


def _packed(parts: Iterator[bytes]) -> list[bytes]:
    """Pack a stream block by block, as ESPRIT does."""
    packed, rest = [b""], b""
    for part in parts:
        rest += part
        while len(rest) >= BLOCK_SIZE:
            packed.append(_block(rest[:BLOCK_SIZE]))
            rest = rest[BLOCK_SIZE:]
    packed.append(_block(rest))
    head = SIGNATURE + struct.pack("<III", BLOCK_SIZE, 0, len(packed) - 1)
    packed[0] = head.ljust(BLOCKS_BEGIN, b"\0")
    return packed


def _block(content: bytes) -> bytes:
    data = zlib.compress(content, 1)
    return struct.pack("<IIII", len(data), len(content), 0, len(data) + 16) + data


def _append(path: Path, container: Any, parts: list[bytes]) -> None:
    """Write a copy of the genuine container in which its pixels are replaced."""
    room = int(container.usable_chunk)
    content = bytearray(GENUINE.read_bytes())
    stream = b"".join(parts)
    (first,) = struct.unpack_from("<I", content, N_CHUNKS)
    numbers = range(first, first - (-len(stream) // room))
    table = np.asarray(numbers, "<u4").tobytes()
    tables = [table[start : start + room] for start in range(0, len(table), room)]
    last = numbers.stop + len(tables)
    _change_entry(content, container, numbers.stop, len(stream))
    struct.pack_into("<I", content, N_CHUNKS, last)
    with open(path, "wb") as file:
        file.write(content)
        for start in range(0, len(stream), room):
            file.write(bytes(CHUNK_HEADER) + stream[start : start + room].ljust(room, b"\0"))
        for number, part in enumerate(tables, numbers.stop + 1):  # each names the next one
            file.write(struct.pack("<I", number).ljust(CHUNK_HEADER, b"\0") + part.ljust(room, b"\0"))


def _change_entry(content: bytearray, container: Any, table: int, size: int) -> None:
    """Change where the entry of the pixels says that they lie."""
    (tree,) = struct.unpack_from("<I", content, TREE)
    begin = FIRST_CHUNK + CHUNK_HEADER + int(container.chunksize) * tree
    for place in range(begin, begin + ENTRY * int(container.n_tree_items), ENTRY):
        if content[place + NAME :].startswith(ITEM.rpartition("/")[2].encode() + b"\0"):
            struct.pack_into("<iQ", content, place, table, size)
