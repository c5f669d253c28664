"""How are datastacks read and extended that maxrf4u wrote (a zarr store inside a zip file)?"""

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
from maxrf_core.cube.cube import Cube, Read
from maxrf_core.datastack.zarr_members import Layout, Members, ZarrFormat, opened
from maxrf_core.errors import DatastackError, MaxrfError
from maxrf_core.names import CUBE, Attributes, Choose, Entry, next_names, readable

T = TypeVar("T")

# What maxrf4u's format-2 versions write themselves, so that they can read what is appended here.
V2_COMPRESSOR = numcodecs.Blosc(cname="lz4", clevel=5, shuffle=numcodecs.Blosc.SHUFFLE)


class ZarrStore:
    """The arrays of a datastack written by maxrf4u, zarr format 2 or 3, or both.

    Parameters
    ----------
    path : path_like
        The file. What is appended gets the zarr format that the file began with; of two formats in a file
        maxrf4u itself reads only one.
    """

    written_by_maxrf4u = True

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
                Entry(name, array.shape, _shown_dtype(array), members.stored_bytes[name])
                for name, array in members.arrays().items()
            ]
        )

    def read(self, name: str) -> np.ndarray:
        """Read the array of exactly this name, whole."""
        return self._look(lambda members: _sound(np.asarray(members.open(name)[...])))

    def about(self) -> dict[str, Any]:
        """Read the attributes of the file itself."""
        return self._look(lambda members: readable(members.about()))

    def note(self, about: Attributes) -> None:
        """Refuse: such a file has no room for what is said of the scan."""
        raise DatastackError(
            f"{self.path.name} is a datastack of maxrf4u, which cannot hold the tube's anode and voltage; "
            "convert it, and give them then."
        )

    def attributes(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read the attributes of some arrays."""
        return self._look(lambda members: {name: readable(dict(members.open(name).attrs)) for name in names})

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
        """Add arrays, all or none, in the file's own zarr format.

        Returns
        -------
        dict
            For each name the name under which the array is stored, see `naming.next_names`.
        """
        with atomic.changing(self.path) as change, opened(self.path, change, "a") as target:
            layout = Layout(target.namelist(), target.read)
            stored = next_names(arrays, {*layout.places, *(key.partition("/")[0] for key in layout.keys)})
            for name, array in arrays.items():
                for key, data in _encoded(stored[name], array, attributes.get(name, {}), layout.format):
                    target.writestr(key, data)
        return stored

    def repack(self, choose: Choose) -> None:
        """Rewrite the file with only some of its arrays, in place of the old one.

        What belongs to no array is kept as it is.

        Parameters
        ----------
        choose : callable
            Gets the names of all arrays; returns stored name → new name of those to keep.
        """
        with (
            atomic.rewriting(self.path) as state,
            _understood(self.path),
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


def _sound(array: np.ndarray) -> np.ndarray:
    """Raise ValueError for texts that are none: signs beyond the last that there is, or halves of one."""
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
