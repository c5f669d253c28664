"""What do a map and the photograph over it look like as a Plotly figure?

Everything lies in the map's coordinates: pixel centres at whole numbers, y downwards. Colours of text and
background are left to Streamlit's theme.
"""

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from maxrf_core.picture import colorize, shrink, to_display
from maxrf_core.registration import image_extent
from widgets.chart_events import Zoom
from widgets.spectrum_figures import offer_box_select, own_colour

Extent = tuple[float, float, float, float]
Region = tuple[int, int, int, int]  # first and last pixel: x0, y0, x1, y1

PIXELS_TO_DRAW = 250_000  # as a plain heatmap; above, a picture is 13 times smaller and 9 times faster
CELLS_TO_HOVER = 60_000  # on the photograph, which only borrows the map's values
PHOTO_WIDTH = 1600  # a photograph is sent to the browser no wider than this
OUTLINE = "1px 1px white, -1px 1px white, 1px -1px white, -1px -1px white"  # of letters on a map


@dataclass(frozen=True, eq=False)
class MapPicture:
    """A map and how it is to be shown.

    Parameters
    ----------
    values : ndarray (height, width)
    vmin, vmax : float
        The values that get the first and the last colour.
    colormap : str
        A name that `maxrf_core.picture.colorize` knows.
    units : str
    """

    values: np.ndarray
    vmin: float
    vmax: float
    colormap: str = "viridis"
    units: str = "counts per channel"


def map_figure(
    picture: MapPicture,
    *,
    marks: Sequence[tuple[int, int]] = (),
    regions: Sequence[Region] = (),
    drag: Literal["pan", "select"] = "pan",
    zoom: Zoom | None = None,
    height: int = 560,
) -> go.Figure:
    """Draw a map whose true values show on hovering, y downwards, pixels square.

    Parameters
    ----------
    picture : MapPicture
    marks : sequence of (x, y)
        Pixels to ring, numbered from 1.
    regions : sequence of (x0, y0, x1, y1)
        Rectangles of pixels to frame, numbered after the marks.
    drag : {"pan", "select"}
        Whether a drag moves the map or draws a rectangle.
    zoom : Zoom, optional
    height : int
        CSS pixels.
    """
    figure = go.Figure()
    _add_map(figure, picture)
    _add_marks(figure, marks)
    for number, region in enumerate(regions, start=len(marks) + 1):
        _add_region(figure, region, number)
    _frame(figure, picture.values.shape, zoom, height)
    figure.update_layout(dragmode=drag)
    if drag == "select":
        offer_box_select(figure)
    return figure


def comparison_figure(
    photo: np.ndarray,
    extent: Extent,
    picture: MapPicture,
    *,
    stacked: bool = False,
    zoom: Zoom | None = None,
    height: int = 560,
) -> go.Figure:
    """Draw photograph and map beside one another, zoomed and moved as one.

    Parameters
    ----------
    photo : ndarray (rows, columns), (rows, columns, 3) or (rows, columns, 4)
        The registered photograph at any resolution.
    extent : (left, right, bottom, top)
        Where it lies, in map pixels.
    picture : MapPicture
    stacked : bool
        The map below the photograph, for narrow screens.
    zoom : Zoom, optional
    height : int
        CSS pixels of the whole figure.
    """
    figure = go.Figure()
    # The grid is laid out by hand: make_subplots would bring titles of its own and gaps too wide here.
    gap = 0.04
    first, second = ([0.5 + gap, 1], [0, 0.5 - gap]) if stacked else ([0, 0.5 - gap / 2], [0.5 + gap / 2, 1])
    side = "yaxis" if stacked else "xaxis"
    figure.update_layout({side: {"domain": first}, f"{side}2": {"domain": second}})
    _add_photo(figure, photo, extent, axes=("x", "y"))
    figure.add_trace(_hover_values(picture, ("x", "y"), CELLS_TO_HOVER))
    bar = None if stacked else {"x": 1, "xanchor": "right", "y": 1}
    _add_map(figure, picture, ("x2", "y2"), bar)
    _frame(figure, picture.values.shape, zoom, height)
    figure.update_layout(
        xaxis2={"matches": "x", "anchor": "y2", "constrain": "domain"},
        yaxis2={"matches": "y", "anchor": "x2", "constrain": "domain", "constraintoward": "top"},
    )
    if not stacked:
        figure.update_layout(yaxis2_showticklabels=False)
    return figure


