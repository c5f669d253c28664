"""Check of an uploaded zip file: only a zarr store of plain numbers and texts, no zip bomb."""

import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numcodecs
import numpy as np

from maxrf_core import file_signatures
from maxrf_core.errors import DatastackError, MaxrfError, refusal
from maxrf_core.language import _
from maxrf_core.names import CUBE
from maxrf_core.untrusted.limits import (
    MAX_CHUNK_BYTES,
    MAX_MEMBERS,
    MAX_METADATA_BYTES,
    MAX_RATIO,
    check_array,
)

MAX_KEY_LENGTH = 300
METADATA = (".zarray", ".zattrs", ".zgroup", ".zmetadata", "zarr.json")
COMPRESSORS = ("blosc", "zstd")  # what maxrf4u writes; both say first how large they become
TEXT_V3 = "fixed_length_utf32"
NUMBERS_V3 = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip
BLOSC_HEADER = struct.Struct("<4B3I")


def check_zip(path: Path) -> None:
    """Check an uploaded zip file, then unpack it: of a cube the first and the last piece, otherwise all.

    Raises
    ------
    DatastackError
        If it holds something that is refused, or is damaged.
    """
    try:
        with zipfile.ZipFile(path) as opened, open(path, "rb") as file:
            members = {info.filename: info for info in opened.infolist()}
            _check_members(opened.infolist(), path)
            described = {
                key: _metadata(file, info, path.name)
                for key, info in members.items()
                if key.rpartition("/")[2] in METADATA
            }
            for key, description in described.items():
                array = _described(key, description, path.name)
                if array is not None:
                    array.check(file, members)
    except zipfile.BadZipFile as error:
        raise DatastackError(
            _(
                "{name} is damaged: its table of contents is missing, as when a program is interrupted "
                "while writing. `python -m maxrf_core rescue` brings what is still in it into a new "
                "file."
            ).format(name=path.name)
        ) from error
    except MaxrfError:
        raise
    except MemoryError:
        raise refusal(path.name, _("reading it would fill the memory")) from None
    except Exception as error:  # a zip file can be wrong in nearly any way
        raise DatastackError(
            _("{name} is damaged; use a copy made earlier.").format(name=path.name)
        ) from error


def _check_members(infos: list[zipfile.ZipInfo], path: Path) -> None:
    """Check the table of contents."""
    if len(infos) > MAX_MEMBERS:
        raise refusal(
            path.name, _("it holds more than {max_members:,} pieces").format(max_members=MAX_MEMBERS)
        )
    size = os.path.getsize(path)
    if sum(info.compress_size for info in infos) > size:
        raise refusal(path.name, _("its pieces lie over each other"))
    for info in infos:
        key = info.filename
        if not _is_inside(info):
            raise refusal(
                path.name, _("its piece {key!r} has a name that leads out of the file").format(key=key[:60])
            )
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refusal(
                path.name,
                _("its piece {key!r} is packed in a way that zarr never writes").format(key=key[:60]),
            )
        most = info.compress_size * (MAX_RATIO if info.compress_type == zipfile.ZIP_DEFLATED else 1)
        if info.file_size > max(most, 100) or info.file_size > MAX_CHUNK_BYTES:
            raise refusal(
                path.name,
                _("its piece {key!r} unpacks to {file_size:,} bytes").format(
                    key=key[:60], file_size=info.file_size
                ),
            )
        if info.header_offset + info.compress_size > size:
            raise refusal(path.name, _("its piece {key!r} lies outside the file").format(key=key[:60]))


def _is_inside(info: zipfile.ZipInfo) -> bool:
    key = info.orig_filename  # zipfile itself cuts the name at a zero
    parts = key.rstrip("/").split("/")
    linked = stat.S_ISLNK(info.external_attr >> 16)
    plain = len(key) <= MAX_KEY_LENGTH and key.isprintable() and "\\" not in key and ":" not in key
    return plain and not linked and not any(part in ("", ".", "..") for part in parts)


def _unpacked(file: BinaryIO, info: zipfile.ZipInfo, max_bytes: int, name: str) -> bytes:
    """Read at most `max_bytes` of one piece, whatever its header declares."""
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(file_signatures.ZIP):
        raise DatastackError(
            _("{name} is damaged: its piece {filename!r} is not where it should be.").format(
                name=name, filename=info.filename[:60]
            )
        )
    file.seek(sum(struct.unpack("<HH", header[26:])), os.SEEK_CUR)
    if info.compress_type == zipfile.ZIP_STORED:
        return file.read(min(info.compress_size, max_bytes))
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(file.read(info.compress_size), max_bytes)


def _metadata(file: BinaryIO, info: zipfile.ZipInfo, name: str) -> Mapping[str, Any]:
    if info.file_size > MAX_METADATA_BYTES:
        raise refusal(
            name, _("the description {filename!r} in it is too large").format(filename=info.filename[:60])
        )
    try:
        content = json.loads(_unpacked(file, info, MAX_METADATA_BYTES, name))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise DatastackError(
            _("{name} is damaged: the description {filename!r} makes no sense.").format(
                name=name, filename=info.filename[:60]
            )
        )
    return content


