"""Arrays of a broken HDF5 file that was truncated or left open by a crashed program.

HDF5 refuses such a file because of a few bytes at its start. Here it gets a view of the file with these bytes
corrected and zeros beyond the end, and reads what it can still find.
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
from maxrf_core.cube.binned import is_beside_cube
from maxrf_core.datastack.hdf5_links import LinkSteps, own_dataset
from maxrf_core.datastack.nxdata import nxdata_entry
from maxrf_core.errors import DatastackError
from maxrf_core.language import Note, _, marked
from maxrf_core.recovery.partial_array import LostPieceError, PartialArray, Place, RecoveredContents

VERSION_AT, FLAGS_AT = 8, 11
END_AT = {0: 40, 1: 44, 2: 28, 3: 28}  # offset of the file's length in each version of the superblock
CHECKSUM_AT = 44  # of versions 2 and 3
WORD = 1 << 32
HEAP_SIGNATURE = b"GCOL\1\0\0\0"  # of the global heap, which holds texts; followed by its length
HEAP, OBJECT = struct.Struct("<8sQ"), struct.Struct("<HH4xQ")  # headers of that, and of each text
PIECE = 16_000_000  # bytes of an array without chunks that are read at once


class RepairedFile(atomic.CommittedView):
    """View of a broken HDF5 file that HDF5 accepts; the file itself is not changed.

    Parameters
    ----------
    path : path_like
        The file.
    """

    def __init__(self, path: atomic.PathLike) -> None:
        super().__init__(path)
        self._end, self._start = _repaired(self._padded(0, CHECKSUM_AT + 4), self.generation[1])
        # By heap: the end of its complete texts, and the header that marks it.
        self._endings: dict[int, tuple[int, bytes]] = {}

    def _length(self) -> int:
        return self._end

    def _bytes(self, offset: int, length: int) -> bytearray:
        data = self._padded(offset, length)
        if data.startswith(HEAP_SIGNATURE) and offset not in self._endings:
            self._endings[offset] = self._ending(offset)
        journal.patch(data, offset, [(0, self._start), *self._endings.values()])
        return data

    def _padded(self, offset: int, length: int) -> bytearray:
        """Read bytes, with zeros for those beyond the cut."""
        data = bytearray(self.unchecked(offset, length))
        data.extend(bytes(length - len(data)))
        return data

    def _ending(self, start: int) -> tuple[int, bytes]:
        """Return the offset of the first incomplete text of a heap, and a header that frees the rest.

        Otherwise HDF5 loops forever at the first zeros.
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


def _repaired(start: bytearray, length: int) -> tuple[int, bytearray]:
    """Correct the file length and the open flag in a file's first bytes; return the length and the bytes."""
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
                a, b, c = b, (c + b) % WORD, (a - c) % WORD ^ _rotate_left(c, bits)
        else:
            for bits in (14, 11, 25, 16, 4, 14, 24):
                a, b, c = b, ((c ^ b) - _rotate_left(b, bits)) % WORD, a
            return b
    return c


def _rotate_left(word: int, bits: int) -> int:
    return (word << bits) % WORD | word >> (32 - bits)


@contextmanager
def open_contents(path: atomic.PathLike) -> Iterator[RecoveredContents]:
    """Find the arrays and attributes of a broken HDF5 file.

    Raises
    ------
    DatastackError
        If HDF5 does not find its list of arrays.
    """
    with RepairedFile(path) as file:
        try:
            opened = h5py.File(file, "r")
        except Exception as error:  # a damaged file may fail in any way
            raise DatastackError(
                _(
                    "Nothing can be saved from {name}: HDF5 finds no list of arrays in it. Use a copy "
                    "made earlier, or convert the raw scan again."
                ).format(name=file.name)
            ) from error
        with opened:
            yield RecoveredContents(*_arrays(opened, file.generation[1]), _attributes(opened)[0])
        file.check()


def _arrays(file: h5py.File, length: int) -> tuple[list[PartialArray], dict[str, str]]:
    arrays, unreadable, steps = [], dict[str, str](), LinkSteps("the broken file")
    ours = None
    with suppress(Exception):  # a damaged group may fail in any way
        ours = nxdata_entry(file)
    for name in _names(file):
        if name == ours:
            continue  # its links lead to arrays that are in the list
        try:
            if is_beside_cube(file, name):
                continue  # it is made anew with the cube
            item = own_dataset(file, name, steps)
            if item is not None:
                arrays.append(_partial_array(name, item, length))
            else:
                unreadable[name] = Note("it is no array but a group or a type, which datastacks do not hold")
        except DatastackError:
            unreadable[name] = Note("it leads to another file")
        except Exception:  # a damaged description may fail in any way
            unreadable[name] = Note("its description cannot be read")
    return arrays, unreadable


def _names(file: h5py.File) -> list[str]:
    """Return the names in the root group, as far as they can be read."""
    names: list[bytes] = []
    with suppress(Exception):
        file.id.links.iterate(names.append)
    return [name.decode(errors="replace") for name in names]


def _partial_array(name: str, dataset: h5py.Dataset, length: int) -> PartialArray:
    shape = (0,) if dataset.shape is None else dataset.shape
    beside = _attributes(dataset)
    if h5py.check_string_dtype(dataset.dtype):
        texts = dataset if dataset.shape is None else dataset.asstr()
        chunks = dataset.chunks or tuple(max(1, size) for size in shape)
        read = _reader(dataset, length, texts)
        return PartialArray(name, shape, np.dtype(object), chunks, read, *beside)
    if dataset.dtype.kind not in "biufc":
        raise TypeError(f"{dataset.dtype} values")
    chunks = dataset.chunks or _rows_at_once(shape, dataset.dtype.itemsize)
    return PartialArray(name, shape, dataset.dtype, chunks, _reader(dataset, length, dataset), *beside)


def _rows_at_once(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    rest = tuple(max(1, size) for size in shape[1:])
    return (max(1, PIECE // (itemsize * math.prod(rest))), *rest) if shape else ()


def _attributes(item: h5py.HLObject) -> tuple[dict[str, Any], bool]:
    """Return the readable attributes, and whether these are all."""
    values: dict[str, Any] = {}
    try:
        for key in item.attrs:
            with suppress(Exception):
                values[key] = item.attrs[key]
        return values, len(values) == len(item.attrs)
    except Exception:  # a damaged list may fail in any way
        return values, False


def _reader(dataset: h5py.Dataset, length: int, values: Any) -> Callable[[Place], Any]:
    """Return a function that reads one piece, if all its bytes are in the file."""
    stop_of = _end_of_pieces(dataset, length)

    def read(place: Place) -> Any:
        if stop_of(place) > length:
            raise LostPieceError(marked("cut off"))
        return values[place]

    return read


def _end_of_pieces(dataset: h5py.Dataset, length: int) -> Callable[[Place], int]:
    """Return a function from a piece to the end of its bytes in the file, 0 if it has none; it may raise."""
    if dataset.chunks is None:
        begin, row = dataset.id.get_offset(), dataset.dtype.itemsize * math.prod((dataset.shape or ())[1:])
        return lambda place: 0 if begin is None else begin + row * (place[0].stop if place else 1)
    found: dict[tuple[int, ...], int] = {}
    doubtful = dataset.file.id.get_filesize() != length  # the rest of a truncated list looks empty

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
            # HDF5 treats a chunk that it cannot find as never written, except in direct reads.
            try:
                dataset.id.read_direct_chunk(corner)
            except Exception as error:
                raise LostPieceError(marked("it cannot be found")) from error
        return found.get(corner, 0)

    return stop
