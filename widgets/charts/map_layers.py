"""The pixels and values of a map that are sent to the browser.

The browser gets a picture at about the resolution of the screen, and the values for hovering, as means of
blocks if there are too many pixels. Zoomed in, it gets the visible part pixel by pixel with all values, and
the whole map coarsely below it.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from maxrf_core.imaging.colormaps import COLORMAPS, DEFAULT_COLORMAP
from maxrf_core.imaging.display import shrink
from widgets.charts.colours import MARK_COLOUR, own_colour
from widgets.charts.component import Zoom
from widgets.charts.data_url import data_url
from widgets.session.language import _, marked
from widgets.session.map_data import MapData, block_means

Extent = tuple[float, float, float, float]
Line = tuple[float, float, float, float]  # x0, y0, x1, y1
Region = tuple[int, int, int, int]  # first and last pixel: x0, y0, x1, y1

PIXELS_WITH_VALUES = 250_000  # a part of at most so many pixels is sent with each one's value
BLOCKS_WITH_VALUES = 60_000  # of a larger part, means over at most about so many blocks
PICTURE_SIZE = (960, 720)  # one and a half times what a chart takes on a page, for screens with fine pixels
COARSE_SIZE = (480, 360)  # of the whole map under a finer part, to be seen only while moving
MARGIN = 2.0  # a part is at most so many times as wide and high as what is seen of it

# Which of 256 colours are used where one number stands for what is missing
_WITHOUT_ONE = np.append(np.rint(np.arange(255) * 255 / 254).astype(int), 0)


@dataclass(frozen=True, eq=False)
class MapPicture:
    """A map and how it is to be shown.

    Parameters
    ----------
    data : MapData
    vmin, vmax : float
        The values that get the first and the last colour.
    colormap : str
        A name that `maxrf_core.imaging.display.colorize` knows.
    units : str
        In English; translated where it is shown.
    missing_text : str
        What hovering says of a missing value, in English.
    missing_colour : (int, int, int), optional
        Red, green and blue of missing values; by default they are transparent.
    """

    data: MapData
    vmin: float
    vmax: float
    colormap: str = DEFAULT_COLORMAP
    units: str = marked("counts per channel")
    missing_text: str = marked("no value")
    missing_colour: tuple[int, int, int] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.data.shape

    @property
    def look(self) -> Hashable:
        """Identifies this picture."""
        return (
            self.data.name,
            self.vmin,
            self.vmax,
            self.colormap,
            self.units,
            self.missing_text,
            self.missing_colour,
        )


@dataclass(frozen=True)
class Part:
    """The pixels of a map that are drawn finely, and how finely.

    Attributes
    ----------
    left, top, right, bottom : int
        First column and row, and those after the last.
    block : int
        Side of the blocks whose means are sent, in pixels; 1 sends every pixel.
    """

    left: int
    top: int
    right: int
    bottom: int
    block: int = 1

    @property
    def pixels(self) -> tuple[slice, slice]:
        """The rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def size(self) -> int:
        """Number of pixels."""
        return (self.right - self.left) * (self.bottom - self.top)

    @property
    def step(self) -> float:
        """Pixels of the map to a pixel of the picture that is sent, along a side."""
        return max(
            (self.right - self.left) / PICTURE_SIZE[0], (self.bottom - self.top) / PICTURE_SIZE[1], 1.0
        )

    @property
    def extent(self) -> Extent:
        """Left, right, bottom and top edge in map coordinates."""
        return self.left - 0.5, self.right - 0.5, self.bottom - 0.5, self.top - 0.5


