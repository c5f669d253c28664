"""A map, and a photograph over it, as a Plotly figure.

Everything lies in the map's coordinates: pixel centres at whole numbers, y downwards. Colours of text and
background are left to the page's theme.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from maxrf_core.imaging.display import shrink, to_display
from maxrf_core.registration.register import image_extent
from widgets.charts.colours import MARK_COLOUR
from widgets.charts.data_url import data_url
from widgets.charts.map_layers import Extent, MapPicture, Part, add_map, add_picture

Drag = Literal[
    "pan", "select", "lasso"
]  # what a drag does: move, or draw a rectangle or a line around something
MARGIN = {"l": 44, "r": 10, "t": 74, "b": 26}  # CSS pixels
MARGIN_WITHOUT_BAR = 34  # CSS pixels above a map, for the buttons
MIN_HEIGHT = 260  # CSS pixels of a chart, also of a map that is low
PHOTO_WIDTH = 1600  # a photograph is sent to the browser no wider than this


def map_figure(picture: MapPicture, part: Part, *, drag: Literal["pan", "select"] = "pan") -> go.Figure:
    """Draw a map: axes in its pixels, y downwards, one scale for both.

    Parameters
    ----------
    picture : MapPicture
    part : Part
        What is drawn finely, from `widgets.charts.map_layers.part_to_draw`.
    drag : {"pan", "select"}
        Whether a drag moves the map or draws a rectangle.
    """
    figure = go.Figure()
    add_map(figure, picture, part)
    _frame(figure, picture.shape)
    figure.update_layout(dragmode=drag)
    return figure


def bare_map_figure(shape: tuple[int, int], *, drag: Drag = "pan") -> go.Figure:
    """Return the axes of a map without picture and colour bar, as in `map_figure`; the browser draws it."""
    figure = go.Figure()
    _frame(figure, shape)
    figure.update_layout(
        dragmode=drag, margin_t=MARGIN_WITHOUT_BAR, newshape={"line": {"color": MARK_COLOUR, "width": 2}}
    )
    return figure


def map_axes(shape: tuple[int, int]) -> tuple[str, str]:
    """Return what the axes of a map mean: a zoom applies to maps of the same size.

    Examples
    --------
    >>> map_axes((300, 200))
    ('200 pixels', '300 pixels')
    """
    height, width = shape
    return f"{width} pixels", f"{height} pixels"


def map_height(shape: tuple[int, int], limit: int | str) -> str:
    """Return the height of a map's chart in CSS: what the map fills at the width that the chart has.

    Parameters
    ----------
    shape : (height, width)
    limit : int or str
        CSS pixels, or a length in CSS, that it takes at most.

    Examples
    --------
    >>> map_height((300, 200), 560)
    'min(560px, max(260px, (100cqw - 54px) * 1.5 + 100px))'
    """
    rows, columns = shape
    across, down = MARGIN["l"] + MARGIN["r"], MARGIN["t"] + MARGIN["b"]
    fitting = f"(100cqw - {across}px) * {round(rows / columns, 4)} + {down}px"
    most = limit if isinstance(limit, str) else f"{limit}px"
    return f"min({most}, max({MIN_HEIGHT}px, {fitting}))"


def overlay_figure(
    photo: np.ndarray,
    extent: Extent,
    picture: MapPicture,
    part: Part,
    *,
    opacity: float = 0.5,
    lines: Sequence[np.ndarray] = (),
) -> go.Figure:
    """Draw the photograph over the map.

    Parameters
    ----------
    photo : ndarray (rows, columns), (rows, columns, 3) or (rows, columns, 4)
        The photograph at any resolution.
    extent : (left, right, bottom, top)
        Where it lies, in map pixels.
    picture, part
        The map, as in `map_figure`.
    opacity : float
        0 shows the map alone, 1 the photograph alone.
    lines : sequence of ndarray, (n, 2)
        Lines to draw over both, in map pixels.
    """
    figure = go.Figure()
    add_map(figure, picture, part)
    _add_photo(figure, photo, extent, opacity)
    if len(lines):
        _add_lines(figure, lines)
    _frame(figure, picture.shape)
    return figure


def _add_photo(
    figure: go.Figure,
    photo: np.ndarray,
    extent: Extent,
    opacity: float,
) -> None:
    """Lay a photograph into the map's coordinates; where it has an alpha channel, that is kept."""
    if photo.ndim == 3 and photo.shape[2] == 4 and photo.dtype == np.uint8:
        url = data_url(Image.fromarray(shrink(photo, PHOTO_WIDTH)), "WEBP", quality=85)
    else:
        url = data_url(Image.fromarray(shrink(to_display(photo), PHOTO_WIDTH)), "JPEG", quality=85)
    add_picture(figure, url, extent, opacity=opacity, layer="above")


def _add_lines(figure: go.Figure, lines: Sequence[np.ndarray]) -> None:
    """Draw lines as one trace, light in the dark and dark in the light."""
    gap = np.full((1, 2), np.nan)
    places = np.concatenate([part for line in lines for part in (line, gap)])
    for width, color in ((3, "rgba(0,0,0,0.55)"), (1.2, "white")):
        figure.add_trace(
            go.Scatter(
                x=places[:, 0], y=places[:, 1], mode="lines", line={"width": width, "color": color},
                hoverinfo="skip", showlegend=False, cliponaxis=True,
            )
        )  # fmt: skip


def _frame(figure: go.Figure, shape: tuple[int, int]) -> None:
    """Set axes in map pixels: y downwards, one scale for both, the whole map."""
    left, right, bottom, top = image_extent(*shape)
    figure.update_layout(
        margin=MARGIN | {"pad": 0, "autoexpand": False},
        dragmode="pan",
        hovermode="closest",
        hoveranywhere=True,
        clickanywhere=True,
    )
    look = {"constrain": "domain", "showgrid": False, "zeroline": False}
    figure.update_layout(
        xaxis={"range": [left, right]} | look,
        yaxis={"range": [bottom, top], "constraintoward": "top", "scaleanchor": "x"} | look,
    )
