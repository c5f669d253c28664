"""Element maps of Datamuncher: .dms, numbers as they lie in memory, and .ims, numbers as text.

Both have a line with the number of axes less one, a line with width, height and number of maps, the values of
one map after another, row by row, and the name of each map in a line of its own
(https://sourceforge.net/p/datamuncher/wiki/file_formats). Neither tells the type of its numbers: that of a
.dms file follows from its size.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _
from maxrf_core.large_array import large_array, let_go
from maxrf_core.readers.format import Format
from maxrf_core.readers.map_file import MAX_NAME, MapFile, cannot_read, check_size, clean_name, plain_map
from maxrf_core.readers.maps_scan import open_maps

BINARY, TEXT = ".dms", ".ims"
MAX_LINE = 4096  # bytes of a line of the header or of a name
FLOATS: dict[int, np.dtype] = {1: np.dtype("u1"), 2: np.dtype("<i2"), 4: np.dtype("<f4"), 8: np.dtype("<f8")}
INTEGERS: dict[int, np.dtype] = {4: np.dtype("<i4"), 8: np.dtype("<i8")}
SMALLEST = 1e-30  # a float32 or float64 below it is a small integer that was stored


def read_datamuncher(path: Path) -> MapFile:
    """Read the header and the names of a .dms or .ims file.

    Raises
    ------
    ScanError
        If it is none, or its size does not fit its header.
    """
    try:
        with open(path, "rb") as file:
            width, height, count = _dimensions(file, path)
            start = file.tell()
            if path.suffix.lower() == TEXT:
                return _text_file(path, (width, height, count))
            dtype, names = _type_and_names(file, path, start, width * height * count, count)
    except OSError as error:
        raise cannot_read(path, error.strerror) from error

    def read(number: int) -> np.ndarray:
        return plain_map(path, dtype, (height, width), start + number * width * height * dtype.itemsize)

    notes: tuple[str, ...] = ()
    if dtype.itemsize in INTEGERS and _are_integers(read, count):
        dtype = INTEGERS[dtype.itemsize]
        words = "{name} holds whole numbers of {size} bytes: as fractions its values would all be nearly 0."
        notes = (Note(words, name=path.name, size=dtype.itemsize),)
    return MapFile(path, names, (height, width), dtype, read, notes=notes)


def _dimensions(file: BinaryIO, path: Path) -> tuple[int, int, int]:
    """Read the two lines of the header."""
    try:
        axes = int(file.readline(MAX_LINE))
        lengths = [int(word) for word in file.readline(MAX_LINE).split()]
    except ValueError:
        axes, lengths = 0, []
    if axes != 2 or len(lengths) != 3:
        raise ScanError(
            _(
                "{name} is no file of Datamuncher: its first lines have to be 2, and the width, the height "
                "and the number of its maps."
            ).format(name=path.name)
        )
    width, height, count = lengths
    check_size(path, width, height, count)
    return width, height, count


def _type_and_names(
    file: BinaryIO, path: Path, start: int, values: int, count: int
) -> tuple[np.dtype, tuple[str, ...]]:
    """Return the type of the values: the one after which exactly the names are left."""
    size = path.stat().st_size
    for itemsize, dtype in FLOATS.items():
        left = size - start - values * itemsize
        if 0 <= left <= count * 4 * MAX_NAME:
            file.seek(start + values * itemsize)
            names = _names(file.read(), count)
            if names is not None:
                return dtype, names
    raise ScanError(
        _(
            "{name} has {size:,} bytes, which fit no type of numbers for what its header says: {values:,} "
            "values, then {count} names. Copy it again, or export the maps again."
        ).format(name=path.name, size=size, values=values, count=count)
    )


def _names(left: bytes, count: int) -> tuple[str, ...] | None:
    """Return the names after the values; None if these bytes are not so many lines of text.

    Examples
    --------
    >>> _names(b"Fe-K" + bytes([10]) + b"Ca-K", 2), _names(b"", 2), _names(bytes(4), 2)
    (('Fe-K', 'Ca-K'), ('', ''), None)
    """
    if not left.strip():
        return ("",) * count
    lines = [line.decode("utf-8", "replace").strip() for line in left.strip().splitlines()]
    if len(lines) != count or not all(line.isprintable() and "\ufffd" not in line for line in lines):
        return None
    return tuple(map(clean_name, lines))


def _are_integers(read: Callable[[int], np.ndarray], count: int) -> bool:
    """Return True if values are so small as fractions that they must be whole numbers."""
    is_any = False
    for number in range(count):
        values = np.abs(read(number))
        if not np.isfinite(values).all() or (values > SMALLEST).any():
            return False
        is_any = is_any or bool((values > 0).any())
    return is_any


def _text_file(path: Path, sizes: tuple[int, int, int]) -> MapFile:
    width, height, count = sizes

    @cache
    def content() -> tuple[np.ndarray, tuple[str, ...]]:
        values = large_array((count, height, width), np.float64)
        with open(path, encoding="utf-8", errors="replace") as file:
            left = _fill(values.reshape(-1), path, islice(file, 2, None))
        let_go(values)
        names = [clean_name(line) for line in left if line.strip()]
        return values, (*names[:count], *[""] * (count - len(names)))

    return MapFile(
        path, content()[1], (height, width), np.dtype(np.float64), lambda number: content()[0][number]
    )


def _fill(target: np.ndarray, path: Path, lines: Iterator[str]) -> Iterator[str]:
    """Fill an array with the numbers of lines; return the lines that are left."""
    filled = 0
    for line in lines:
        if filled == target.size:
            return iter([line, *islice(lines, 10 * MAX_LINE)])
        try:
            numbers = np.array(line.split(), np.float64)
        except ValueError:
            break
        if filled + len(numbers) > target.size:
            break
        target[filled : filled + len(numbers)] = numbers
        filled += len(numbers)
    if filled < target.size:
        raise ScanError(
            _("{name} holds {found:,} values before its names, and its header says {planned:,}.").format(
                name=path.name, found=filled, planned=target.size
            )
        )
    return iter(())


FORMAT: Format = Format(
    name="Datamuncher",
    written_by=_("Datamuncher and XRF-Explorer (.dms), microxrf2 (.ims)"),
    reads=_("element maps and their names; the type of numbers follows from the size of the file"),
    omits=_("maps of one type only: a file does not state it"),
    tested_with=_("this project, as Datamuncher's wiki describes it; no genuine one is at hand"),
    files=((BINARY, TEXT),),
    open=open_maps,
    untrusted_check=None,
    map_file=read_datamuncher,
)
