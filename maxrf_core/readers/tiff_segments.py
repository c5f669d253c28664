"""Strips and tiles of a TIFF file, unpacked one by one: planes of rows, columns and samples."""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from maxrf_core.cube.slicing import by_chunk
from maxrf_core.errors import ScanError
from maxrf_core.language import _

NONE, DEFLATE, OLD_DEFLATE = (
    1,
    8,
    32946,
)  # kinds of compression that are read (TIFF 6.0, Adobe's supplement 2)
NO_PREDICTOR, DIFFERENCES = 1, 2


@dataclass(frozen=True, eq=False)
class Segments:
    """Planes of a TIFF file, all of one layout.

    Attributes
    ----------
    path : Path
    shape : tuple of int
        (planes, height, width, samples).
    dtype : numpy.dtype
        In the byte order of the file.
    offsets, counts : ndarray, shape (planes, segments), int64
        Where each strip or tile begins, and its bytes; none of a segment without bytes, which is 0.
    size : tuple of int
        Rows and columns of a segment.
    is_tiled : bool
        True if segments at the edges are whole and filled up.
    compression, predictor : int
        As the file numbers them.
    """

    path: Path
    shape: tuple[int, int, int, int]
    dtype: np.dtype
    offsets: np.ndarray
    counts: np.ndarray
    size: tuple[int, int]
    is_tiled: bool
    compression: int
    predictor: int

    @property
    def block(self) -> tuple[int, int, int]:
        """Planes, rows and columns that are unpacked together, or rows, columns and samples of one plane.

        Rows that are not compressed are read one by one.
        """
        tall, broad = (1 if self.compression == NONE else self.size[0]), self.size[1]
        return (tall, broad, self.shape[3]) if self.shape[3] > 1 else (1, tall, broad)

    def read(self, planes: range, rows: range, columns: range) -> np.ndarray:
        """Read a part: (planes, rows, columns, samples), in this machine's byte order.

        Raises
        ------
        ScanError
            If the file is damaged or cut off.
        """
        samples = self.shape[3]
        block = np.zeros((len(planes), len(rows), len(columns), samples), self.dtype.newbyteorder("="))
        if not block.size:
            return block
        try:
            with open(self.path, "rb") as file:
                for target, plane in zip(block, planes, strict=True):
                    self._read_plane(file, plane, rows, columns, target)
        except (OSError, zlib.error, ValueError) as error:
            raise damaged_tiff(self.path) from error
        return block

    def _read_plane(
        self, file: BinaryIO, plane: int, rows: range, columns: range, target: np.ndarray
    ) -> None:
        tall, broad = self.size
        across = -(-self.shape[2] // broad)
        for down, chosen_rows in by_chunk(rows, tall):
            for right, chosen_columns in by_chunk(columns, broad):
                number = down * across + right
                if not self.counts[plane, number]:
                    continue
                wanted = _part_of(rows, chosen_rows, down * tall)
                part, first = self._segment(file, plane, number, down, wanted)
                inside = _part_of(columns, chosen_columns, right * broad)
                target[chosen_rows, chosen_columns] = part[_from(wanted, first), inside]

    def _segment(
        self, file: BinaryIO, plane: int, number: int, down: int, wanted: slice
    ) -> tuple[np.ndarray, int]:
        """Return (rows, columns, samples) of a segment, and the number of its first row that is read."""
        tall, broad = self.size
        height = tall if self.is_tiled else min(tall, self.shape[1] - down * tall)
        row_bytes = broad * self.shape[3] * self.dtype.itemsize
        first, stop = 0, height
        offset, count = int(self.offsets[plane, number]), int(self.counts[plane, number])
        if self.compression == NONE:
            first, stop = wanted.start, wanted.stop
            offset, count = offset + first * row_bytes, (stop - first) * row_bytes
        data = (
            os.pread(file.fileno(), count, offset) if hasattr(os, "pread") else _read_at(file, offset, count)
        )
        expected = (stop - first) * row_bytes
        if self.compression != NONE:
            data = zlib.decompressobj().decompress(data, expected)  # no more, whatever the file says
        if len(data) < expected:
            raise ValueError("a segment is cut off")
        part = np.frombuffer(data, self.dtype, expected // self.dtype.itemsize)
        part = part.reshape(stop - first, broad, self.shape[3])
        if self.predictor == DIFFERENCES:
            part = np.cumsum(part, axis=1, dtype=self.dtype.newbyteorder("="))
        return part, first


def _read_at(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


def _part_of(chosen: range, part: slice, begin: int) -> slice:
    """Return some of the chosen indices as a slice of a segment that begins there."""
    some = chosen[part]
    return slice(some[0] - begin, some[-1] + 1 - begin, some.step)


def _from(wanted: slice, first: int) -> slice:
    return slice(wanted.start - first, wanted.stop - first, wanted.step)


def damaged_tiff(path: Path) -> ScanError:
    """Return the exception for a file whose pages cannot be read."""
    return ScanError(_("{name} is damaged or cut off; copy or export it again.").format(name=path.name))
