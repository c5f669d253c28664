"""Datastacks in HDF5: layout, creation, reading and appending."""

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.journal import Generation
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.cube.binned import CUBE_BYTES, SUFFIX, BinnedCube, binned_shape, is_beside_cube
from maxrf_core.cube.cube import Cube
from maxrf_core.cube.flush_marks import told_beside_cube
from maxrf_core.cube.hdf5_chunks import damaged, reading_hdf5
from maxrf_core.cube.hdf5_cube import Hdf5Cube
from maxrf_core.cube.packed_chunks import GZIP_LEVEL
from maxrf_core.cube.stored_chunks import check_values, read_values
from maxrf_core.datastack.binned_cache import cached_binned, discard_cache
from maxrf_core.datastack.copy_binned import copy_binned
from maxrf_core.datastack.cube_packing import Packing, copy_cube, seconds_to_pack
from maxrf_core.datastack.hdf5_copy import copy_linked
from maxrf_core.datastack.hdf5_links import MAX_OBJECTS, LinkSteps, own_dataset
from maxrf_core.datastack.nxdata import (
    ROOT_ATTRIBUTES,
    begin_nxdata,
    nxdata_entry,
    nxdata_links,
    update_nxdata,
    write_nxdata,
)
from maxrf_core.datastack.other_hdf5 import not_a_datastack
from maxrf_core.errors import DatastackError, refusal
from maxrf_core.language import _
from maxrf_core.large_array import in_bands, is_on_disk, let_go
from maxrf_core.names import CUBE, Attributes, Choose, Entry, newest, next_names, readable
from maxrf_core.progress import Progress, silent

T = TypeVar("T")

FORMAT = "maxrf-datastack"
FORMAT_VERSION = 1
MIN_COMPRESSED_BYTES = 4096  # smaller arrays are stored uncompressed


class NewFile(h5py.File):
    """A file that is being written; errors are raised by `check`, since HDF5 crashes if a write fails.

    Parameters
    ----------
    output : AtomicFile
        The file that is written to.
    """

    def __init__(self, output: atomic.AtomicFile) -> None:
        super().__init__(output, "w")
        self._output = output

    def check(self) -> None:
        """Raise the first write error (OSError), so that long work stops early."""
        if self._output.failure is not None:
            raise self._output.failure


@contextmanager
def filling(path: Path) -> Iterator[NewFile]:
    """Open an empty file for writing as HDF5.

    Raises
    ------
    OSError
        At the end, if a write has failed.
    """
    with atomic.AtomicFile(path) as output:
        try:
            with NewFile(output) as file:
                yield file
        finally:
            if output.failure is not None:  # the cause of any other error
                raise output.failure


@contextmanager
def new_file(
    path: str | os.PathLike[str], *, overwrite: bool = False, state: Generation | None = None
) -> Iterator[NewFile]:
    """Write a new datastack that appears under its name only when it is complete.

    Everything is written to a temporary file beside ``path``, which is renamed once its bytes are on the
    disk. Any exception, Ctrl-C included, removes the temporary file and leaves ``path`` unchanged.

    Parameters
    ----------
    path
        The new datastack.
    overwrite
        Replace an existing file; otherwise that is refused.
    state
        State that the file must still have when it is replaced, see `atomic.rewriting`.

    Yields
    ------
    NewFile
        Open for writing, its root attributes ``format``, ``format_version``, ``created``, ``software`` set.

    Raises
    ------
    DatastackError
        When the file exists and must not be replaced, cannot be made, or the disk is full.
    """
    path = Path(path)
    check_new_path(path, overwrite)
    created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    with atomic.replacing(path, state=state) as temporary:
        with filling(temporary) as file:
            file.attrs.update(format=FORMAT, format_version=FORMAT_VERSION)
            file.attrs.update(created=created, software=SOFTWARE)
            yield file
        check_new_path(path, overwrite)  # another process may have made it meanwhile
    discard_cache(path)  # of the file that was there before


