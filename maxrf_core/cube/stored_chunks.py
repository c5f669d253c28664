"""Stored chunks of an HDF5 dataset: size checks, and decompression without HDF5's filters.

HDF5 2.0 does not check the size of a decompressed chunk. A chunk that is smaller than its shape requires
crashes the process, or exposes other memory. So chunks are decompressed here, to exactly their size.
"""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from maxrf_core.cube import deflate as packing
from maxrf_core.language import _

DEFLATE, SHUFFLE, FLETCHER32 = (
    h5py.h5z.FILTER_DEFLATE,
    h5py.h5z.FILTER_SHUFFLE,
    h5py.h5z.FILTER_FLETCHER32,
)
CHECKSUM_BYTES = 4
MIN_DEFLATED = 8  # bytes of an empty zlib stream (RFC 1950): header, one block, checksum


class ChunkError(OSError):
    """A chunk whose stored bytes do not decompress to the size of its shape."""


@dataclass(frozen=True)
class Pipeline:
    """The filters of a dataset's chunks, if all are supported here.

    Attributes
    ----------
    filters : tuple of int
        HDF5's filter numbers in the order of writing: each of deflate, shuffle and fletcher32 at most once.
    chunk_bytes : int
        Bytes of a decompressed chunk.
    itemsize : int
        Bytes of one value, for the shuffle filter.
    """

    filters: tuple[int, ...]
    chunk_bytes: int
    itemsize: int

    @classmethod
    def of(cls, dataset: h5py.Dataset) -> "Pipeline | None":
        """Return the pipeline of a chunked dataset; None if a filter, or its use, is not supported."""
        if dataset.chunks is None:
            return None
        itemsize, properties = dataset.id.get_type().get_size(), dataset.id.get_create_plist()
        filters = []
        for number in range(properties.get_nfilters()):
            code, _, values, _ = properties.get_filter(number)
            if code not in (DEFLATE, SHUFFLE, FLETCHER32) or (
                code == SHUFFLE and tuple(values) != (itemsize,)
            ):
                return None
            filters.append(code)
        if len(set(filters)) < len(filters):
            return None
        return cls(tuple(filters), math.prod(dataset.chunks) * itemsize, itemsize)

    def allows(self, stored: int, filter_mask: int) -> bool:
        """Return True if a chunk can have this size in the file.

        Parameters
        ----------
        stored : int
        filter_mask : int
            Bit n is set if the chunk skipped filter n.
        """
        if filter_mask >> len(self.filters):
            return False
        used = self._used(filter_mask)
        size = self.chunk_bytes + CHECKSUM_BYTES * (FLETCHER32 in used)
        if DEFLATE not in used:
            return stored == size
        min_size = MIN_DEFLATED + CHECKSUM_BYTES * (FLETCHER32 in used[used.index(DEFLATE) :])
        return min_size <= stored <= size + size // 100 + 1000  # incompressible data grow by less

    def unpack(self, stored: bytes | memoryview, filter_mask: int) -> bytes | memoryview:
        """Return the bytes of a decompressed chunk.

        Raises
        ------
        ChunkError
            If its size does not fit, or it is damaged.
        """
        if not self.allows(len(stored), filter_mask):
            raise ChunkError(
                _("a chunk of {chunk_bytes:,} bytes is stored in {count:,}").format(
                    chunk_bytes=self.chunk_bytes, count=len(stored)
                )
            )
        data: Any = stored
        used = self._used(filter_mask)
        try:
            for place in reversed(range(len(used))):
                if used[place] == FLETCHER32:
                    data = _without_checksum(data)
                elif used[place] == SHUFFLE:
                    data = _unshuffled(data, self.itemsize)
                else:
                    size = self.chunk_bytes + CHECKSUM_BYTES * (FLETCHER32 in used[:place])
                    data = packing.unpack(data, size)
        except (ValueError, RuntimeError) as error:
            raise ChunkError(_("a chunk cannot be unpacked: {error}").format(error=error)) from error
        if len(data) != self.chunk_bytes:
            raise ChunkError(
                _("a chunk has {count:,} bytes, not {chunk_bytes:,}").format(
                    count=len(data), chunk_bytes=self.chunk_bytes
                )
            )
        return data

    def _used(self, filter_mask: int) -> tuple[int, ...]:
        return tuple(code for number, code in enumerate(self.filters) if not filter_mask >> number & 1)


def _without_checksum(data: Any) -> memoryview:
    """Check the Fletcher-32 checksum at the end of a chunk's bytes and return the bytes before it."""
    from numcodecs import Fletcher32  # takes long to import, and few files have checksums

    return memoryview(Fletcher32().decode(data))


