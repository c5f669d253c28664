"""How are datastacks read and extended that maxrf4u wrote (a zarr store inside a zip file)?"""

import os
import struct
import sys
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import numcodecs
import numpy as np
import zarr
from zarr.abc.buffer import Buffer
from zarr.buffer import default_buffer_prototype
from zarr.storage import MemoryStore

from maxrf_core import atomic
from maxrf_core.chunks import Number
from maxrf_core.cube import Cube, Read
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.journal import Generation
from maxrf_core.naming import CUBE, Attributes, Entry, next_free, readable

T = TypeVar("T")
ZarrFormat = Literal[2, 3]
_Known = tuple[Generation, dict[str, zipfile.ZipInfo]]  # a state of the file and its members
METADATA: dict[ZarrFormat, str] = {2: ".zarray", 3: "zarr.json"}

# What maxrf4u's format-2 versions write themselves, so that they can read what is appended here.
V2_COMPRESSOR = numcodecs.Blosc(cname="lz4", clevel=5, shuffle=numcodecs.Blosc.SHUFFLE)


class ZarrStore:
    """The arrays of a datastack written by maxrf4u, zarr format 2 or 3.

    Parameters
    ----------
    path : path_like
        The file. What is appended gets the zarr format that the file has: two formats in one file would
        make every older array unreadable.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def entries(self) -> list[Entry]:
        """List what the file holds, by name.

        Raises
        ------
        DatastackError
            Where the zip's table of contents is missing, or it is a zip of something else.
        """
        return self._look(
            lambda members: [
                Entry(name, array.shape, _shown_dtype(array), members.stored_bytes(name))
                for name, array in members.arrays().items()
            ]
        )

    def read(self, name: str) -> np.ndarray:
        """Read the array of exactly this name, whole."""
        return self._look(lambda members: _sound(np.asarray(members.open(name)[...])))

    def attributes(self, name: str) -> dict[str, Any]:
        """Read the attributes of an array."""
        return self._look(lambda members: readable(dict(members.open(name).attrs)))

    def _look(self, read: Callable[["Members"], T]) -> T:
        def look(_: atomic.CommittedView) -> T:
            with _understood(self.path):
                return read(Members(self.path))

        return atomic.consistent(self.path, look)

    def cube(self, name: str) -> Cube:
        """Give access to a three-dimensional array, chunk by chunk."""
        return ZarrCube(self.path, name)

    def append(
        self, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Attributes]
    ) -> dict[str, str]:
        """Add arrays, all or none, in the file's own zarr format; an existing name gets an underscore.

        Returns
        -------
        dict
            For each name the name under which the array is stored.
        """
        stored = {}
        with atomic.changing(self.path) as change, _opened(self.path, change, "a") as target:
            taken = {key.partition("/")[0] for key in target.namelist()}
            zarr_format = _format_of(target.namelist())
            for name, array in arrays.items():
                stored[name] = next_free(name, taken)
                taken.add(stored[name])
                for key, data in _encoded(stored[name], array, attributes.get(name, {}), zarr_format):
                    target.writestr(key, data)
        return stored

    def repack(self, keep: Mapping[str, str]) -> None:
        """Rewrite the file with only the arrays `keep` (stored name → new name), in place of the old one."""
        with (
            atomic.writer_lock(self.path),
            atomic.replacing(self.path) as temporary,
            zipfile.ZipFile(self.path) as old,
            zipfile.ZipFile(temporary, "w") as new,
        ):
            for info in old.infolist():
                name, slash, key = info.filename.partition("/")
                if not slash:  # the root's own metadata
                    new.writestr(info, old.read(info))
                elif name in keep:
                    new.writestr(f"{keep[name]}/{key}", old.read(info), info.compress_type)


class ZarrCube(Cube):
    """The cube of a datastack written by maxrf4u; travels to other processes as a path and a name.

    Parameters
    ----------
    path : path_like
        The datastack.
    name : str
        The array, usually ``maxrf_cube``.
    """

    def __init__(self, path: str | Path, name: str = CUBE) -> None:
        self.path, self.name = Path(path), name
        super().__init__(Members(self.path).open(name))

    def __reduce__(self) -> tuple:
        """Give what another process needs to open the cube anew."""
        return ZarrCube, (self.path, self.name)

    def _reading(self, numbers: Sequence[Number], work: Callable[[Read], T]) -> T:
        with _understood(self.path):
            return super()._reading(numbers, work)


class Members(Mapping[str, Buffer]):
    """The members of a zip file as zarr wants them: key → bytes, found once, read without keeping it open.

    Parameters
    ----------
    path : path_like
        The zip file.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._known = atomic.consistent(self._path, self._look)
        self._format = _format_of(self)

    def _look(self, view: atomic.CommittedView) -> "_Known":
        with _opened(self._path, view, "r") as opened:
            infos = {info.filename: info for info in opened.infolist()}
        if not any(key.endswith((".zgroup", *METADATA.values())) for key in infos):
            raise DatastackError(f"{self._path.name} is a zip file but not a datastack; choose another file.")
        return view.generation, infos

    def __getitem__(self, key: str) -> Buffer:
        data = atomic.consistent(self._path, lambda view: self._read(view, key))
        return default_buffer_prototype().buffer.from_bytes(data)

    def _read(self, view: atomic.CommittedView, key: str) -> bytes:
        """Read one member. Appending leaves it where it was; where it is not, the file is another one."""
        generation, infos = self._known
        if generation != view.generation:
            now = self._look(view)
            if any(key not in now[1] or _place(info) != _place(now[1][key]) for key, info in infos.items()):
                raise DatastackError(
                    f"{self._path.name} was written anew since this array was opened; open it again."
                )
            self._known = now
        info = infos[key]
        view.seek(info.header_offset)
        header = view.read(30)  # its last two numbers tell how long name and extra field are
        view.seek(sum(struct.unpack("<HH", header[26:])), os.SEEK_CUR)
        data = view.read(info.compress_size)
        if info.compress_type == zipfile.ZIP_DEFLATED:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, info.file_size or 1)
        elif info.compress_type != zipfile.ZIP_STORED:
            raise DatastackError(f"{self._path.name}: {key} is packed in a way that zarr never writes.")
        if zlib.crc32(data) != info.CRC:
            raise DatastackError(f"{self._path.name} is damaged: the checksum of {key} is wrong.")
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._known[1])

    def __len__(self) -> int:
        return len(self._known[1])

    def arrays(self) -> dict[str, zarr.Array]:
        """Open all arrays, by name."""
        ending = "/" + METADATA[self._format]
        return {
            name: self.open(name)
            for name in sorted(key.removesuffix(ending) for key in self if key.endswith(ending))
        }

    def stored_bytes(self, name: str) -> int:
        """Sum the packed sizes of an array's chunks."""
        return sum(
            info.compress_size
            for key, info in self._known[1].items()
            if key.startswith(name + "/") and not key.endswith((".zarray", ".zattrs", "zarr.json"))
        )

    def open(self, name: str) -> zarr.Array:
        """Open an array; nothing but its description is read."""
        store = MemoryStore(cast(MutableMapping[str, Buffer], self), read_only=True)
        try:
            return zarr.open_array(store, path=name, mode="r", zarr_format=self._format)
        except (MaxrfError, MemoryError):
            raise
        except Exception as error:  # zarr raises nearly anything on descriptions that make no sense
            raise DatastackError(f"{self._path.name}: the array {name} cannot be read ({error}).") from error


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Say in a sentence that zarr can make nothing of what it has been given."""
    try:
        yield
    except (MaxrfError, OSError, MemoryError):
        raise
    except Exception as error:  # each of its codecs raises something else
        raise DatastackError(
            f"{path.name} is damaged: zarr cannot read it ({error!s:.200}); use a copy made earlier."
        ) from error


def _place(info: zipfile.ZipInfo) -> tuple[int, int]:
    return info.header_offset, info.CRC


def _sound(array: np.ndarray) -> np.ndarray:
    """Raise ValueError for texts that are none: signs beyond the last that there is, or halves of one."""
    if array.dtype.kind == "U" and array.size:
        codes = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="))).view(np.uint32)
        if ((codes > sys.maxunicode) | ((codes >= 0xD800) & (codes < 0xE000))).any():
            raise ValueError("its texts hold signs that there are not")
    return array


def _shown_dtype(array: zarr.Array) -> str:
    return "text" if array.dtype.kind in "UT" else str(array.dtype)


def _opened(path: Path, file: Any, mode: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file, mode)  # type: ignore[call-overload]
    except zipfile.BadZipFile as error:
        raise DatastackError(
            f"{path.name} is damaged: its table of contents is missing, as when a program is interrupted "
            "while writing. `python -m maxrf_core rescue` brings the arrays that are left into a new file."
        ) from error


def _format_of(keys: Iterable[str]) -> ZarrFormat:
    """Tell the zarr format of a file from its members' names; what came first decides where there are two."""
    return 2 if any(key.endswith((".zgroup", ".zarray")) for key in keys) else 3


def _encoded(
    name: str, array: np.ndarray, attributes: Attributes, zarr_format: ZarrFormat
) -> Iterator[tuple[str, bytes]]:
    """Encode an array with zarr; give the members that a zip needs for it."""
    members: dict[str, Buffer] = {}
    compressor = {"compressors": V2_COMPRESSOR} if zarr_format == 2 else {}
    with warnings.catch_warnings():
        # Format 3 has no settled name for texts of fixed length, yet maxrf4u uses them
        warnings.simplefilter("ignore")
        zarr.create_array(
            MemoryStore(members),
            name=name,
            data=array,
            attributes=dict(attributes),
            zarr_format=zarr_format,
            config={"write_empty_chunks": True},  # so that what has no chunks is known to have failed
            **compressor,
        )
    for key, data in members.items():
        if key.startswith(name + "/"):
            yield key, data.to_bytes()
