"""Point files of other programs: QGIS, BigWarp and Butterfly Registrator.

They differ in the origin of coordinates (half a pixel), the direction of y, and which image comes first:

- QGIS's georeferencer treats an image without coordinates as a map from (0, −height) to (width, 0):
  the outer corner of the top-left pixel is (0, 0), y runs up and is negative (QgsGdalProvider sets the pixel
  size to (1, −1) there). The source is the photograph; as map serves another image without coordinates.
- BigWarp is based on BigDataViewer, where pixel centres are at integers (MipmapTransforms shifts the
  centres of pixels that are s times as large by (s − 1) / 2). Its coordinates are in the image's unit of
  length: both images must have none, so that a pixel is 1. The moving image is the photograph.
- Butterfly Registrator stores positions of markers in a Qt scene, where the outer corner of the top-left
  pixel is (0, 0). Its target is the photograph. Its moving image, the map, is first enlarged to fit the
  photograph's width or height, and its coordinates are those of the enlarged map: both sizes are needed.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.transform.coordinates import rescale_points
from maxrf_core.written_numbers import read_number

Shape = tuple[int, ...]

MAX_SIDE = 1_000_000_000  # pixels; a longer side that a file tells is none
QGIS_HEADER = "mapX,mapY,sourceX,sourceY,enable,dX,dY,residual"
QGIS_COLUMNS = len(QGIS_HEADER.split(","))
BUTTERFLY_HEADER = [
    "Butterfly Registrator",
    "1.0",
    "control points",
    "Assumes moving image(s) resized and padded to match target image dimensions",
]
BUTTERFLY_COLUMNS = "x|y|x|y"
# The sizes of both pictures are written where the other programs ignore them: QGIS reads five columns,
# BigWarp accepts any name of a landmark, and the first lines of Butterfly Registrator are free text.
QGIS_SIZES = ("photoWidth", "photoHeight", "mapWidth", "mapHeight")
SIZES_PATTERN = re.compile(r"photograph (\d{1,9})x(\d{1,9}), map (\d{1,9})x(\d{1,9})")


@dataclass(frozen=True, eq=False)
class ParsedPoints:
    """Points read from a file of another program.

    Attributes
    ----------
    src, dst : ndarray, (n, 2), float64
        Pairs x, y in the photograph and on the map, pixel centres at integers.
    left_out : int
        Number of pairs that the program ignores: disabled, or incomplete.
    sizes : dict of str to list of int
        Height and width of both pictures, as ``photo_shape`` and ``map_shape``, if this program wrote them
        into the file.
    model : str
        The kind of transform that the pairs were made from; empty if there was none.
    """

    src: np.ndarray
    dst: np.ndarray
    left_out: int = 0
    sizes: dict[str, list[int]] = field(default_factory=dict)
    model: str = ""


def detect_kind(text: str) -> str | None:
    """Return the program that wrote a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        qgis, bigwarp or butterfly; None for any other text.

    Examples
    --------
    >>> detect_kind("mapX,mapY,sourceX,sourceY,enable\\n1,-2,3,-4,1\\n")
    'qgis'
    """
    lines = [line.strip() for line in text[:10_000].splitlines() if line.strip()]
    if not lines:
        return None
    if lines[0] == BUTTERFLY_HEADER[0]:
        return "butterfly"
    if any(line.lower().lstrip("# ").startswith("mapx") for line in lines[:3]):
        return "qgis"
    cells = _cells(lines[0])
    if 6 <= len(cells) <= 9 and cells[1].lower() in ("true", "false"):
        return "bigwarp"
    return None


def parse_qgis(text: str) -> ParsedPoints:
    """Read the points of QGIS's georeferencer.

    Parameters
    ----------
    text : str
        A ``.points`` file, of QGIS 2 or 3.

    Returns
    -------
    ParsedPoints

    Raises
    ------
    RegistrationError
        If a line holds no numbers, or the map has geographic coordinates.

    Examples
    --------
    >>> parsed = parse_qgis("mapX,mapY,sourceX,sourceY,enable\\n1.5,-2.5,30.5,-40.5,1\\n")
    >>> parsed.src, parsed.dst
    (array([[30., 40.]]), array([[1., 2.]]))
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    start = next(n for n, line in enumerate(lines) if line.lower().lstrip("# ").startswith("mapx"))
    mark = next((sign for sign in ",;" if sign in lines[start]), "\t")
    titles = [title.strip().lower() for title in lines[start].lstrip("# ").split(mark)]
    columns = [
        _column(titles, *names)
        for names in (("mapx",), ("mapy",), ("sourcex", "pixelx"), ("sourcey", "pixely"))
    ]
    switch = titles.index("enable") if "enable" in titles else None
    rows, left_out = [], 0
    for line in lines[start + 1 :]:
        cells = line.split(mark)
        enabled = cells[switch].strip().lower() if switch is not None and switch < len(cells) else ""
        if len(cells) > max(len(titles), QGIS_COLUMNS) or enabled not in ("", "0", "1", "true", "false"):
            raise RegistrationError(
                _(
                    "the line {line!r:.60} does not fit the first line, as with decimal commas among commas."
                ).format(line=line)
            )
        numbers = _numbers(cells, columns, line)
        if enabled in ("0", "false"):
            left_out += 1
        else:
            rows.append(numbers)
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    if len(table) and ((table[:, 1] > 0).all() or (table[:, 3] > 0).all()):
        raise RegistrationError(
            _(
                "the points were set on a map with coordinates, where y runs up; open the element map "
                "in QGIS as an image without coordinates, and set the points there."
            )
        )
    from_corner = table * [1, -1, 1, -1] - 0.5
    sizes: dict[str, list[int]] = {}
    with suppress(ValueError, IndexError):
        row = lines[start + 1].split(mark)
        sizes = _sizes(*(int(row[titles.index(name.lower())]) for name in QGIS_SIZES))
    return ParsedPoints(from_corner[:, 2:], from_corner[:, :2], left_out, sizes)