def overlay_figure(
    photo: np.ndarray,
    extent: Extent,
    picture: MapPicture,
    *,
    opacity: float = 0.5,
    zoom: Zoom | None = None,
    height: int = 560,
) -> go.Figure:
    """Draw the photograph over the map.

    Parameters
    ----------
    photo, extent, picture
        As in `comparison_figure`.
    opacity : float
        0 shows the map alone, 1 the photograph alone.
    zoom : Zoom, optional
    height : int
        CSS pixels.
    """
    figure = go.Figure()
    _add_map(figure, picture)
    _add_photo(figure, photo, extent, axes=("x", "y"), opacity=opacity, layer="above")
    _frame(figure, picture.values.shape, zoom, height)
    return figure


def _add_map(
    figure: go.Figure,
    picture: MapPicture,
    axes: tuple[str, str] = ("x", "y"),
    bar: dict[str, Any] | None = None,
) -> None:
    """Add a map to a figure, and its colour bar, short enough for a phone.

    A small map is one heatmap. A large one is a picture in the map's own 256 colours, lossless, under an
    invisible heatmap of means over blocks of pixels, which tells the values.
    """
    palette = colorize(np.arange(256, dtype=np.float32)[np.newaxis], 0, 255, picture.colormap)[0]
    values = _hover_values(picture, axes, PIXELS_TO_DRAW)
    values.update(
        zmin=picture.vmin,
        zmax=picture.vmax,
        colorscale=[[i / 255, "#" + bytes(colour).hex()] for i, colour in enumerate(palette.tolist())],
        showscale=True,
        colorbar={
            "title": {"text": picture.units, "side": "top"},
            "orientation": "h",
            "thickness": 10,
            "lenmode": "pixels",
            "len": 260,
            "yanchor": "bottom",
            "xpad": 0,
            "ypad": 6,
            **(bar or {"x": 0.5, "y": 1}),
        },
    )
    if picture.values.size <= PIXELS_TO_DRAW:
        values.update(opacity=1)
    else:
        _add_picture(figure, _indexed_png(picture, palette), image_extent(*picture.values.shape), axes)
    figure.add_trace(values)


def block_means(values: np.ndarray, block: int) -> np.ndarray:
    """Average square blocks of pixels; blocks at the right and lower edge may hold fewer.

    Parameters
    ----------
    values : ndarray (height, width)
    block : int
        Pixels to a side.

    Returns
    -------
    ndarray (ceil(height / block), ceil(width / block)) float32

    Examples
    --------
    >>> block_means(np.array([[1, 3, 5], [1, 3, 7]]), 2)
    array([[2., 6.]], dtype=float32)
    """
    values = np.asarray(values)
    if block == 1:
        return values.astype(np.float32)
    rows, columns = np.arange(0, values.shape[0], block), np.arange(0, values.shape[1], block)
    sums = np.add.reduceat(np.add.reduceat(values.astype(np.float64), rows, axis=0), columns, axis=1)
    heights = np.diff(np.append(rows, values.shape[0]))
    widths = np.diff(np.append(columns, values.shape[1]))
    return (sums / np.outer(heights, widths)).astype(np.float32)


def _hover_values(picture: MapPicture, axes: tuple[str, str], cells: int) -> go.Heatmap:
    """Make an invisible heatmap of at most about so many cells that tells the map's values."""
    height, width = picture.values.shape
    block = math.ceil(math.sqrt(height * width / cells))
    block = max(1, block)
    note = f"<br>mean of {block} × {block} pixels" if block > 1 else ""
    return go.Heatmap(
        z=block_means(picture.values, block),
        # Edges, not centres: so the last, smaller block ends where the map ends.
        x=np.append(np.arange(0, width, block), width).astype(np.float32) - np.float32(0.5),
        y=np.append(np.arange(0, height, block), height).astype(np.float32) - np.float32(0.5),
        opacity=0,
        showscale=False,
        xaxis=axes[0],
        yaxis=axes[1],
        hovertemplate=f"x %{{x:.0f}}, y %{{y:.0f}}<br>%{{z:.4~g}} {picture.units}{note}<extra></extra>",
    )


