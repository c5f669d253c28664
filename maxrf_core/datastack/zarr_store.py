"""Datastacks of maxrf4u (a zarr store in a zip file): reading and appending."""

import os
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numcodecs
import numpy as np
import zarr
from zarr.abc.buffer import Buffer
from zarr.storage import MemoryStore

from maxrf_core.atomic import changes as atomic
from maxrf_core.cube.chunk_grid import Number
from maxrf_core.cube.chunk_visits import Read
from maxrf_core.cube.cube import Cube
from maxrf_core.datastack.cube_packing import Packing
from maxrf_core.datastack.zarr_members import Layout, Members, ZarrFormat, open_zip
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.language import _
from maxrf_core.names import CUBE, Attributes, Choose, Entry, next_names, readable
from maxrf_core.progress import Progress

T = TypeVar("T")

# As in maxrf4u's format-2 versions, so that they can read appended arrays
V2_COMPRESSOR = numcodecs.Blosc(cname="lz4", clevel=5, shuffle=numcodecs.Blosc.SHUFFLE)


class ZarrStore:
    """The arrays of a datastack written by maxrf4u, zarr format 2 or 3, or both.

    Parameters
    ----------
    path : path_like
        The file. Arrays are appended in the zarr format of its first array, since maxrf4u reads only one of
        two formats in a file.
    """

    written_by_maxrf4u = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def entries(self) -> list[Entry]:
        """List the arrays of the file, by name.

        Raises
        ------
        DatastackError
            If the zip's table of contents is missing, or the zip is not a datastack.
        """
        return self._look(
            lambda members: [
                Entry(name, array.shape, _shown_dtype(array), members.stored_bytes[name])
                for name, array in members.arrays().items()
            ]
        )

    def read(self, name: str) -> np.ndarray:
        """Read the complete array of exactly this name."""
        return self._look(lambda members: _checked_text(np.asarray(members.open(name)[...])))

    def about(self) -> dict[str, Any]:
        """Read the attributes of the file itself."""
        return self._look(lambda members: readable(members.about()))

    def note(self, about: Attributes) -> None:
        """Raise DatastackError: such a file cannot store attributes of the scan."""
        raise DatastackError(
            _(
                "{name} is a datastack of maxrf4u, which cannot hold facts about the scan, such as its tube; "
                "convert it, and add them then."
            ).format(name=self.path.name)
        )

    def attributes(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read the attributes of some arrays."""
        return self._look(lambda members: {name: readable(dict(members.open(name).attrs)) for name in names})

    def _look(self, read: Callable[["Members"], T]) -> T:
        def look(_: atomic.CommittedView) -> T:
            with _zarr_errors(self.path):
                return read(Members(self.path))

        return atomic.consistent(self.path, look)

    def cube(self, name: str) -> Cube:
        """Return access to a three-dimensional array, chunk by chunk."""
        return ZarrCube(self.path, name)

    def binned(self, name: str) -> None:
        """Return None: maxrf4u writes no binned counts."""

    def append(
        self, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Attributes]
    ) -> dict[str, str]:
        """Add arrays as `Hdf5Store.append` does, in the file's own zarr format."""
        with atomic.changing(self.path) as change, open_zip(self.path, change, "a") as target:
            with _zarr_errors(self.path):  # its table of contents may contradict its members
                layout = Layout(target.namelist(), target.read)
            stored = next_names(arrays, {*layout.places, *(key.partition("/")[0] for key in layout.keys)})
            for name, array in arrays.items():
                for key, data in _encoded(stored[name], array, attributes.get(name, {}), layout.format):
                    target.writestr(key, data)
        return stored

    def repack(
        self, choose: Choose, packing: Packing | None = None, progress: Progress | None = None
    ) -> None:
        """Rewrite the file as `Hdf5Store.repack` does; members that belong to no array are kept unchanged.

        Raises
        ------
        DatastackError
            If the cube is to be packed anew: it stays as maxrf4u wrote it.
        """
        if packing is not None:
            raise DatastackError(
                _("{name} was written by maxrf4u and cannot be packed anew; convert it first.").format(
                    name=self.path.name
                )
            )
        with (
            atomic.rewriting(self.path) as state,
            _zarr_errors(self.path),
            atomic.replacing(self.path, state=state) as temporary,
            zipfile.ZipFile(self.path) as old,
            zipfile.ZipFile(temporary, "w") as new,
        ):
            layout = Layout(old.namelist(), old.read)
            keep = choose(sorted(layout.places))
            for info in {info.filename: info for info in old.infolist()}.values():
                owner = layout.owner(info.filename)
                if owner is None:
                    new.writestr(info, old.read(info))
                elif owner[0] in keep:
                    new.writestr(f"{keep[owner[0]]}/{owner[1]}", old.read(info), info.compress_type)

    def seconds_to_pack(self) -> None:
        """Return None: the cube cannot be packed anew."""


class ZarrCube(Cube):
    """Cube of a datastack written by maxrf4u; pickled as a path and a name.

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
        """Return path and name, with which another process opens the cube."""
        return ZarrCube, (self.path, self.name)

    def _reading(self, numbers: Sequence[Number], work: Callable[[Read], T]) -> T:
        with _zarr_errors(self.path):
            return super()._reading(numbers, work)


@contextmanager
def _zarr_errors(path: Path) -> Iterator[None]:
    """Replace errors of zarr by a DatastackError."""
    try:
        yield
    except (MaxrfError, OSError, MemoryError):
        raise
    except Exception as error:  # its codecs raise different types
        raise DatastackError(
            _("{name} is damaged: zarr cannot read it ({error!s:.200}); use a copy made earlier.").format(
                name=path.name, error=error
            )
        ) from error


def _checked_text(array: np.ndarray) -> np.ndarray:
    """Return an array; raise ValueError for texts with invalid code points or lone surrogates."""
    if array.dtype.kind == "U" and array.size:
        codes = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="))).view(np.uint32)
        if ((codes > sys.maxunicode) | ((codes >= 0xD800) & (codes < 0xE000))).any():
            raise ValueError("its texts hold signs that there are not")
    return array


def _shown_dtype(array: zarr.Array) -> str:
    return "text" if array.dtype.kind in "UT" else str(array.dtype)


def _encoded(
    name: str, array: np.ndarray, attributes: Attributes, zarr_format: ZarrFormat
) -> Iterator[tuple[str, bytes]]:
    """Encode an array with zarr; yield the members to be written into a zip."""
    members: dict[str, Buffer] = {}
    compressor = {"compressors": V2_COMPRESSOR} if zarr_format == 2 else {}
    with warnings.catch_warnings():
        # Format 3 does not define texts of fixed length, but maxrf4u uses them
        warnings.simplefilter("ignore")
        zarr.create_array(
            MemoryStore(members),
            name=name,
            data=array,
            attributes=dict(attributes),
            zarr_format=zarr_format,
            config={"write_empty_chunks": True},  # so that missing chunks mean a failed append
            **compressor,
        )
    for key, data in members.items():
        if key.startswith(name + "/"):
            yield key, data.to_bytes()