def format_qgis(
    src: np.ndarray, dst: np.ndarray, photo_shape: Shape | None = None, map_shape: Shape | None = None
) -> str:
    """Write points for QGIS's georeferencer.

    Parameters
    ----------
    src, dst : ndarray, (n, 2), float64
    photo_shape, map_shape : (height, width) or more, optional
        Shapes of both images, to be stored.

    Returns
    -------
    str
    """
    table = (np.hstack([dst, src]) + 0.5) * [1, -1, 1, -1]
    header, more = [QGIS_HEADER], ["1", "0", "0", "0"]
    if photo_shape is not None and map_shape is not None:
        header += QGIS_SIZES
        more += [
            str(length) for height, width in (photo_shape[:2], map_shape[:2]) for length in (width, height)
        ]
    lines = [",".join([*map(repr, row), *more]) for row in table.tolist()]
    return "\n".join([",".join(header), *lines, ""])


def parse_bigwarp(text: str) -> ParsedPoints:
    """Read the landmarks of BigWarp.

    Parameters
    ----------
    text : str
        A CSV file of landmarks in two or three dimensions; the third is ignored.

    Returns
    -------
    ParsedPoints

    Raises
    ------
    RegistrationError
        If a line holds no numbers.

    Examples
    --------
    >>> parsed = parse_bigwarp('"Pt-0","true","30.0","40.0","1.0","2.0"\\n')
    >>> parsed.src, parsed.dst
    (array([[30., 40.]]), array([[1., 2.]]))
    """
    rows, left_out = [], 0
    for line in (line for line in text.splitlines() if line.strip()):
        cells = _cells(line)
        first = 2 + len(cells) % 2  # BigWarp of 2025 numbers its landmarks in a third column
        axes = (len(cells) - first) // 2
        numbers = _numbers(cells, (first, first + 1, first + axes, first + axes + 1), line)
        if cells[1].lower() == "true" and all(map(math.isfinite, numbers)):
            rows.append(numbers)
        else:
            left_out += 1
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return ParsedPoints(table[:, :2], table[:, 2:], left_out, sizes_in_words(text))


def format_bigwarp(
    src: np.ndarray, dst: np.ndarray, photo_shape: Shape | None = None, map_shape: Shape | None = None
) -> str:
    """Write points as landmarks of BigWarp.

    Parameters
    ----------
    src, dst : ndarray, (n, 2), float64
    photo_shape, map_shape : (height, width) or more, optional
        Shapes of both images, to be stored in the names of the landmarks.

    Returns
    -------
    str
    """
    written = io.StringIO()
    rows = np.hstack([src, dst]).tolist()
    sizes = ""
    if photo_shape is not None and map_shape is not None:
        sizes = f" ({in_words(photo_shape, map_shape)})"
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [f"Pt-{number}{sizes}", "true", *row] for number, row in enumerate(rows)
    )
    return written.getvalue()


def parse_butterfly(text: str, photo_shape: Shape, map_shape: Shape) -> ParsedPoints:
    """Read the control points of Butterfly Registrator.

    Parameters
    ----------
    text : str
        Eight lines, ``x|y|x|y``, and a line for each pair.
    photo_shape, map_shape : (height, width) or more
        Shapes of the target and of the moving image (the map) before it was enlarged. Shapes stored in the
        text are preferred.

    Returns
    -------
    ParsedPoints

    Raises
    ------
    RegistrationError
        If a line holds no numbers.

    Examples
    --------
    >>> text = format_butterfly(np.array([[30.0, 40]]), np.array([[1.0, 2]]), (300, 200), (30, 20), "a", "b")
    >>> print(text.splitlines()[-1])
    30.5|40.5|15.0|25.0
    >>> parsed = parse_butterfly(text, (300, 200), (30, 20))
    >>> parsed.src, parsed.dst
    (array([[30., 40.]]), array([[1., 2.]]))
    """
    lines = [line.strip() for line in text.splitlines()]
    start = next((n for n, line in enumerate(lines) if line == BUTTERFLY_COLUMNS), len(BUTTERFLY_HEADER) + 4)
    rows = [_numbers(line.split("|"), range(4), line) for line in lines[start + 1 :] if line]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4) - 0.5
    sizes = sizes_in_words("\n".join(lines[: len(BUTTERFLY_HEADER)]))
    if sizes:
        photo_shape, map_shape = tuple(sizes["photo_shape"]), tuple(sizes["map_shape"])
    wider, higher = _enlargement(photo_shape, map_shape)
    return ParsedPoints(table[:, :2], rescale_points(table[:, 2:], (1 / wider, 1 / higher)), 0, sizes)


