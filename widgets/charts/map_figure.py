"""A map, and a photograph over it, as a Plotly figure.

Everything lies in the map's coordinates: pixel centres at whole numbers, y downwards. Colours of text and
background are left to Streamlit's theme. The map itself is not in the figure, only its place
(`widgets.charts.map_layers`).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from maxrf_core.imaging.display import shrink, to_display
from maxrf_core.registration.register import image_extent
from widgets.charts.chart_events import Zoom
from widgets.charts.data_url import data_url
from widgets.charts.map_layers import Extent, add_map_places, add_picture
from widgets.charts.spectrum_figure import offer_box_select

PHOTO_WIDTH = 1600  # a photograph is sent to the browser no wider than this


def map_figure(
    shape: tuple[int, int],
    *,
    drag: Literal["pan", "select"] = "pan",
    zoom: Zoom | None = None,
    height: int = 560,
) -> go.Figure:
    """Draw what lies around a map: axes in its pixels, y downwards, one scale for both.

    Parameters
    ----------
    shape : (height, width)
        Of the map.
    drag : {"pan", "select"}
        Whether a drag moves the map or draws a rectangle.
    zoom : Zoom, optional
    height : int
        CSS pixels.
    """
    figure = go.Figure()
    add_map_places(figure, shape)
    _frame(figure, shape, zoom, height)
    figure.update_layout(dragmode=drag)
    if drag == "select":
        offer_box_select(figure)
    return figure


def overlay_figure(
    photo: np.ndarray,
    extent: Extent,
    shape: tuple[int, int],
    *,
    opacity: float = 0.5,
    lines: Sequence[np.ndarray] = (),
    zoom: Zoom | None = None,
    height: int = 560,
) -> go.Figure:
    """Draw the photograph over the map.

    Parameters
    ----------
    photo : ndarray (rows, columns), (rows, columns, 3) or (rows, columns, 4)
        The photograph at any resolution.
    extent : (left, right, bottom, top)
        Where it lies, in map pixels.
    shape : (height, width)
        Of the map.
    opacity : float
        0 shows the map alone, 1 the photograph alone.
    lines : sequence of ndarray, (n, 2)
        Lines to draw over both, in map pixels.
    zoom : Zoom, optional
    height : int
        CSS pixels.
    """
    figure = go.Figure()
    add_map_places(figure, shape)
    _add_photo(figure, photo, extent, opacity)
    if len(lines):
        _add_lines(figure, lines)
    _frame(figure, shape, zoom, height)
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


def _frame(figure: go.Figure, shape: tuple[int, int], zoom: Zoom | None, height: int) -> None:
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