def part_to_draw(shape: tuple[int, int], zoom: Zoom | None = None) -> Part:
    """Return the part of a map to draw finely, for the part that is visible.

    Parameters
    ----------
    shape : (height, width)
    zoom : Zoom, optional
        The visible part; by default the whole map.

    Returns
    -------
    Part
        The visible part with a margin as wide as can be drawn as finely.

    Examples
    --------
    >>> part_to_draw((300, 280))
    Part(left=0, top=0, right=280, bottom=300, block=1)
    >>> part_to_draw((1692, 1592)).block
    7
    >>> part_to_draw((1692, 1592), Zoom((99.5, 199.5), (399.5, 299.5)))
    Part(left=50, top=250, right=250, bottom=450, block=1)
    """
    height, width = shape
    part = _whole(shape)
    if part.size <= PIXELS_WITH_VALUES:
        return part
    left, right = _seen(zoom.x if zoom else None, width)
    top, bottom = _seen(zoom.y if zoom else None, height)
    columns, rows = right - left, bottom - top
    if columns * rows <= PIXELS_WITH_VALUES:
        growth = math.sqrt(PIXELS_WITH_VALUES / (columns * rows))
    else:
        growth = max(1.0, min(PICTURE_SIZE[0] / columns, PICTURE_SIZE[1] / rows))
    left, right = _grown(left, right, min(growth, MARGIN), width)
    top, bottom = _grown(top, bottom, min(growth, MARGIN), height)
    part = Part(left, top, right, bottom)
    if part.size <= PIXELS_WITH_VALUES:
        return part
    return replace(part, block=math.ceil(math.sqrt(part.size / BLOCKS_WITH_VALUES)))


def add_map(figure: go.Figure, picture: MapPicture, part: Part) -> None:
    """Add a map's pictures to a figure: a finely drawn part, and the whole below it.

    Parameters
    ----------
    figure : Figure
    picture : MapPicture
    part : Part
        What `part_to_draw` chose.
    """
    whole = _whole(picture.shape)
    if part.size == whole.size:
        add_picture(figure, _png(picture, picture.data.fit(*PICTURE_SIZE)), whole.extent)
        return
    add_picture(figure, _png(picture, picture.data.fit(*COARSE_SIZE)), whole.extent)
    add_picture(figure, _png(picture, _finely(picture, part)), part.extent)


def add_picture(
    figure: go.Figure,
    url: str,
    extent: Extent,
    opacity: float = 1.0,
    layer: str = "below",
) -> None:
    """Add a picture to a figure, at its extent in the figure's coordinates."""
    left, right, bottom, top = extent
    figure.add_layout_image(
        source=url,
        xref="x",
        yref="y",
        x=left,
        y=top,
        sizex=right - left,
        sizey=bottom - top,
        sizing="stretch",
        opacity=opacity,
        layer=layer,
    )


def map_for_browser(picture: MapPicture, part: Part) -> dict[str, Any]:
    """Return what the browser needs beside the figure of a map.

    Parameters
    ----------
    picture : MapPicture
    part : Part
        What `part_to_draw` chose.

    Returns
    -------
    dict
        ``units``, ``limits`` and ``colours`` of the colour bar; ``rows`` and ``columns`` of the values, each
        the mean of ``block`` × ``block`` pixels from ``left`` and ``top``; ``texts`` for hovering;
        ``crisp`` where every pixel of the map is one of the picture; ``extent``, ``shape`` and ``finest``: a
        view looks coarse outside of the extent, or where less than so many pixels of the map lie on a pixel
        of the screen.
    """
    return {
        "rows": math.ceil((part.bottom - part.top) / part.block),
        "columns": math.ceil((part.right - part.left) / part.block),
        "left": part.left,
        "top": part.top,
        "block": part.block,
        "units": _(picture.units),
        "texts": {"missing": _(picture.missing_text), "mean": _("mean of {block} × {block} pixels")},
        "limits": [picture.vmin, picture.vmax],
        "colours": in_hex(COLORMAPS[picture.colormap]),
        "crisp": part.step == 1,
        "extent": part.extent,
        "shape": picture.shape,
        "finest": 0.0 if part.block == 1 else part.step,
    }


def values_of(picture: MapPicture, part: Part) -> np.ndarray:
    """Return the values of a part for hovering, as means of its blocks, (rows, columns) float."""
    if part.size == _whole(picture.shape).size:
        return picture.data.means(part.block)
    return block_means(_cut(picture, part), part.block)