def format_butterfly(
    src: np.ndarray, dst: np.ndarray, photo_shape: Shape, map_shape: Shape, photo_name: str, map_name: str
) -> str:
    """Write points for Butterfly Registrator, which accepts only four pairs.

    Parameters
    ----------
    src, dst : ndarray, (n, 2), float64
    photo_shape, map_shape : (height, width) or more
    photo_name, map_name : str
        File names of both images, by which it recognises them.

    Returns
    -------
    str
    """
    enlarged = rescale_points(dst, _enlargement(photo_shape, map_shape))
    rows = ("|".join(map(repr, row)) for row in (np.hstack([src, enlarged]) + 0.5).tolist())
    names = ["target", photo_name, "moving", map_name]
    header = [*BUTTERFLY_HEADER[:-1], f"{BUTTERFLY_HEADER[-1]} ({in_words(photo_shape, map_shape)})"]
    return "\n".join([*header, *names, BUTTERFLY_COLUMNS, *rows, ""])


PARSERS: dict[str, Callable[[str], ParsedPoints]] = {"qgis": parse_qgis, "bigwarp": parse_bigwarp}
FORMATTERS: dict[str, Callable[[np.ndarray, np.ndarray, Shape | None, Shape | None], str]] = {
    "qgis": format_qgis,
    "bigwarp": format_bigwarp,
}


def in_words(photo_shape: Shape, map_shape: Shape) -> str:
    """Return the sizes of both pictures as text for `SIZES_PATTERN`."""
    (height, width), (map_height, map_width) = photo_shape[:2], map_shape[:2]
    return f"photograph {width}x{height}, map {map_width}x{map_height}"


def sizes_in_words(text: str) -> dict[str, list[int]]:
    """Return the sizes that `in_words` wrote somewhere in a text; empty if there are none."""
    found = SIZES_PATTERN.search(text)
    return _sizes(*map(int, found.groups())) if found else {}


def _sizes(width: int, height: int, map_width: int, map_height: int) -> dict[str, list[int]]:
    return {"photo_shape": [height, width], "map_shape": [map_height, map_width]}


def told_shape(picture: Any) -> list[int] | None:
    """Return the height and width that a file of JSON tells of a picture.

    Parameters
    ----------
    picture : object
        What the file holds there: anything.

    Returns
    -------
    list of int, or None
        None if it tells none, or none that a picture can have.

    Examples
    --------
    >>> told_shape({"width": 40, "height": 30}), told_shape({"width": 40, "height": -1}), told_shape("none")
    ([30, 40], None, None)
    """
    told = [picture.get(side) for side in ("height", "width")] if isinstance(picture, dict) else []
    lengths = [length for length in told if isinstance(length, int) and 0 < length < MAX_SIDE]
    return lengths if len(lengths) == 2 else None


def _enlargement(photo_shape: Shape, map_shape: Shape) -> tuple[float, float]:
    """Return the factors by which Butterfly Registrator enlarges a map, along x and y."""
    (height, width), (map_height, map_width) = photo_shape[:2], map_shape[:2]
    proportion = map_width / map_height
    if proportion > width / height:
        height = int(width / proportion)
    else:
        width = int(height * proportion)
    return max(width, 1) / map_width, max(height, 1) / map_height


def _cells(line: str) -> list[str]:
    """Split a line at commas, or at semicolons as in spreadsheets with decimal commas."""
    found: list[list[str]] = []
    for mark in ",;":
        with suppress(csv.Error, StopIteration):
            found.append([cell.strip() for cell in next(csv.reader([line], delimiter=mark))])
    by_comma, by_semicolon = [*found, [], []][:2]
    return by_semicolon if len(by_semicolon) >= 6 else by_comma


def _column(titles: Sequence[str], *names: str) -> int:
    for name in names:
        if name in titles:
            return titles.index(name)
    raise RegistrationError(_("it has no column {listed}.").format(listed=" or ".join(names)))


def _numbers(cells: Sequence[str], columns: Iterable[int], line: str) -> list[float]:
    try:
        return [read_number(cells[column]) for column in columns]
    except (ValueError, IndexError):
        raise RegistrationError(
            _("the line {line!r:.60} does not hold the numbers of a pair.").format(line=line)
        ) from None