class Hdf5Store:
    """The arrays of one of our datastacks.

    Parameters
    ----------
    path : path_like
        The file. It is opened for each read and closed afterwards, so that others can append meanwhile.
    """

    written_by_maxrf4u = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def entries(self) -> list[Entry]:
        """List the arrays of the file, by name.

        Raises
        ------
        DatastackError
            If the file is damaged, or is HDF5 but not a datastack.
        """
        return self._look(self._entries)

    def read(self, name: str) -> np.ndarray:
        """Read the complete array of exactly this name."""
        return self._look(lambda file: _values(file[name]))

    def about(self) -> dict[str, Any]:
        """Read the attributes of the file itself as numbers, texts and lists, but for those of its plot."""
        about = self._look(_attributes)
        return {key: value for key, value in about.items() if key not in ROOT_ATTRIBUTES}

    def attributes(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read the attributes of some arrays as numbers, texts and lists."""
        return self._look(lambda file: {name: _attributes(file[name]) for name in names})

    def cube(self, name: str) -> Cube:
        """Return fast access to a three-dimensional array."""
        return Hdf5Cube(self.path, name)

    def binned(self, name: str) -> BinnedCube | None:
        """Return access to a cube's binned counts, in the file or in the cache beside it; None without."""
        return self.own_binned(name) or cached_binned(self.path, name)

    def own_binned(self, name: str) -> BinnedCube | None:
        """Return access to a cube's binned counts in the file itself; None if there are none that fit."""
        beside = name + SUFFIX

        def shape(file: h5py.File) -> tuple[int, int, int] | None:
            if told_beside_cube(file, beside, SUFFIX, CUBE_BYTES) != file[name].id.get_storage_size():
                return None
            cube = file[name].shape
            return cube if file[beside].shape == binned_shape(cube) else None

        found = self._look(shape)
        return None if found is None else BinnedCube(Hdf5Cube(self.path, beside), found)

    def append(
        self, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Attributes]
    ) -> dict[str, str]:
        """Add arrays, all or none.

        Returns
        -------
        dict
            For each name the name under which the array is stored, see `names.next_names`.
        """
        with atomic.changing(self.path) as change, _changed_hdf5(self.path, change) as file:
            stored = next_names(arrays, _names(file))
            for name, array in arrays.items():
                create_array(file, stored[name], array, attributes.get(name, {}))
                change.check()
            update_nxdata(file)
            change.check()
        return stored

    def note(self, about: Attributes) -> None:
        """Write attributes of the file itself; those of the same name are replaced."""
        with atomic.changing(self.path) as change, _changed_hdf5(self.path, change) as file:
            for key, value in about.items():
                file.attrs[key] = value
            update_nxdata(file)
            change.check()

    def repack(
        self, choose: Choose, packing: Packing | None = None, progress: Progress | None = None
    ) -> None:
        """Rewrite the file with only some of its arrays; the old file is replaced.

        Groups and links of other programs are kept unchanged; an array whose new name one of them has keeps
        its own. The NXdata group is made if there is none, and so are the index of the cube's segments and
        the binned counts.

        Parameters
        ----------
        choose : callable
            Receives the names of all arrays; returns stored name → new name of those to keep.
        packing : {"fast", "smallest"}, optional
            How the cube is packed, see `copy_cube`.
        progress : callable, optional
            Called with the fraction of the cube done and the current step.
        """
        with (
            atomic.rewriting(self.path) as state,
            new_file(self.path, overwrite=True, state=state) as new,
            reading_hdf5(self.path, self.path) as old,
        ):
            listed = [entry.name for entry in self._entries(old)]
            others = {name for name in _names(old) if not is_beside_cube(old, name)} - {*listed}
            keep = {
                name: name if new_name in others else new_name for name, new_name in choose(listed).items()
            }
            new.attrs.update(old.attrs)
            if CUBE in keep.values() and nxdata_entry(old) is None:
                begin_nxdata(new, {*others, *keep.values()})

            def copy_dataset(dataset: Any, target: h5py.Group, name: str) -> None:
                if name == CUBE and len(dataset.shape or ()) == 3:
                    copy_cube(dataset, target, name, packing, progress or silent, new.check)
                    cube = Hdf5Cube(self.path, str(dataset.name).removeprefix("/"))
                    copy_binned(old, cube, target[name], {*others, *keep.values()}, new.check)
                else:
                    old.copy(dataset, target, name)

            copy_linked(old, new, keep, others, nxdata_links(old), new.check, copy_dataset)
            write_nxdata(new)
            new.check()

    def seconds_to_pack(self) -> float | None:
        """Estimate how long it takes to pack the cube as small as possible; None if there is none to pack."""

        def seconds(file: h5py.File) -> float | None:
            names = [entry.name for entry in self._entries(file) if entry.name.rstrip("_") == CUBE]
            return seconds_to_pack(file[newest(CUBE, names)]) if names else None

        return self._look(seconds)

    def _look(self, read: Callable[[h5py.File], T]) -> T:
        def look(view: atomic.CommittedView) -> T:
            with reading_hdf5(self.path, view) as file:
                return read(file)

        return atomic.consistent(self.path, look)

    def _entries(self, file: h5py.File) -> list[Entry]:
        kind, version = file.attrs.get("format"), file.attrs.get("format_version", 0)
        if not isinstance(kind, str) or kind != FORMAT:
            raise DatastackError(not_a_datastack(file, self.path.name))
        if np.ndim(version) or np.asarray(version).dtype.kind not in "iuf":
            raise DatastackError(
                _(
                    "{name} is damaged: its format_version is no number; use a copy made earlier, or "
                    "convert the raw scan again."
                ).format(name=self.path.name)
            )
        if version > FORMAT_VERSION:
            raise DatastackError(
                _(
                    "{name} was written by a newer version of this program (format {version}, and this "
                    "one knows {format_version}); update the program."
                ).format(name=self.path.name, version=version, format_version=FORMAT_VERSION)
            )
        if len(file) > MAX_OBJECTS:
            raise refusal(
                self.path.name, _("it holds more than {max_objects:,} things").format(max_objects=MAX_OBJECTS)
            )
        steps = LinkSteps(self.path.name)
        names = (name for name in _names(file) if not is_beside_cube(file, name))
        datasets = ((name, own_dataset(file, name, steps)) for name in names)
        return [
            Entry(name, _shape(item), _shown_dtype(item), item.id.get_storage_size())
            for name, item in datasets
            if item is not None
        ]


