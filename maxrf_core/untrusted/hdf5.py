"""Checks of uploaded HDF5 files: only their own plain numbers and texts, with standard filters.

No link is followed and no value read before the whole file has been checked: HDF5 would open other files,
load filters and trust sizes.
"""

import itertools
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from maxrf_core.cube.hdf5_chunks import damaged
from maxrf_core.cube.stored_chunks import (
    ChunkError,
    Pipeline,
    check_values,
    is_unpacked_here,
    read_chunk,
    stored_corners,
)
from maxrf_core.datastack.hdf5_links import MAX_OBJECTS, LinkSteps, address_of, check_storage, follow_links
from maxrf_core.errors import MaxrfError, refusal
from maxrf_core.language import _
from maxrf_core.names import CUBE, check_name
from maxrf_core.readers.crono import CronoScan, is_crono
from maxrf_core.untrusted.limits import MAX_ATTRIBUTE_BYTES, check_array

FILTERS = {
    h5py.h5z.FILTER_DEFLATE: "gzip",
    h5py.h5z.FILTER_SHUFFLE: "shuffle",
    h5py.h5z.FILTER_FLETCHER32: "fletcher32",
}
PIECE = 16 << 20  # bytes of an array that are read at once
MAX_CHUNKS = 1000  # that are read at once; HDF5 takes 3 kB of memory for each
MAX_TEXT_LENGTH = 10_000_000
_PLAIN = (h5py.h5t.INTEGER, h5py.h5t.FLOAT)


def check_hdf5(path: Path) -> None:
    """Check an uploaded datastack, then read every array as the app will.

    Raises
    ------
    DatastackError
        If it holds something that is refused, or is damaged.
    """
    with _telling_of(path), h5py.File(path, "r", locking=False) as file:
        datasets = list(_datasets(file, path.name))
        _check_attributes(file, path.name)
        for dataset in datasets:
            _check_dataset(dataset, path)
        for dataset in datasets:
            _read_all(dataset)


def check_other_hdf5(path: Path) -> None:
    """Check an uploaded HDF5 file of another program, of which only plain numbers are ever read.

    Objects of other types are left alone, but pictures of a Crono's camera are decoded. Every value that can
    be read is read here once.

    Raises
    ------
    DatastackError
        If it holds something that is refused, or is damaged.
    """
    with _telling_of(path), h5py.File(path, "r", locking=False) as file:
        datasets = [
            dataset
            for dataset in _datasets(file, path.name, all_plain=False)
            if _is_plain(dataset.id.get_type())
        ]
        for dataset in datasets:
            _check_dataset(dataset, path)
        for dataset in datasets:
            check_values(dataset)
            for piece in _pieces(dataset) if not is_unpacked_here(dataset) else ():
                dataset[piece]
    if is_crono(path):
        _ = CronoScan(path).pictures  # decodes them


@contextmanager
def _telling_of(path: Path) -> Iterator[None]:
    """Turn errors of a file that is opened directly from the disk into sentences; the process may crash."""
    try:
        yield
    except MaxrfError:
        raise
    except MemoryError:
        raise refusal(path.name, _("reading it would fill the memory")) from None
    except Exception as error:  # h5py raises nearly anything on damaged files
        raise damaged(path) from error


def _datasets(file: h5py.File, name: str, *, all_plain: bool = True) -> Iterator[h5py.Dataset]:
    """Yield all datasets of all groups, each once; links are checked before they are followed.

    If all must be plain, their attributes and the names of arrays are checked, too.
    """
    waiting: list[h5py.Group] = [file]
    seen = {address_of(file)}
    count, steps = 0, LinkSteps(name)
    while waiting:
        group = waiting.pop()
        count += group.id.get_num_objs()
        if count > MAX_OBJECTS:
            raise refusal(
                name, _("it holds more than {max_objects:,} things").format(max_objects=MAX_OBJECTS)
            )
        for key in group:
            item = follow_links(group, key, steps)
            if all_plain and isinstance(item, h5py.Dataset) and group.id == file.id:
                check_name(key)
            if item is None or address_of(item) in seen:
                continue
            seen.add(address_of(item))
            if all_plain:
                _check_attributes(item, name)
            if isinstance(item, h5py.Group):
                waiting.append(item)
            elif isinstance(item, h5py.Dataset):
                yield item