def marks_for_browser(marks: Sequence[tuple[int, int]], regions: Sequence[Region]) -> list[dict[str, Any]]:
    """Return the marks that the browser draws on a map.

    Parameters
    ----------
    marks : sequence of (x, y)
        Pixels to ring, numbered from 1.
    regions : sequence of (x0, y0, x1, y1)
        Rectangles of pixels to frame, numbered after the marks.

    Returns
    -------
    list of dict
        ``number``, ``colour``, and ``box``: first and last edge, or twice the centre of a pixel.
    """
    boxes: list[Extent] = [(x, y, x, y) for x, y in marks]
    boxes += [(x0 - 0.5, y0 - 0.5, x1 + 0.5, y1 + 0.5) for x0, y0, x1, y1 in regions]
    return [
        {"number": number, "colour": own_colour(number), "box": box}
        for number, box in enumerate(boxes, start=1)
    ]


def line_for_browser(line: Line, colour: str = MARK_COLOUR) -> dict[str, Any]:
    """Return the mark of a line (x0, y0, x1, y1) on a map."""
    return {"colour": colour, "line": line}


def indexed(
    values: np.ndarray,
    vmin: float,
    vmax: float,
    palette: np.ndarray,
    missing_colour: tuple[int, int, int] | None = None,
) -> Image.Image:
    """Draw values in 256 colours.

    Parameters
    ----------
    values : ndarray (height, width)
        Missing values (NaN) are transparent, unless they have a colour.
    vmin, vmax : float
        The values of the first and the last colour.
    palette : ndarray (256, 3) uint8
    missing_colour : (int, int, int), optional

    Returns
    -------
    Image
        Of a palette.
    """
    span, missing = vmax - vmin, np.isnan(values)
    is_full = not missing.any()
    last = 255 if is_full else 254  # the number of a colour that is left over for what is missing
    levels = (values - np.float32(vmin)) * np.float32(last / span if span > 0 else 0)
    np.nan_to_num(levels, copy=False, posinf=last, neginf=0)
    np.clip(levels, 0, last, out=levels)
    np.rint(levels, out=levels)
    levels[missing] = 255
    image = Image.fromarray(levels.astype(np.uint8))
    colours = palette if is_full else palette[_WITHOUT_ONE]
    if not is_full and missing_colour is not None:
        colours[255] = missing_colour
    image.putpalette(colours.tobytes())
    if not is_full and missing_colour is None:
        image.info["transparency"] = 255
    return image


def in_hex(palette: np.ndarray) -> list[str]:
    """Return some of a palette's colours in CSS, from the first to the last, for a colour bar."""
    return ["#" + bytes(colour).hex() for colour in palette[::15].tolist()]


def _whole(shape: tuple[int, int]) -> Part:
    return Part(0, 0, shape[1], shape[0])


def _finely(picture: MapPicture, part: Part) -> np.ndarray:
    return shrink(_cut(picture, part), *PICTURE_SIZE)


def _cut(picture: MapPicture, part: Part) -> np.ndarray:
    return picture.data.values[part.pixels]


def _seen(edges: tuple[float, float] | None, length: int) -> tuple[int, int]:
    """Return the first pixel that an axis shows and the one after the last."""
    first, last = sorted(edges or (-0.5, length - 0.5))
    start = min(max(math.floor(first + 0.5), 0), length - 1)
    return start, max(start + 1, min(math.ceil(last + 0.5), length))


def _grown(start: int, stop: int, growth: float, length: int) -> tuple[int, int]:
    """Widen a range about its middle, not beyond the map."""
    more = int((stop - start) * (growth - 1) / 2)
    return max(0, start - more), min(length, stop + more)


def _png(picture: MapPicture, values: np.ndarray) -> str:
    """Draw values losslessly: noisy maps are no smaller as JPEG."""
    palette = COLORMAPS[picture.colormap]
    image = indexed(values, picture.vmin, picture.vmax, palette, picture.missing_colour)
    return data_url(image, "PNG", compress_level=1)