def _indexed_png(picture: MapPicture, palette: np.ndarray) -> str:
    span = picture.vmax - picture.vmin
    scaled = (np.asarray(picture.values, np.float32) - picture.vmin) * (255 / span if span > 0 else 0)
    indexed = np.clip(np.nan_to_num(scaled), 0, 255).round().astype(np.uint8)
    image = Image.fromarray(indexed)
    image.putpalette(palette.astype(np.uint8).tobytes())
    return _data_url(image, "PNG", compress_level=1)


def _add_photo(
    figure: go.Figure,
    photo: np.ndarray,
    extent: Extent,
    axes: tuple[str, str],
    opacity: float = 1.0,
    layer: str = "below",
) -> None:
    """Lay a photograph into the map's coordinates; where it has an alpha channel, that is kept."""
    if photo.ndim == 3 and photo.shape[2] == 4 and photo.dtype == np.uint8:
        url = _data_url(Image.fromarray(shrink(photo, PHOTO_WIDTH)), "WEBP", quality=85)
    else:
        url = _data_url(Image.fromarray(shrink(to_display(photo), PHOTO_WIDTH)), "JPEG", quality=85)
    _add_picture(figure, url, extent, axes, opacity, layer)


def _add_picture(
    figure: go.Figure,
    url: str,
    extent: Extent,
    axes: tuple[str, str],
    opacity: float = 1.0,
    layer: str = "below",
) -> None:
    left, right, bottom, top = extent
    figure.add_layout_image(
        source=url,
        xref=axes[0],
        yref=axes[1],
        x=left,
        y=top,
        sizex=right - left,
        sizey=bottom - top,
        sizing="stretch",
        opacity=opacity,
        layer=layer,
    )


def _data_url(image: Image.Image, kind: str, **options: Any) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _add_marks(figure: go.Figure, marks: Sequence[tuple[int, int]]) -> None:
    """Ring pixels in their own colours, with white around, since a map may have any colour."""
    if not marks:
        return
    x, y = zip(*marks, strict=True)
    colours = [own_colour(number) for number in range(1, len(marks) + 1)]
    for colour, width in (("white", 5), (colours, 2)):
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                marker={"symbol": "circle-open", "size": 12, "color": colour, "line": {"width": width}},
                hoverinfo="skip",
                showlegend=False,
            )
        )
    figure.update_traces(
        selector=-1,
        mode="markers+text",
        text=[str(number) for number in range(1, len(marks) + 1)],
        textposition="top right",
        textfont={"color": colours, "size": 16, "shadow": OUTLINE, "weight": "bold"},
    )


def _add_region(figure: go.Figure, region: Region, number: int) -> None:
    """Frame a rectangle of pixels in its own colour, with white around."""
    x0, y0, x1, y1 = region
    corners = {"x0": x0 - 0.5, "y0": y0 - 0.5, "x1": x1 + 0.5, "y1": y1 + 0.5}
    figure.add_shape(type="rect", line={"color": "white", "width": 5}, **corners)
    font = {"color": own_colour(number), "size": 16, "shadow": OUTLINE, "weight": "bold"}
    figure.add_shape(
        type="rect",
        line={"color": own_colour(number), "width": 2},
        label={"text": str(number), "textposition": "top left", "font": font},
        **corners,
    )


def _frame(figure: go.Figure, shape: Sequence[int], zoom: Zoom | None, height: int) -> None:
    """Set axes in map pixels: y downwards, one scale for both, the whole map unless zoomed."""
    left, right, bottom, top = image_extent(*shape)
    zoom = zoom or Zoom()
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 70, "b": 10, "pad": 0},
        dragmode="pan",
        hovermode="closest",
    )
    figure.update_layout(
        xaxis={
            "range": list(zoom.x or (left, right)),
            "constrain": "domain",
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "range": list(zoom.y or (bottom, top)),
            "constrain": "domain",
            "constraintoward": "top",
            "scaleanchor": "x",
            "showgrid": False,
            "zeroline": False,
        },
    )
