"""Which arrays are left in a broken HDF5 file, one that was cut off or left open by a program that died?

HDF5 refuses such a file as a whole, because of a few bytes at its start. It is shown one in which they are
set right, and in which zeros follow where the file was cut off; what it can then still find, it reads.
"""

import math
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import h5py
import numpy as np

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic import journal
from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.errors import DatastackError
from maxrf_core.recovery.partial_array import LostError, Place, Remains

VERSION_AT, FLAGS_AT = 8, 11
END_AT = {0: 40, 1: 44, 2: 28, 3: 28}  # where the superblock, in each version, says how long the file is
CHECKSUM_AT = 44  # of versions 2 and 3
WORD = 1 << 32
HEAP_BEGINS = b"GCOL\1\0\0\0"  # what holds texts, followed by its length
HEAP, OBJECT = struct.Struct("<8sQ"), struct.Struct("<HH4xQ")  # headers of that, and of each text
PIECE = 16_000_000  # bytes of an array without chunks that are read at once


class Mended(atomic.CommittedView):
    """A broken HDF5 file as HDF5 will take it; on the disk nothing is changed.

    Parameters
    ----------
    path : path_like
        The file.
    """

    def __init__(self, path: atomic.PathLike) -> None:
        super().__init__(path)
        self._end, self._start = _mended(self._padded(0, CHECKSUM_AT + 4), self.generation[1])
        # By heap: where its whole texts end, and what says so.
        self._endings: dict[int, tuple[int, bytes]] = {}

    def _length(self) -> int:
        return self._end

    def _bytes(self, offset: int, length: int) -> bytearray:
        data = self._padded(offset, length)
        if data.startswith(HEAP_BEGINS) and offset not in self._endings:
            self._endings[offset] = self._ending(offset)
        journal.patch(data, offset, [(0, self._start), *self._endings.values()])
        return data

    def _padded(self, offset: int, length: int) -> bytearray:
        """Read bytes, with zeros for those beyond the cut."""
        data = bytearray(self.unchecked(offset, length))
        data.extend(bytes(length - len(data)))
        return data

    def _ending(self, start: int) -> tuple[int, bytes]:
        """Find the first text of a heap that is not whole; give what makes free space of it and of the rest.

        HDF5 would go on for ever at the first zeros.
        """
        held, place = self.generation[1], start + HEAP.size
        stop = start + HEAP.unpack(self._padded(start, HEAP.size))[1]
        while place + OBJECT.size <= min(stop, held):
            index, _, size = OBJECT.unpack(self.unchecked(place, OBJECT.size))
            after = place + (OBJECT.size + -(-size // 8) * 8 if index else size)
            if after <= place or after > (min(stop, held) if index else stop):
                break
            place = after
        left = stop - place
        return place, OBJECT.pack(0, 0, left) if left >= OBJECT.size else b""


def _mended(start: bytearray, length: int) -> tuple[int, bytearray]:
    """Set right what a file's first bytes say of its end and of who has it open; gives that end too."""
    version = start[VERSION_AT]
    if version not in END_AT:
        return length, start
    (told,) = struct.unpack_from("<Q", start, END_AT[version])
    end = max(told, length) if told < 1 << 62 else length
    struct.pack_into("<Q", start, END_AT[version], end)
    if version >= 2:
        start[FLAGS_AT] = 0
        struct.pack_into("<I", start, CHECKSUM_AT, lookup3(bytes(start[:CHECKSUM_AT])))
    return end, start


def lookup3(data: bytes) -> int:
    """Compute HDF5's checksum of its own records: lookup3 by Bob Jenkins (2006).

    Examples
    --------
    >>> hex(lookup3(b"Four score and seven years ago"))
    '0x17770551'
    """
    a = b = c = (0xDEADBEEF + len(data)) % WORD
    padded = data.ljust(-(-len(data) // 12) * 12, b"\0")
    for offset in range(0, len(padded), 12):
        more = struct.unpack_from("<III", padded, offset)
        a, b, c = ((old + new) % WORD for old, new in zip((a, b, c), more, strict=True))
        if offset + 12 < len(padded):
            for bits in (4, 6, 8, 16, 19, 4):
                a, b, c = b, (c + b) % WORD, (a - c) % WORD ^ _turned(c, bits)
        else:
            for bits in (14, 11, 25, 16, 4, 14, 24):
                a, b, c = b, ((c ^ b) - _turned(b, bits)) % WORD, a
            return b
    return c


def _turned(word: int, bits: int) -> int:
    return (word << bits) % WORD | word >> (32 - bits)


@contextmanager
def remains(path: atomic.PathLike) -> Iterator[tuple[list[Remains], dict[str, str]]]:
    """Find the arrays of a broken HDF5 file, and say of those that cannot even be described why.

    Raises
    ------
    DatastackError
        Where HDF5 does not find its list of arrays.
    """
    with Mended(path) as file:
        try:
            opened = h5py.File(file, "r")
        except Exception as error:  # a damaged file may fail in any way
            raise DatastackError(
                f"Nothing can be saved from {file.name}: HDF5 finds no list of arrays in it. Use a copy made "
                "earlier, or convert the raw scan again."
            ) from error
        with opened:
            yield _arrays(opened, file.generation[1])
        file.check()


def _arrays(file: h5py.File, length: int) -> tuple[list[Remains], dict[str, str]]:
    arrays, hopeless, steps = [], {}, LinkSteps("the broken file")
    for name in _names(file):
        try:
            item = own_dataset(file, name, steps)
            if item is not None:
                arrays.append(_remains(name, item, length))
            else:
                hopeless[name] = "it is no array but a group or a type, which datastacks do not hold"
        except DatastackError:
            hopeless[name] = "it leads to another file"
        except Exception:  # a damaged description may fail in any way
            hopeless[name] = "its description cannot be read"
    return arrays, hopeless


def _names(file: h5py.File) -> list[str]:
    """List what is in the root, as far as the list can be read."""
    names: list[bytes] = []
    with suppress(Exception):
        file.id.links.iterate(names.append)
    return [name.decode(errors="replace") for name in names]


def _remains(name: str, dataset: h5py.Dataset, length: int) -> Remains:
    shape = (0,) if dataset.shape is None else dataset.shape
    beside = _attributes(dataset)
    if h5py.check_string_dtype(dataset.dtype):
        texts = dataset if dataset.shape is None else dataset.asstr()
        chunks = dataset.chunks or tuple(max(1, size) for size in shape)
        read = _checked(dataset, length, texts)
        return Remains(name, shape, np.dtype(object), chunks, read, *beside)
    if dataset.dtype.kind not in "biufc":
        raise TypeError(f"{dataset.dtype} values")
    chunks = dataset.chunks or _rows_at_once(shape, dataset.dtype.itemsize)
    return Remains(name, shape, dataset.dtype, chunks, _checked(dataset, length, dataset), *beside)


def _rows_at_once(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    rest = tuple(max(1, size) for size in shape[1:])
    return (max(1, PIECE // (itemsize * math.prod(rest))), *rest) if shape else ()


def _attributes(dataset: h5py.Dataset) -> tuple[dict[str, Any], bool]:
    """Read the attributes that can be read, and tell whether that is all."""
    values: dict[str, Any] = {}
    try:
        for key in dataset.attrs:
            with suppress(Exception):
                values[key] = dataset.attrs[key]
        return values, len(values) == len(dataset.attrs)
    except Exception:  # a damaged list may fail in any way
        return values, False


def _checked(dataset: h5py.Dataset, length: int, values: Any) -> Callable[[Place], Any]:
    """Give what reads one piece, if all its bytes are in the file."""
    stop_of = _stops(dataset, length)

    def read(place: Place) -> Any:
        if stop_of(place) > length:
            raise LostError("cut off")
        return values[place]

    return read


def _stops(dataset: h5py.Dataset, length: int) -> Callable[[Place], int]:
    """Give what tells where the bytes of a piece end in the file, 0 if it has none; that may fail anyhow."""
    if dataset.chunks is None:
        begin, row = dataset.id.get_offset(), dataset.dtype.itemsize * math.prod((dataset.shape or ())[1:])
        return lambda place: 0 if begin is None else begin + row * (place[0].stop if place else 1)
    found: dict[tuple[int, ...], int] = {}
    doubtful = dataset.file.id.get_filesize() != length  # of a list that was cut off the rest looks empty

    def note(chunk: Any) -> None:
        nonlocal doubtful
        if chunk.byte_offset and chunk.size:
            found[chunk.chunk_offset] = chunk.byte_offset + chunk.size
        else:
            doubtful = True

    try:
        dataset.id.chunk_iter(note)
    except Exception:  # a part of the list of chunks is damaged
        doubtful = True

    def stop(place: Place) -> int:
        corner = tuple(part.start for part in place)
        if doubtful and found.get(corner, 0) <= length:
            # HDF5 takes a chunk that it cannot find for one that was never written; unless it is asked so.
            try:
                dataset.id.read_direct_chunk(corner)
            except Exception as error:
                raise LostError("it cannot be found") from error
        return found.get(corner, 0)

    return stop
