"""TIFF stacks: a page for each channel or each row, or one page with a sample for each channel."""

import logging
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from maxrf_core import file_signatures
from maxrf_core.errors import ScanError
from maxrf_core.language import _
from maxrf_core.readers.axes import MIN_CHANNELS, axis_orders, is_plain_number, shape_of
from maxrf_core.readers.format import Choice, Format, check_choice, order_choices
from maxrf_core.readers.plain_array import PlainArray
from maxrf_core.readers.scan import ALL, Scan, ranges_in
from maxrf_core.readers.tiff_segments import (
    DEFLATE,
    DIFFERENCES,
    NO_PREDICTOR,
    NONE,
    OLD_DEFLATE,
    Segments,
    damaged_tiff,
)

MIN_PAGES = 64  # of a stack; fewer are maps of elements or pictures
logging.getLogger("tifffile").addHandler(logging.NullHandler())  # errors are raised, or told by `_is_whole`


@dataclass(frozen=True, eq=False)
class _Stack:
    """Where the numbers of a stack lie.

    Attributes
    ----------
    shape : tuple of int
        Of the three axes as stored: (pages, height, width), or (height, width, samples).
    dtype : numpy.dtype
        In the byte order of the file.
    orders : list of str
        What the axes can be, the best guess first.
    offset : int or None
        Of the first number, if all follow one another without compression.
    segments : Segments or None
        Otherwise.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    orders: list[str]
    offset: int | None
    segments: Segments | None


class _PackedError(ScanError):
    """A stack that is packed in a way that is not read."""


class TiffStackScan(Scan):
    """A cube in a TIFF file.

    Parameters
    ----------
    path : path_like
    choice : str, optional
        Order of the axes, such as ``"cyx"`` for a page for each channel; by default the best guess.

    Raises
    ------
    ScanError
        If the file holds no cube, is damaged, or is compressed in a way that is not read.
    """

    def __init__(self, path: str | os.PathLike[str], choice: str | None = None) -> None:
        path = Path(path)
        stack = _stack_in(path)
        if stack is None:
            raise ScanError(
                _("{name} holds pictures and no cube of counts, which has at least {least} pages.").format(
                    name=path.name, least=MIN_PAGES
                )
            )
        self._axes = stack.orders[0] if choice is None else check_choice(path, choice, stack.orders)
        self.paths, self.name = (path,), path.stem
        self.shape, self.dtype = shape_of(stack.shape, self._axes), stack.dtype.newbyteorder("=")
        self.cube_attributes = {"read_from": self._axes}
        self._segments, self._array = stack.segments, None
        if stack.offset is not None:
            self._array = PlainArray(path, stack.dtype, self.shape, self._axes, stack.offset)
            self.natural_block = self._array.natural_block
            if path.stat().st_size < self._array.expected_bytes:
                raise damaged_tiff(path)
        elif stack.segments is not None:
            block = dict(zip(self._axes, stack.segments.block, strict=True))
            self.natural_block = block["y"], block["x"], block["c"]

    def read(self, rows: slice, columns: slice, channels: slice = ALL) -> np.ndarray:
        """Read a block; strips and tiles are unpacked one by one."""
        if self._array is not None:
            return self._array.read(rows, columns, channels)
        assert self._segments is not None
        named = dict(zip("yxc", ranges_in(self.shape, rows, columns, channels), strict=True))
        places = [named[axis] for axis in self._axes]
        if self._segments.shape[3] > 1:  # samples are interleaved
            block = self._segments.read(range(1), places[0], places[1])[0]
            block = block[:, :, places[2].start : places[2].stop : places[2].step]
        else:
            block = self._segments.read(*places)[..., 0]
        return block.transpose([self._axes.index(axis) for axis in "yxc"])


def _stack_in(path: Path) -> _Stack | None:
    """Return the stack in a TIFF file; None if it holds pictures only.

    Raises
    ------
    ScanError
        If the file is damaged, or a stack whose compression is not read.
    """
    try:
        with tifffile.TiffFile(path) as file:
            if not _is_whole(file):
                raise damaged_tiff(path)
            return _described(file, path)
    except ScanError:
        raise
    except Exception as error:  # tifffile raises nearly anything on damaged files
        raise damaged_tiff(path) from error


def _is_whole(file: tifffile.TiffFile) -> bool:
    """Return True if the last page that was found says that it is the last one."""
    kind, last = file.tiff, file.pages[-1]
    handle = file.filehandle
    handle.seek(last.offset)
    (tags,) = struct.unpack(kind.tagnoformat, handle.read(kind.tagnosize))
    handle.seek(last.offset + kind.tagnosize + tags * kind.tagsize)
    return not any(handle.read(kind.offsetsize))


def _described(file: tifffile.TiffFile, path: Path) -> _Stack | None:
    series = max(file.series, key=lambda each: each.size)
    shape = tuple(int(size) for size in series.shape if size > 1 or len(series.shape) <= 3)
    first: Any = series.keyframe
    samples = int(first.samplesperpixel)
    if len(shape) != 3 or min(shape) < 1 or not is_plain_number(series.dtype):
        return None
    is_of_pages = samples == 1 and shape[1:] == (first.imagelength, first.imagewidth)
    if (shape[0] if is_of_pages else samples) < MIN_CHANNELS or (is_of_pages and shape[0] < MIN_PAGES):
        return None
    interleaved = samples > 1 and int(first.planarconfig) == 1
    orders = axis_orders(shape, "spectrum" if interleaved else "")
    if interleaved:
        orders = ["yxc"]
    elif samples > 1:
        orders = ["cyx"]
    if not orders:
        return None
    dtype = series.dtype.newbyteorder(file.byteorder)
    if series.dataoffset is not None:
        return _Stack(shape, dtype, orders, int(series.dataoffset), None)
    return _Stack(shape, dtype, orders, None, _segments(path, series, first, dtype, interleaved))


def _segments(path: Path, series: Any, first: Any, dtype: np.dtype, interleaved: bool) -> Segments:
    if first.compression not in (NONE, DEFLATE, OLD_DEFLATE) or first.predictor not in (
        NO_PREDICTOR,
        DIFFERENCES,
    ):
        raise _PackedError(
            _(
                "{name} is a stack that is compressed in a way that is not read here ({kind}); save it "
                "without compression, or with Deflate (zip)."
            ).format(name=path.name, kind=getattr(first.compression, "name", first.compression))
        )
    if first.fillorder != 1 or first.bitspersample != 8 * dtype.itemsize or int(first.imagedepth) != 1:
        raise damaged_tiff(path)
    height, width = int(first.imagelength), int(first.imagewidth)
    samples = int(first.samplesperpixel)
    if first.is_tiled:
        size = int(first.tilelength), int(first.tilewidth)
    else:
        size = min(height, int(first.rowsperstrip)), width
    planes = len(series) * (1 if interleaved else samples)
    per_plane = -(-height // size[0]) * -(-width // size[1])
    offsets, counts = (
        np.array([getattr(page, name) for page in series.pages], np.int64).reshape(planes, per_plane)
        for name in ("dataoffsets", "databytecounts")
    )
    return Segments(
        path,
        (planes, height, width, samples if interleaved else 1),
        dtype,
        offsets,
        counts,
        size,
        bool(first.is_tiled),
        int(first.compression),
        int(first.predictor),
    )


def is_tiff_stack(path: Path) -> bool:
    """Return True if a TIFF file holds a cube and no picture."""
    try:
        return _stack_in(path) is not None
    except _PackedError:
        return True
    except ScanError:
        return False


def choices_of_tiff(path: Path) -> list[Choice]:
    """Return the orders that the axes of a stack can have; nothing if there is only one."""
    stack = _stack_in(path)
    if stack is None or len(stack.orders) < 2:
        return []
    return order_choices(stack.shape, stack.orders)


FORMAT: Format = Format(
    name="TIFF stack",
    written_by=_("ImageJ, tifffile and programs that export a page for each channel"),
    reads=_("pages or samples as channels, or as rows, by choice; packed with Deflate or not at all"),
    omits=_("LZW and JPEG compression; energies"),
    tested_with="tifffile",
    files=((".tif", ".tiff"),),
    open=TiffStackScan,
    untrusted_check="untrusted.tiff:check_tiff",
    signature=file_signatures.TIFF,
    sniff=is_tiff_stack,
    choices=choices_of_tiff,
    has_common_ending=True,
)