class _Array:
    """Description of an array, checked before zarr opens it."""

    def __init__(self, key: str, file: str, shape: Any, chunks: Any, itemsize: int, compressor: Any) -> None:
        self.name, self.file, self.itemsize = key.rpartition("/")[0], file, itemsize
        self.compressor: dict[str, Any] | None = compressor
        for lengths in (shape, chunks):
            if not isinstance(lengths, list) or any(
                type(number) is not int or number < 0 for number in lengths
            ):
                raise refusal(
                    file, _("the shape of its array {name!r} makes no sense").format(name=self.name[:60])
                )
        self.shape, self.chunks = list(shape), list(chunks)
        if compressor is not None and compressor.get("id") not in COMPRESSORS:
            raise refusal(
                file,
                _("its array {name!r} is packed with {packing!r}; only {listed} are taken").format(
                    name=self.name[:60],
                    packing=str(compressor.get("id"))[:60],
                    listed=" and ".join(COMPRESSORS),
                ),
            )

    def check(self, file: BinaryIO, members: Mapping[str, zipfile.ZipInfo]) -> None:
        """Check its size and its chunks, and unpack them; of a cube only the first and the last."""
        own = [
            info
            for key, info in members.items()
            if key.startswith(self.name + "/") and key.rpartition("/")[2] not in METADATA
        ]
        stored = sum(info.compress_size for info in own)
        check_array(self.file, self.name[:100], self.shape, self.itemsize, stored, self.chunks)
        size = int(np.prod(self.chunks, dtype=object)) * self.itemsize
        for info in own:
            told = self._declared_size(_unpacked(file, info, 32, self.file), info)
            if told != size:
                raise refusal(
                    self.file,
                    _("a piece of its array {name!r} would be {told:,} bytes, and not {size:,}").format(
                        name=self.name[:60], told=told, size=size
                    ),
                )
        is_cube = self.name.rstrip("_") == CUBE
        for info in own[:: max(1, len(own) - 1)][:2] if is_cube else own:
            content = _unpacked(file, info, MAX_CHUNK_BYTES, self.file)
            if self.compressor is not None:
                self._unpack(content)

    def _declared_size(self, start: bytes, info: zipfile.ZipInfo) -> int:
        """Return the unpacked size that a chunk declares; -1 if it is not valid."""
        if self.compressor is None:
            return info.file_size
        if self.compressor["id"] == "blosc":
            if len(start) < BLOSC_HEADER.size:
                return -1
            *_, size, _, packed = BLOSC_HEADER.unpack_from(start)
            return size if packed == info.file_size else -1
        return _zstd_size(start)

    def _unpack(self, content: bytes) -> None:
        assert self.compressor is not None
        try:
            numcodecs.get_codec({"id": self.compressor["id"]}).decode(content)
        except Exception as error:
            raise DatastackError(
                _("{file} is damaged: a piece of {name} cannot be unpacked; use a copy made earlier.").format(
                    file=self.file, name=self.name[:60]
                )
            ) from error


def _zstd_size(start: bytes) -> int:
    """Read the size from the header of a zstd frame (RFC 8878, 3.1.1); -1 if it has none."""
    if not start.startswith(b"\x28\xb5\x2f\xfd") or len(start) < 6:
        return -1
    flags = start[4]
    single, kind, dictionary = flags >> 5 & 1, flags >> 6, (0, 1, 2, 4)[flags & 3]
    length = (single, 2, 4, 8)[kind]
    if not length:
        return -1
    place = 5 + (not single) + dictionary
    return int.from_bytes(start[place : place + length], "little") + (256 if length == 2 else 0)


def _described(key: str, description: Mapping[str, Any], file: str) -> _Array | None:
    """Parse a description; None if it is not that of an array."""
    if key.endswith(".zarray"):
        return _of_format_2(key, description, file)
    if key.endswith("zarr.json") and description.get("node_type") != "group":
        return _of_format_3(key, description, file)
    return None


def _of_format_2(key: str, description: Mapping[str, Any], file: str) -> _Array:
    if description.get("filters"):
        raise refusal(
            file, _("its array {key!r} goes through filters that are not taken").format(key=key[:60])
        )
    told = description.get("dtype")
    dtype = _dtype(told) if isinstance(told, str) else None
    if dtype is None:
        raise refusal(file, _("its array {key!r} holds neither numbers nor texts").format(key=key[:60]))
    compressor = description.get("compressor")
    if compressor is not None and not isinstance(compressor, dict):
        compressor = {"id": compressor}
    return _Array(key, file, description.get("shape"), description.get("chunks"), dtype.itemsize, compressor)


def _dtype(text: str) -> np.dtype | None:
    try:
        dtype = np.dtype(text)
    except (TypeError, ValueError, SyntaxError):
        return None
    return dtype if dtype.kind in "biufcUS" and dtype.itemsize <= MAX_METADATA_BYTES else None


def _of_format_3(key: str, description: Mapping[str, Any], file: str) -> _Array:
    told = description.get("data_type")
    if isinstance(told, str) and told in NUMBERS_V3:
        itemsize = np.dtype(told).itemsize
    elif isinstance(told, dict) and told.get("name") == TEXT_V3:
        itemsize = int(told["configuration"]["length_bytes"])
    else:
        raise refusal(file, _("its array {key!r} holds neither numbers nor texts").format(key=key[:60]))
    codecs = description.get("codecs")
    if not isinstance(codecs, list) or description.get("storage_transformers"):
        raise refusal(file, _("its array {key!r} is stored in a way that is not taken").format(key=key[:60]))
    named = [codec if isinstance(codec, dict) else {"name": codec} for codec in codecs]
    packing = [codec for codec in named if codec.get("name") not in ("bytes", "transpose")]
    if len(packing) > 1:
        raise refusal(file, _("its array {key!r} is packed more than once").format(key=key[:60]))
    compressor = {"id": packing[0].get("name")} if packing else None
    grid = description.get("chunk_grid")
    if not isinstance(grid, dict) or grid.get("name") != "regular":
        raise refusal(file, _("its array {key!r} is not cut into regular chunks").format(key=key[:60]))
    return _Array(
        key, file, description.get("shape"), grid["configuration"].get("chunk_shape"), itemsize, compressor
    )