@contextmanager
def _changed_hdf5(path: Path, change: atomic.AtomicFile) -> Iterator[h5py.File]:
    try:
        file = h5py.File(change, "r+")
    except OSError as error:
        raise damaged(path) from error
    with file:
        yield file


def _names(file: h5py.File) -> list[str]:
    return [name for name in file if isinstance(name, str)]  # names that are not text are bytes


def _attributes(item: Any) -> dict[str, Any]:
    values = item.attrs.items()
    return readable({key: value.tolist() if hasattr(value, "tolist") else value for key, value in values})


def create_array(
    file: h5py.File, name: str, array: np.ndarray, attributes: Attributes | None = None
) -> h5py.Dataset:
    """Store an array in an open datastack, compressed unless it is small; texts as UTF-8.

    Raises
    ------
    DatastackError
        If the attributes cannot be stored: HDF5 limits them to 64 kB per array.
    """
    array = np.asarray(array)
    packed: dict[str, Any] = {}
    if array.dtype.kind == "U":
        array, packed = array.astype(object), {"dtype": h5py.string_dtype()}
    elif array.nbytes > MIN_COMPRESSED_BYTES:
        packed = {"chunks": True, "compression": "gzip", "compression_opts": GZIP_LEVEL, "shuffle": True}
    if is_on_disk(array):  # band by band, so that it never is in memory as a whole
        dataset = file.create_dataset(name, array.shape, array.dtype, **packed)
        _fill(dataset, array)
    else:
        dataset = file.create_dataset(name, data=array, **packed)
    for key, value in (attributes or {}).items():
        is_text = np.asarray(value).dtype.kind == "U"
        try:
            dataset.attrs.create(key, value, dtype=h5py.string_dtype() if is_text else None)
        except (OSError, RuntimeError, ValueError) as error:
            raise DatastackError(
                _("The attribute {key!r} of {name} cannot be stored: {error}.").format(
                    key=key, name=name, error=error
                )
            ) from error
    return dataset


def _fill(dataset: h5py.Dataset, array: np.ndarray) -> None:
    """Write a large array in bands of whole chunks."""
    rows_of_chunk = dataset.chunks[0] if dataset.chunks else 1
    for chunks in in_bands(-(-len(array) // rows_of_chunk), rows_of_chunk * array[0].nbytes):
        rows = slice(chunks.start * rows_of_chunk, min(chunks.stop * rows_of_chunk, len(array)))
        dataset[rows] = array[rows]
        let_go(array)


def _shape(dataset: h5py.Dataset) -> tuple[int, ...]:
    return (0,) if dataset.shape is None else dataset.shape  # null dataspace of another program


def _values(dataset: h5py.Dataset) -> np.ndarray:
    if dataset.shape is None:
        return np.empty(0, "U1" if h5py.check_string_dtype(dataset.dtype) else dataset.dtype)
    if h5py.check_string_dtype(dataset.dtype):
        check_values(dataset)
        return np.asarray(dataset.asstr()[()]).astype(str)
    return np.asarray(read_values(dataset))


def _shown_dtype(dataset: h5py.Dataset) -> str:
    return "text" if h5py.check_string_dtype(dataset.dtype) else str(dataset.dtype)
