"""The stream of pixels inside a Bruker .bcf file: where each pixel lies, and its spectrum.

A .bcf is a container of files (AidAim's Single File System). Its ``SpectrumData0`` holds for each row of the
scan the number of pixels that follow, and for each pixel a header and its counts, packed in one of three
ways. The layout is as RosettaSciIO describes it, whose compiled code unpacks the counts. That code trusts
what the headers say, so they are all checked here first.
"""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import _

STREAM_HEADER = 0x1A0  # bytes before the first row; the first eight tell height and width
BLOCK_TABLE = 0x80  # bytes before the first compressed block
PIXEL_HEADER = struct.Struct("<IHHIHHHI")  # column, channels, channels, _, packing, _, pulses, bytes
COUNT = struct.Struct("<I")
PULSES_16, PULSES_12 = 0, 1  # ways of packing: a number for each photon; above these: runs of counts
READ_BYTES = 4_000_000  # of the stream, at a time
MAX_OVERREAD = 4096  # bytes of zeros behind a piece, more than the unpacker can read beyond its end
MAX_PIXELS = 100_000_000


class PixelStream:
    """One of the files inside a .bcf, unpacked as far as it is read.

    Parameters
    ----------
    item : object
        As RosettaSciIO's ``SFS_reader.get_file`` returns it.
    compressed : bool
    """

    def __init__(self, item: Any, compressed: bool) -> None:
        self._item, self._blocks = item, np.empty((0, 2), np.int64)
        self.size, self._block_size = int(item.size), 0
        if compressed:
            self._find_blocks(int(item.uncompressed_blk_size), int(item.no_of_compr_blk))

    def _find_blocks(self, block_size: int, count: int) -> None:
        """Walk along the headers of the compressed blocks."""
        if block_size < 1 or count > self.size // 16:
            raise ValueError("the blocks do not fit the file")
        found, offset = [], BLOCK_TABLE
        for _number in range(count):
            packed = COUNT.unpack(self._item.read_piece(offset, 4))[0]
            offset += 16
            if offset + packed > self.size:
                raise ValueError("a block ends beyond the file")
            found.append((offset, packed))
            offset += packed
        self._blocks, self._block_size = np.array(found, np.int64).reshape(-1, 2), block_size
        self.size = block_size * count

    def read(self, start: int, stop: int) -> bytes:
        """Return bytes of the unpacked stream; fewer at its end."""
        stop = min(stop, self.size)
        if start >= stop:
            return b""
        if not self._block_size:
            return bytes(self._item.read_piece(start, stop - start))
        first = start // self._block_size
        parts = []
        for offset, packed in self._blocks[first : -(-stop // self._block_size)].tolist():
            unpacker = zlib.decompressobj()
            parts.append(unpacker.decompress(self._item.read_piece(offset, packed), self._block_size))
        skipped = start - first * self._block_size
        return b"".join(parts)[skipped : skipped + stop - start]


def size_of(stream: PixelStream) -> tuple[int, int]:
    """Return height and width of a map.

    Raises
    ------
    ValueError
        If they make no sense.
    """
    height, width = (int(each) for each in struct.unpack("<ii", stream.read(0, 8)))
    if not (height > 0 and width > 0 and height * width <= MAX_PIXELS):
        raise ValueError("its size makes no sense")
    return height, width


class PixelIndex:
    """Where each pixel's header and counts lie in a `PixelStream`.

    Attributes
    ----------
    shape : tuple of int
        (height, width).
    starts, stops : ndarray, shape (height, width), int64
        Offsets in the stream; both 0 for a pixel without counts.
    """

    def __init__(self, stream: PixelStream) -> None:
        self.shape = height, width = size_of(stream)
        self.starts, self.stops = (np.zeros(self.shape, np.int64) for _ in range(2))
        window = _Window(stream)
        place = STREAM_HEADER
        for row in range(height):
            (pixels,) = window.unpack(COUNT, place)
            place += COUNT.size
            if pixels > width:
                raise ValueError("a row has too many pixels")
            last = -1
            for _pixel in range(pixels):
                column, stop = _checked_pixel(window, place)
                if not last < column < width:
                    raise ValueError("the pixels of a row are not in order")
                self.starts[row, column], self.stops[row, column] = place, stop
                last, place = column, stop


class _Window:
    """A part of the stream that moves forward with what is read."""

    def __init__(self, stream: PixelStream) -> None:
        self._stream, self._start, self._data = stream, 0, b""

    def unpack(self, form: struct.Struct, place: int) -> tuple[Any, ...]:
        at = place - self._start
        if at < 0 or at + form.size > len(self._data):
            self._start, self._data = place, self._stream.read(place, place + READ_BYTES)
            at = 0
            if len(self._data) < form.size:
                raise ValueError("it ends too early")
        return form.unpack_from(self._data, at)


def _checked_pixel(window: _Window, place: int) -> tuple[int, int]:
    """Return a pixel's column and where it ends, after checking what its header claims."""
    column, _channels, _used, _same, packing, _size, pulses, size = window.unpack(PIXEL_HEADER, place)
    stop = place + PIXEL_HEADER.size + size
    if packing == PULSES_16:
        fits = 2 * pulses <= size
    elif packing == PULSES_12:
        fits = -(-3 * pulses // 2) <= size
    else:
        fits = size >= COUNT.size
        if fits and pulses:
            (more,) = window.unpack(COUNT, stop - COUNT.size)
            fits, stop = 2 * pulses == more, stop + more
    if not fits:
        raise ValueError("a pixel has fewer bytes than counts")
    return column, stop


class Unpacked:
    """The argument of RosettaSciIO's unpacker: rows as a stream of their own, in one block.

    Parameters
    ----------
    height, width : int
    rows : list of (int, bytes)
        Number of pixels and their bytes, for each row.
    """

    def __init__(self, height: int, width: int, rows: list[tuple[int, bytes]]) -> None:
        head = struct.pack("<ii", height, width).ljust(STREAM_HEADER, b"\0")
        body = b"".join(COUNT.pack(count) + data for count, data in rows)
        self._block = head + body + bytes(MAX_OVERREAD)

    def get_iter_and_properties(self) -> tuple[Any, int, int]:
        """Return what the unpacker asks for: blocks, their size, their number."""
        return iter((self._block,)), len(self._block), 1


def container_of(path: Path) -> Any:
    """Return RosettaSciIO's reader of a .bcf file: container and description.

    Raises
    ------
    ScanError
        If it is damaged.
    """
    from rsciio.bruker._api import BCF_reader  # slow to import

    try:
        return BCF_reader(str(path))
    except Exception as error:  # it raises nearly anything on a damaged file
        raise damaged_bcf(path) from error


def maps_in(container: Any) -> list[str]:
    """Return the numbers of the maps in a container, as texts."""
    return [str(number) for number in container.available_indexes]


def damaged_bcf(path: Path) -> ScanError:
    """Return the exception for a .bcf file that cannot be read."""
    return ScanError(
        _(
            "{name} cannot be read as a .bcf file: it is damaged or incomplete. Copy it again, or export the "
            "scan from ESPRIT as .rpl and .raw."
        ).format(name=path.name)
    )


def unpack(rows: list[tuple[int, bytes]], shape: tuple[int, int, int]) -> np.ndarray:
    """Unpack rows of pixels whose headers have been checked.

    Parameters
    ----------
    rows : list of (int, bytes)
        Number of pixels and their bytes, for each row; columns count from 0.
    shape : tuple of int
        (rows, columns, channels); counts in higher channels are left out.

    Returns
    -------
    ndarray of this shape, uint32
    """
    from rsciio.bruker import unbcf_fast  # slow to import

    return unbcf_fast.parse_to_numpy(Unpacked(shape[0], shape[1], rows), shape, np.uint32)
