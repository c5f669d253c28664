"""Members of a maxrf4u datastack: the entries of the zip file, by zarr array."""

import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import zarr
from zarr.abc.buffer import Buffer
from zarr.buffer import default_buffer_prototype
from zarr.storage import MemoryStore

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.journal import Generation
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.language import _
from maxrf_core.names import listed_name
from maxrf_core.other_formats import advice_of

ZarrFormat = Literal[2, 3]
METADATA: dict[ZarrFormat, str] = {2: ".zarray", 3: "zarr.json"}

_Known = tuple[Generation, dict[str, zipfile.ZipInfo]]  # a state of the file and its members


@dataclass(frozen=True)
class Place:
    """Position of an array in the zip file: its folder and its zarr format."""

    folder: str
    format: ZarrFormat


class Layout:
    """Arrays of a zip file, in either zarr format, and the members of each.

    Parameters
    ----------
    keys : iterable of str
        Names of all members, in the order in which they were written.
    read : callable
        Returns the bytes of a member.

    Attributes
    ----------
    places : dict of str to Place
        Place of each array by its listed name. That is the name of its folder, unless an array of the other
        format has it; then the later one is listed as the newer version.
    format : 2 or 3
        Format of appended arrays: that of the first array.
    """

    def __init__(self, keys: Iterable[str], read: Callable[[str], bytes]) -> None:
        self.keys = list(keys)
        self.places: dict[str, Place] = {}
        for key in self.keys:
            place = _described(key, read)
            if place is not None:
                self.places[listed_name(place.folder, self.places)] = place
        old = any(key.endswith((".zgroup", METADATA[2])) for key in self.keys)
        self.format: ZarrFormat = 2 if old else 3
        self._names = {place: name for name, place in self.places.items()}

    def owner(self, key: str) -> tuple[str, str] | None:
        """Return the listed name of the array of a member, and the rest of the member's name.

        Returns
        -------
        (str, str) or None
            None if the member belongs to no array.
        """
        folder = key
        while (cut := folder.rfind("/")) >= 0:
            folder, rest = key[:cut], key[cut + 1 :]
            found = {n: self._names[place] for n in METADATA if (place := Place(folder, n)) in self._names}
            if len(found) == 2:
                return found[3 if rest in ("zarr.json", "c") or rest.startswith("c/") else 2], rest
            if found:
                return next(iter(found.values())), rest
        return None


def _described(key: str, read: Callable[[str], bytes]) -> Place | None:
    """Return the place of the array that a metadata member describes; None for other members."""
    folder, _, ending = key.rpartition("/")
    if not folder or ending not in METADATA.values():
        return None
    if ending == METADATA[2]:
        return Place(folder, 2)
    try:
        node = json.loads(read(key))
    except ValueError:
        node = None  # reading the array gives the reason
    return None if isinstance(node, dict) and node.get("node_type") == "group" else Place(folder, 3)


class Members(Mapping[str, Buffer]):
    """Members of a zip file as a mapping for zarr: key → bytes, listed once; the file is not kept open.

    Parameters
    ----------
    path : str or Path
        The zip file.

    Attributes
    ----------
    layout : Layout
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._known = atomic.consistent(self._path, self._look)
        self.layout = Layout(self, lambda key: self[key].to_bytes())

    def _look(self, view: atomic.CommittedView) -> _Known:
        with open_zip(self._path, view, "r") as file:
            infos = {info.filename: info for info in file.infolist()}
        if not any(key.endswith((".zgroup", *METADATA.values())) for key in infos):
            raise DatastackError(
                advice_of(self._path.name)
                or _("{name} is a zip file but not a datastack; choose another file.").format(
                    name=self._path.name
                )
            )
        return view.generation, infos

    def __getitem__(self, key: str) -> Buffer:
        data = atomic.consistent(self._path, lambda view: self._read(view, key))
        return default_buffer_prototype().buffer.from_bytes(data)

    def _read(self, view: atomic.CommittedView, key: str) -> bytes:
        """Read one member. Appending does not move members; if one has moved, the file was replaced."""
        generation, infos = self._known
        if generation != view.generation:
            now = self._look(view)
            if any(key not in now[1] or _place(info) != _place(now[1][key]) for key, info in infos.items()):
                raise DatastackError(
                    _("{name} was written anew since this array was opened; open it again.").format(
                        name=self._path.name
                    )
                )
            self._known = now
        info = infos[key]
        view.seek(info.header_offset)
        header = view.read(30)  # ends with the lengths of name and extra field
        view.seek(sum(struct.unpack("<HH", header[26:])), os.SEEK_CUR)
        data = view.read(info.compress_size)
        if info.compress_type == zipfile.ZIP_DEFLATED:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, info.file_size or 1)
        elif info.compress_type != zipfile.ZIP_STORED:
            raise DatastackError(
                _("{name}: {key} is packed in a way that zarr never writes.").format(
                    name=self._path.name, key=key
                )
            )
        if zlib.crc32(data) != info.CRC:
            raise DatastackError(
                _("{name} is damaged: the checksum of {key} is wrong.").format(name=self._path.name, key=key)
            )
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._known[1])

    def __len__(self) -> int:
        return len(self._known[1])

    def arrays(self) -> dict[str, zarr.Array]:
        """Open all arrays, by name."""
        return {name: self.open(name) for name in sorted(self.layout.places)}

    @cached_property
    def stored_bytes(self) -> dict[str, int]:
        """The sum of the packed sizes of each array's chunks."""
        sizes = dict.fromkeys(self.layout.places, 0)
        for key, info in self._known[1].items():
            owner = self.layout.owner(key)
            if owner is not None and not key.endswith((".zattrs", *METADATA.values())):
                sizes[owner[0]] += info.compress_size
        return sizes

    def about(self) -> dict[str, Any]:
        """Read the attributes of the file itself."""
        found: dict[str, Any] = {}
        for key in (".zattrs", "zarr.json"):
            node = json.loads(self[key].to_bytes()) if key in self else {}
            attributes = node.get("attributes") if key == "zarr.json" else node
            found |= attributes if isinstance(attributes, dict) else {}
        return found

    def open(self, name: str) -> zarr.Array:
        """Open an array; only its metadata is read."""
        store = MemoryStore(cast(MutableMapping[str, Buffer], self), read_only=True)
        place = self.layout.places[name]
        try:
            return zarr.open_array(store, path=place.folder, mode="r", zarr_format=place.format)
        except (MaxrfError, MemoryError):
            raise
        except Exception as error:  # zarr raises many types for invalid metadata
            raise DatastackError(
                _("{name}: the array {array} cannot be read ({error}).").format(
                    name=self._path.name, array=name, error=error
                )
            ) from error


def _place(info: zipfile.ZipInfo) -> tuple[int, int]:
    return info.header_offset, info.CRC


def open_zip(path: Path, file: Any, mode: str) -> zipfile.ZipFile:
    """Open a zip file.

    Raises
    ------
    DatastackError
        If it has no table of contents.
    """
    try:
        return zipfile.ZipFile(file, mode)  # type: ignore[call-overload]
    except zipfile.BadZipFile as error:
        raise DatastackError(
            _(
                "{name} is damaged: its table of contents is missing, as when a program is interrupted "
                "while writing. `python -m maxrf_core rescue` brings the arrays that are left into a "
                "new file."
            ).format(name=path.name)
        ) from error