def _unshuffled(data: Any, itemsize: int) -> bytes:
    """Undo the shuffle filter; bytes that do not fill a value stay at the end."""
    whole = len(data) // itemsize * itemsize
    planes = np.frombuffer(data, np.uint8, whole).reshape(itemsize, -1)
    return planes.T.tobytes() + bytes(data[whole:])


def is_unpacked_here(dataset: h5py.Dataset) -> bool:
    """Return True if `read_chunk` and `read_values` read a dataset without HDF5's filters."""
    if Pipeline.of(dataset) is None or dataset.dtype.kind not in "uif":
        return False
    return bool(dataset.id.get_type() == h5py.h5t.py_create(dataset.dtype))


def read_chunk(dataset: h5py.Dataset, corner: tuple[int, ...]) -> np.ndarray:
    """Read one stored chunk of a dataset that `is_unpacked_here`, cropped to the dataset's bounds.

    Parameters
    ----------
    dataset : h5py.Dataset
    corner : tuple of int
        Its first index along each axis.

    Raises
    ------
    ChunkError
        If it does not decompress to its size.
    """
    pipeline = Pipeline.of(dataset)
    assert pipeline is not None
    mask, stored = dataset.id.read_direct_chunk(corner)
    values = np.frombuffer(pipeline.unpack(stored, mask), dataset.dtype).reshape(dataset.chunks)
    return values[tuple(slice(0, part.stop - part.start) for part in _place(dataset, corner))]


def read_values(dataset: h5py.Dataset) -> np.ndarray:
    """Read a whole dataset, after checking the size of its chunks if its filters are supported.

    Raises
    ------
    ChunkError
        If a chunk does not decompress to its size.
    """
    if is_unpacked_here(dataset):
        values = np.full(dataset.shape, dataset.fillvalue, dataset.dtype)
        for corner in stored_corners(dataset).tolist():
            values[_place(dataset, corner)] = read_chunk(dataset, tuple(corner))
        return values
    check_values(dataset)
    return dataset[()]


def check_values(dataset: h5py.Dataset) -> None:
    """Check that a dataset's stored bytes decompress to its size, as far as its filters are supported.

    Raises
    ------
    ChunkError
        If they do not, or lie outside the file.
    """
    pipeline = Pipeline.of(dataset)
    if pipeline is not None:
        for corner in stored_corners(dataset).tolist():
            mask, stored = dataset.id.read_direct_chunk(tuple(corner))
            pipeline.unpack(stored, mask)
    elif dataset.chunks is not None:
        _check_packed(dataset)


def _check_packed(dataset: h5py.Dataset) -> None:
    """Check that chunks are longer than their checksum, the only check possible for unsupported filters."""
    properties = dataset.id.get_create_plist()
    filters = [properties.get_filter(number)[0] for number in range(properties.get_nfilters())]

    def check(chunk: h5py.h5d.StoreInfo) -> None:
        used = [code for number, code in enumerate(filters) if not chunk.filter_mask >> number & 1]
        if used and chunk.size <= CHECKSUM_BYTES * (FLETCHER32 in used):
            raise ChunkError(_("a chunk is stored in {size} bytes").format(size=chunk.size))

    dataset.id.chunk_iter(check)


def stored_corners(dataset: h5py.Dataset) -> np.ndarray:
    """Return the first index of each stored chunk, (chunks, axes) int64.

    Raises
    ------
    ChunkError
        If a chunk lies outside the file or the array, or its filters do not allow its stored size.
    """
    pipeline, end = Pipeline.of(dataset), dataset.file.id.get_filesize()
    assert pipeline is not None
    found = array("q")  # a list of tuples needs ten times the memory

    def check(chunk: h5py.h5d.StoreInfo) -> None:
        inside = all(0 <= at < length for at, length in zip(chunk.chunk_offset, dataset.shape, strict=True))
        if not inside or chunk.byte_offset is None or chunk.byte_offset + chunk.size > end:
            raise ChunkError(_("a chunk lies outside the file"))
        if not pipeline.allows(chunk.size, chunk.filter_mask):
            raise ChunkError(
                _("a chunk of {chunk_bytes:,} bytes is stored in {size:,}").format(
                    chunk_bytes=pipeline.chunk_bytes, size=chunk.size
                )
            )
        found.extend(chunk.chunk_offset)

    dataset.id.chunk_iter(check)
    return np.array(found, np.int64).reshape(-1, len(dataset.shape))


def _place(dataset: h5py.Dataset, corner: Sequence[int]) -> tuple[slice, ...]:
    return tuple(
        slice(start, min(start + size, length))
        for start, size, length in zip(corner, dataset.chunks, dataset.shape, strict=True)
    )
