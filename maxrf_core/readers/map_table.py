"""Element maps in text: a table with one row for each pixel and one column for each map, or one map as it is.

The columns of a table are called as the maps, but for two that tell the place of a pixel (`PLACES`), as PyMca
writes it. A text of numbers alone is one map, row by row. Numbers may have a decimal comma.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from maxrf_core.errors import ScanError
from maxrf_core.language import Note, _
from maxrf_core.large_array import large_array, let_go
from maxrf_core.readers.format import Format
from maxrf_core.readers.map_file import MapFile, cannot_read, check_size, clean_name
from maxrf_core.readers.maps_scan import open_maps
from maxrf_core.written_numbers import read_number

ENDINGS = (".csv", ".txt", ".dat", ".asc")
COMMENTS = ("#", "%", "//")
MAX_LINE = 1 << 20  # characters
MAX_COMMENTS = 100  # lines before the first that counts
CELLS_AT_ONCE = 500_000  # that are split at a time
FIRST_ROWS = 20  # while it is not known how many cells a row has
# Heads of the two columns that tell the place, in small letters: down, across
PLACES = (("row", "column"), ("row", "col"), ("rows", "columns"), ("y", "x"), ("line", "sample"), ("i", "j"))


@dataclass(frozen=True)
class Layout:
    """How a text is written.

    Attributes
    ----------
    skipped : int
        Lines before the numbers.
    encoding : str
    separator : str or None
        Between numbers; None is any blank space.
    is_comma : bool
        Whether numbers have a decimal comma.
    heads : tuple of str
        Of the columns; empty if there are none.
    """

    skipped: int
    encoding: str
    separator: str | None
    is_comma: bool
    heads: tuple[str, ...]


def read_table(path: Path) -> MapFile:
    """Read how a text of maps is written, and which maps it holds.

    Raises
    ------
    ScanError
        If it holds no table with the place of each pixel, and no map of numbers alone.
    """
    try:
        layout = _layout(path)
        return _columns(path, layout) if layout.heads else _matrix(path, layout)
    except OSError as error:
        raise cannot_read(path, error.strerror) from error
    except UnicodeError as error:
        raise cannot_read(path, _("it is no text")) from error


def _layout(path: Path) -> Layout:
    with open(path, "rb") as file:
        start = file.read(4)
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with open(path, encoding=encoding, errors="replace") as file:
        for number in range(MAX_COMMENTS):
            line = file.readline(MAX_LINE)
            if not line or "\0" in line:
                break
            if not line.strip() or (line.lstrip().startswith(COMMENTS) and number < MAX_COMMENTS - 1):
                continue
            separator = _separator(line)
            cells = _cells(line, separator)
            if all(map(_is_number, cells)):
                return Layout(number, encoding, separator, _has_comma([line], separator), ())
            following = [file.readline(MAX_LINE) for _line in range(5)]
            is_comma = _has_comma(following, separator)
            return Layout(number + 1, encoding, separator, is_comma, tuple(map(clean_name, cells)))
    raise cannot_read(path, _("it holds no lines of numbers"))


def _separator(line: str) -> str | None:
    """Return what separates the cells of a line.

    Examples
    --------
    >>> _separator("1,5;2,5"), _separator("1.5,2.5"), _separator("row  column  Fe-K")
    (';', ',', None)
    """
    return next((sign for sign in (";", "\t", ",") if sign in line), None)


def _cells(line: str, separator: str | None) -> list[str]:
    if separator is None:
        return line.split()
    cells = next(csv.reader([line.strip("\r\n")], delimiter=separator), [])
    return cells[:-1] if cells and not cells[-1].strip() else cells  # a separator ends the line


def _is_number(cell: str) -> bool:
    try:
        read_number(cell)
    except ValueError:
        return not cell.strip()
    return True


def _has_comma(lines: Sequence[str], separator: str | None) -> bool:
    return separator != "," and any("," in line for line in lines)


def _rows(path: Path, layout: Layout, columns: Sequence[int] | None = None) -> Iterator[np.ndarray]:
    """Yield the numbers of some columns, many rows at a time: (rows, columns) float64, NaN where none is.

    Raises
    ------
    ScanError
        If rows differ in length, or hold something else than numbers.
    """
    count = len(layout.heads) or None
    with open(path, encoding=layout.encoding, errors="replace") as file:
        lines = islice(file, layout.skipped, None)
        number = layout.skipped
        while block := list(islice(lines, max(1, CELLS_AT_ONCE // count) if count else FIRST_ROWS)):
            values = []
            for line in block:
                number += 1
                if not line.strip() or line.lstrip().startswith(COMMENTS):
                    continue
                cells = _cells(line.replace(",", ".") if layout.is_comma else line, layout.separator)
                count = len(cells) if count is None else count
                if len(cells) != count or len(line) > MAX_LINE:
                    raise cannot_read(
                        path,
                        _("line {number:,} has {found} numbers, and others have {count}").format(
                            number=number, found=len(cells), count=count
                        ),
                    )
                values.append(cells if columns is None else [cells[column] for column in columns])
            try:
                yield np.array([[cell or "nan" for cell in cells] for cells in values], np.float64)
            except ValueError as error:
                words = _("something else than numbers stands near line {number:,}")
                raise cannot_read(path, words.format(number=number)) from error


def _matrix(path: Path, layout: Layout) -> MapFile:
    @cache
    def content() -> np.ndarray:
        parts = [part for part in _rows(path, layout) if part.size]
        values = np.concatenate(parts) if parts else np.empty((0, 0))
        check_size(path, values.shape[1], values.shape[0], 1)
        return values

    height, width = content().shape
    if min(height, width) < 2:
        raise _no_places(path, height, width)
    return MapFile(path, ("",), (height, width), np.dtype(np.float64), lambda _number: content())


def _columns(path: Path, layout: Layout) -> MapFile:
    places = _place_columns(layout.heads)
    if places is None:
        raise _no_places(path, 1, len(layout.heads))
    at = [np.empty((0, 2)), *(part for part in _rows(path, layout, places) if part.size)]
    (rows, height), (columns, width) = (_indices(values) for values in np.concatenate(at).T)
    maps = [number for number in range(len(layout.heads)) if number not in places]
    pixels = len(rows)
    check_size(path, width, height, len(maps))
    if not 0.5 * width * height < pixels <= width * height:
        raise ScanError(
            _(
                "{name} has {pixels:,} rows in places that form no grid ({width:,} × {height:,}); export one "
                "row for each pixel, with its row and its column."
            ).format(name=path.name, pixels=pixels, width=width, height=height)
        )

    @cache
    def content() -> np.ndarray:
        values = large_array((len(maps), height, width), np.float64)
        if pixels < width * height:
            values[...] = np.nan
        start = 0
        for part in _rows(path, layout, maps):
            if len(part):
                here = slice(start, start + len(part))
                values[:, rows[here], columns[here]] = part.T
                start = here.stop
                let_go(values)
        return values

    notes: tuple[str, ...] = ()
    if pixels < width * height:
        words = "{name} has no values for {missing:,} pixels."
        notes = (Note(words, name=path.name, missing=width * height - pixels),)
    return MapFile(
        path,
        tuple(layout.heads[number] for number in maps),
        (height, width),
        np.dtype(np.float64),
        lambda number: content()[number],
        notes=notes,
    )


def _place_columns(heads: Sequence[str]) -> tuple[int, int] | None:
    """Return the columns that tell row and column of a pixel.

    Examples
    --------
    >>> _place_columns(["x [mm]", "y [mm]", "Fe-K"]), _place_columns(["Fe-K", "Ca-K"])
    ((1, 0), None)
    """
    words = [head.lower().split("[")[0].split("(")[0].strip(" _#") for head in heads]
    for down, across in PLACES:
        if down in words and across in words:
            return words.index(down), words.index(across)
    return None


def _indices(places: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the index of each place among all that there are, and how many there are."""
    found, indices = np.unique(places, return_inverse=True)
    return indices, len(found)


def _no_places(path: Path, height: int, width: int) -> ScanError:
    return ScanError(
        _(
            "{name} does not tell where its values lie ({height:,} rows of {width:,} columns): export a "
            "table with columns called row and column (or y and x) and one for each map, or each map as rows "
            "of numbers."
        ).format(name=path.name, height=height, width=width)
    )


FORMAT: Format = Format(
    name="Map tables",
    written_by=_("PyMca, XRF-Explorer, spreadsheets and most other programs"),
    reads=_(
        "a table with the row, the column and the maps' values of each pixel, or a map as rows of numbers; "
        "decimal commas too"
    ),
    omits=_("units and comments"),
    tested_with=_("PyMca and this project, as spreadsheets write tables"),
    files=(ENDINGS,),
    open=open_maps,
    untrusted_check=None,
    map_file=read_table,
)
