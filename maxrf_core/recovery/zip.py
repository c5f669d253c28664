"""Arrays of a broken datastack of maxrf4u, a zip file that may have no table of contents.

Each member of a zip is preceded by its own header with name, size and checksum. A scan from header to header
finds every intact member, in any zarr format.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import product
from typing import Any, cast

import zarr
from zarr.abc.buffer import Buffer
from zarr.buffer import default_buffer_prototype
from zarr.storage import MemoryStore

from maxrf_core import file_signatures
from maxrf_core.atomic.changes import CommittedView, reading
from maxrf_core.atomic.file import PathLike
from maxrf_core.datastack.zarr_members import METADATA, ZarrFormat
from maxrf_core.errors import DatastackError
from maxrf_core.language import Note, _, marked
from maxrf_core.recovery.partial_array import LostPieceError, PartialArray, Place, RecoveredContents

MEMBER = file_signatures.ZIP
DIRECTORY, DESCRIPTOR = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"), b"PK\x07\x08"
HEADER = struct.Struct("<4sHHHHHIIIHH")
IN_DESCRIPTOR, KNOWN_FLAGS = 0x08, 0x080E
STORED, DEFLATED = 0, 8
LARGE = 0xFFFFFFFF  # the size is in the extra field
WINDOW = 1 << 20  # bytes that are searched at once


@dataclass(frozen=True)
class Member:
    """Position and header of one member of a zip file.

    Attributes
    ----------
    key : str
        Its name.
    start, stop : int
        Range of its packed bytes in the file.
    after : int
        Earliest start of the next member.
    method : int
        Compression method.
    checksum : int
        CRC-32 of its unpacked bytes.
    """

    key: str
    start: int
    stop: int
    after: int
    method: int
    checksum: int


@contextmanager
def open_contents(path: PathLike) -> Iterator[RecoveredContents]:
    """Find the arrays and attributes of a broken zip file.

    Raises
    ------
    DatastackError
        If the file holds no member of a zip file.
    """
    with reading(path) as file:
        found = RecoveredMembers(file)
        if not found:
            raise DatastackError(
                _(
                    "Nothing can be saved from {name}: there is neither HDF5 nor any whole member of a "
                    "zip file in it. Use a copy made earlier, or convert the raw scan again."
                ).format(name=file.name)
            )
        yield RecoveredContents(*found.open_arrays(), found.about())
        file.check()


class RecoveredMembers(Mapping[str, Buffer]):
    """The readable members as a zarr store: key → bytes, each read and checked on access.

    Parameters
    ----------
    file : CommittedView
        The broken zip file.

    Attributes
    ----------
    members : dict
        Key → Member, in the order of the file; the later of two with the same name.
    """

    def __init__(self, file: CommittedView) -> None:
        self._file = file
        self.members: dict[str, Member] = {}
        self._doubtful: set[str] = set()  # arrays beside which something is broken
        last, broken = "", False
        for member in find_members(file):
            if member is None:
                broken = True
                self._doubtful.add(last)
                continue
            name, slash, _ = member.key.partition("/")
            last = name if slash else last
            if broken:
                self._doubtful.add(last)
            broken = False
            if self.members.pop(member.key, None):  # a damaged name may equal another one
                self._doubtful.add(last)
            self.members[member.key] = member

    def __getitem__(self, key: str) -> Buffer:
        return default_buffer_prototype().buffer.from_bytes(read(self._file, self.members[key]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def open_arrays(self) -> tuple[list[PartialArray], dict[str, str]]:
        """Return the arrays, and the reasons for those without a readable description."""
        arrays: list[PartialArray] = []
        unreadable: dict[str, str] = {}
        folders = {key.partition("/")[0] for key in self if "/" in key}
        described = [key for key in self if "/" in key and key.endswith(tuple(METADATA.values()))]
        for name in sorted(folders - {key.partition("/")[0] for key in described}):
            unreadable[name] = Note("its description is lost, and without it its values cannot be told")
            self._doubtful |= folders  # its name may be damaged: it may belong to any other
        for key in described:
            name, _slash, ending = key.rpartition("/")
            try:
                if ending == METADATA[2]:
                    arrays.append(self._open(name, 2))
                elif json.loads(self[key].to_bytes())["node_type"] == "array":
                    arrays.append(self._open(name, 3))
            except Exception as error:  # a damaged description may fail in any way
                unreadable[name] = Note(
                    "its description cannot be read ({error:.120})", error=" ".join(str(error).split())
                )
        return arrays, unreadable

    def about(self) -> dict[str, Any]:
        """Return the readable attributes of the file itself."""
        attributes: dict[str, Any] = {}
        for key in (".zattrs", "zarr.json"):
            with suppress(AttributeError, KeyError, ValueError, LostPieceError):
                node = json.loads(self[key].to_bytes())
                found = node.get("attributes") if key == "zarr.json" else node
                attributes |= found if isinstance(found, dict) else {}
        return attributes

    def _open(self, name: str, zarr_format: ZarrFormat) -> PartialArray:
        all_attributes = self._drop_damaged_attributes(name)
        store = MemoryStore(cast(Any, self), read_only=True)
        array = zarr.open_array(store, path=name, mode="r", zarr_format=zarr_format)
        chunks = array.shards or array.chunks
        keys = {
            corner: f"{name}/{array.metadata.encode_chunk_key(corner)}"
            for corner in product(*map(range, _counts(array.shape, chunks)))
        }
        known = {*keys.values(), *(f"{name}/{ending}" for ending in (*METADATA.values(), ".zattrs"))}
        own = {key for key in self if key.startswith(name + "/")}
        is_doubtful, is_stored = name in self._doubtful or not own <= known, not own.isdisjoint(keys.values())

        def values(place: Place) -> Any:
            corner = tuple(part.start // size for part, size in zip(place, chunks, strict=True))
            if keys[corner] not in self.members:
                # zarr leaves out chunks of nothing but zeros; next to damage they may as well be lost
                if is_doubtful:
                    raise LostPieceError(marked("missing"))
                if not is_stored:
                    raise LostPieceError(marked("no values were stored"))
            return array[place]

        return PartialArray(name, array.shape, array.dtype, chunks, values, dict(array.attrs), all_attributes)

    def _drop_damaged_attributes(self, name: str) -> bool:
        key = name + "/.zattrs"
        try:
            return key not in self.members or bool(self[key])
        except LostPieceError:
            del self.members[key]
            return False


def _counts(shape: tuple[int, ...], chunks: tuple[int, ...]) -> list[int]:
    return [-(-length // size) for length, size in zip(shape, chunks, strict=True)]


def find_members(file: CommittedView) -> Iterator[Member | None]:
    """Yield the members of a zip file from header to header; None marks a broken place."""
    offset, length = 0, file.generation[1]
    directory = False
    while offset < length:
        member = _member_at(file, offset)
        if member is not None and _is_plausible(file, member):
            yield member
            offset, directory = member.after, False
            continue
        if not directory:
            directory = file.unchecked(offset, 4) in DIRECTORY
            if not directory:
                yield None
        offset = _search(file, MEMBER, offset + 1)
    if not directory:
        yield None


def read(file: CommittedView, member: Member) -> bytes:
    """Read and unpack one member.

    Raises
    ------
    LostPieceError
        If it is damaged.
    """
    data = b"".join(_parts(file, member))
    try:
        data = zlib.decompress(data, wbits=-zlib.MAX_WBITS) if member.method == DEFLATED else data
    except zlib.error:
        raise LostPieceError(marked("damaged")) from None
    if zlib.crc32(data) != member.checksum:
        raise LostPieceError(marked("damaged"))
    return data


def _parts(file: CommittedView, member: Member) -> Iterator[bytes | bytearray]:
    for start in range(member.start, member.stop, WINDOW):
        yield file.unchecked(start, min(WINDOW, member.stop - start))


def _member_at(file: CommittedView, offset: int) -> Member | None:
    """Read the header at an offset; None if there is none, or none that zarr would write."""
    header = file.unchecked(offset, HEADER.size)
    if len(header) < HEADER.size or header[:4] != MEMBER:
        return None
    _, version, flags, method, _, _, checksum, packed, size, name_length, extra_length = HEADER.unpack(header)
    if version > 99 or flags & ~KNOWN_FLAGS or method not in (STORED, DEFLATED):
        return None
    start = offset + HEADER.size + name_length + extra_length
    rest = bytes(file.unchecked(offset + HEADER.size, name_length + extra_length))
    try:
        key = rest[:name_length].decode()
    except UnicodeDecodeError:
        return None
    if flags & IN_DESCRIPTOR:
        return _up_to_descriptor(file, key, start, method)
    if LARGE in (packed, size):
        size, packed = _large_sizes(rest[name_length:])
    if method == STORED and packed != size:  # the header was not completed after writing
        return None
    return Member(key, start, start + packed, start + packed, method, checksum)


def _large_sizes(extra: bytes) -> tuple[int, int]:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1 and length >= 16 and len(extra) >= 20:
            return cast(tuple[int, int], struct.unpack_from("<QQ", extra, 4))
        extra = extra[4 + length :]
    return 0, LARGE


def _up_to_descriptor(file: CommittedView, key: str, start: int, method: int) -> Member | None:
    """Return a member whose size and checksum follow its data."""
    length, place = file.generation[1], _search(file, DESCRIPTOR, start)
    while place < length:
        for form in ("<4sIII", "<4sIQQ"):
            found = file.unchecked(place, struct.calcsize(form))
            if len(found) == struct.calcsize(form):
                _, checksum, packed, _ = struct.unpack(form, found)
                if packed == place - start:
                    return Member(key, start, place, place + len(found), method, checksum)
        place = _search(file, DESCRIPTOR, place + 1)
    return None


def _is_plausible(file: CommittedView, member: Member) -> bool:
    """Return True if another header follows the member, or its checksum is right.

    So large members are read only once, later. If no header follows, it may be the last member, or its size
    may be wrong.
    """
    if member.after > file.generation[1]:
        return False
    return file.unchecked(member.after, 4) in (MEMBER, *DIRECTORY) or _is_whole(file, member)


def _is_whole(file: CommittedView, member: Member) -> bool:
    unpacking, checksum = zlib.decompressobj(-zlib.MAX_WBITS), 0
    try:
        for part in _parts(file, member):
            checksum = zlib.crc32(unpacking.decompress(part) if member.method == DEFLATED else part, checksum)
    except zlib.error:
        return False
    return checksum == member.checksum


def _search(file: CommittedView, mark: bytes, start: int) -> int:
    """Return the next position of four bytes; the end of the file if there is none."""
    length = file.generation[1]
    while start < length:
        window = file.unchecked(start, WINDOW)
        place = window.find(mark)
        if place >= 0:
            return start + place
        start += max(1, len(window) - len(mark) + 1)
    return length