def _check_attributes(item: Any, file: str) -> None:
    if not hasattr(item, "attrs"):  # a named type
        return
    if h5py.h5a.get_num_attrs(item.id) > MAX_OBJECTS:
        raise refusal(
            file,
            _("{name!r} has more than {max_objects:,} attributes").format(
                name=item.name[:100], max_objects=MAX_OBJECTS
            ),
        )
    for key in item.attrs:
        attribute = item.attrs.get_id(key)
        if not _is_plain(attribute.get_type()):
            raise refusal(
                file, _("its attribute {key!r} holds neither numbers nor texts").format(key=key[:100])
            )
        if attribute.get_storage_size() > MAX_ATTRIBUTE_BYTES:
            raise refusal(file, _("its attribute {key!r} is too large").format(key=key[:100]))
        item.attrs[key]  # reads it


def _check_dataset(dataset: h5py.Dataset, path: Path) -> None:
    check_storage(dataset, path.name)
    name = dataset.name.removeprefix("/")
    if not _is_plain(dataset.id.get_type()):
        raise refusal(
            path.name, _("its array {name!r} holds neither numbers nor texts").format(name=name[:100])
        )
    properties = dataset.id.get_create_plist()
    for number in range(properties.get_nfilters()):
        code, _flags, _values, label = properties.get_filter(number)
        if code not in FILTERS:
            told = label.decode(errors="replace") or f"number {code}"
            raise refusal(
                path.name,
                _("its array {name!r} is packed with {told!r}; only {listed} are taken").format(
                    name=name[:100], told=told[:60], listed=", ".join(FILTERS.values())
                ),
            )
    if dataset.shape is None:
        return
    itemsize, stored = dataset.id.get_type().get_size(), dataset.id.get_storage_size()
    most = os.path.getsize(path)
    if stored > most:
        raise refusal(path.name, _("its array {name!r} is larger than the file").format(name=name[:100]))
    check_array(path.name, name, dataset.shape, itemsize, stored, dataset.chunks)
    if dataset.chunks is not None:
        if Pipeline.of(dataset) is None:
            raise refusal(
                path.name,
                _("its array {name!r} goes through the same filter twice, or oddly").format(name=name[:100]),
            )
        try:
            stored_corners(dataset)
        except ChunkError as error:
            raise refusal(
                path.name,
                _("its array {name!r} makes no sense: {error}").format(name=name[:100], error=error),
            ) from error


def _is_plain(kind: h5py.h5t.TypeID) -> bool:
    """Return True for numbers, booleans, complex numbers and texts; False for references and objects."""
    family = kind.get_class()
    if family in _PLAIN:
        return kind.get_size() <= 8
    if family == h5py.h5t.STRING:
        return kind.is_variable_str() or kind.get_size() <= MAX_TEXT_LENGTH
    if family == h5py.h5t.ENUM:
        return kind.get_super().get_class() == h5py.h5t.INTEGER and kind.get_size() <= 8
    return family == getattr(h5py.h5t, "COMPLEX", None) or (
        family == h5py.h5t.COMPOUND and np.dtype(kind.dtype).kind == "c"
    )


def _read_all(dataset: h5py.Dataset) -> None:
    """Read every piece, as the app will; of a cube the first and the last: the app checks each itself."""
    if dataset.shape is None or 0 in dataset.shape:
        return
    if dataset.chunks is None and dataset.dtype.kind in "biufc":
        for place in (0, -1):  # there are no filters, and HDF5 has checked where the bytes lie
            dataset[(place,) * len(dataset.shape)]
    elif not is_unpacked_here(dataset):
        check_values(dataset)
        for piece in _pieces(dataset):
            dataset[piece]  # the app reads it by HDF5 itself, so HDF5 must survive it here
    elif dataset.name.strip("/_") == CUBE:
        corners = stored_corners(dataset)
        for corner in corners[:: max(1, len(corners) - 1)][:2]:
            read_chunk(dataset, tuple(corner.tolist()))
    else:
        check_values(dataset)


def _pieces(dataset: h5py.Dataset) -> Iterator[tuple[slice, ...]]:
    """Divide a dataset into pieces of some chunks each, or of at most about PIECE bytes.

    A file of a few kilobytes can have a million chunks, which take minutes one by one.
    """
    chunk = dataset.chunks or (1,) * len(dataset.shape)
    sides = [min(pair) for pair in zip(chunk, dataset.shape, strict=True)]
    itemsize = dataset.id.get_type().get_size()
    size = PIECE if dataset.chunks is None else min(PIECE, MAX_CHUNKS * itemsize * math.prod(sides))
    for axis in reversed(range(len(sides))):
        room = size // (itemsize * math.prod(sides))
        sides[axis] = min(sides[axis] * max(1, room), dataset.shape[axis])
    starts = (range(0, length, side) for length, side in zip(dataset.shape, sides, strict=True))
    for corner in itertools.product(*starts):
        yield tuple(slice(start, start + side) for start, side in zip(corner, sides, strict=True))
