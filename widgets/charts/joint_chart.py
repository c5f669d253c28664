"""Two maps against each other as a chart: a rectangle or a lasso in it selects pairs of values."""

from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from maxrf_core.patches.joint_histogram import JointHistogram
from widgets.charts.chart_state import Drawing, chart_key, chart_of
from widgets.charts.component import Acts, show_chart
from widgets.charts.data_url import data_url
from widgets.charts.outlines import corners_of
from widgets.session.language import _

Coloured = tuple[str, np.ndarray]  # a colour such as "#e69f00", and counts (bins of y, bins of x)
GREY = (120, 120, 120)
MIN_OPACITY = 0.25  # of a bin with one pixel


def draw_joint(
    name: str,
    histogram: JointHistogram,
    titles: tuple[str, str],
    coloured: Sequence[Coloured],
    on_polygon: Callable[[np.ndarray], None],
    *,
    height: int = 320,
) -> None:
    """Draw a joint histogram on the page.

    Parameters
    ----------
    name : str
        Identifies this chart in the session.
    histogram : JointHistogram
    titles : (str, str)
        Of the two axes.
    coloured : sequence of (colour, counts)
        Parts of the pixels, such as patches, in colours of their own.
    on_polygon : callable
        Called with the corners, (n, 2) float64 in values of the two maps, of what was drawn.
    height : int
        CSS pixels.
    """
    chart = chart_of(name)
    image = joint_image(histogram.counts, coloured)
    identity = image.tobytes(), titles, histogram.x_edges.tobytes(), histogram.y_edges.tobytes(), height
    published = chart.publish(identity, lambda: Drawing(joint_figure(histogram, image, titles), titles))
    chart.shown = published

    def boxed(x0: float, x1: float, y0: float, y1: float) -> None:
        on_polygon(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]))

    show_chart(
        chart_key(name),
        published.name,
        chart.address,
        Acts(zoom=chart.zoom_to, box=boxed, lasso=lambda *values: on_polygon(corners_of(values))),
        label=_("{x} against {y}").format(x=titles[0], y=titles[1]),
        height=f"{height}px",
        asked=chart.asked,
    )


def joint_figure(histogram: JointHistogram, image: Image.Image, titles: tuple[str, str]) -> go.Figure:
    """Return the figure: the picture of the bins over two linear axes."""
    (left, right), (bottom, top) = (
        edges[[0, -1]].tolist() for edges in (histogram.x_edges, histogram.y_edges)
    )
    figure = go.Figure()
    figure.add_layout_image(
        source=data_url(image, "PNG"), xref="x", yref="y", x=left, y=top,
        sizex=right - left, sizey=top - bottom, sizing="stretch", layer="below",
    )  # fmt: skip
    figure.update_layout(dragmode="lasso", margin={"l": 56, "r": 10, "t": 34, "b": 44})
    figure.update_xaxes(title=titles[0], range=[left, right], zeroline=False)
    figure.update_yaxes(title=titles[1], range=[bottom, top], zeroline=False)
    return figure


def joint_image(counts: np.ndarray, coloured: Sequence[Coloured]) -> Image.Image:
    """Return the bins as a picture, the lowest row at the bottom: the more pixels, the less transparent.

    Parameters
    ----------
    counts : ndarray, shape (bins of y, bins of x)
    coloured : sequence of (colour, counts)
        Bins of which at least one pixel is in a part have its colour.
    """
    pixels = np.zeros((*counts.shape, 4), np.uint8)
    pixels[..., :3] = GREY
    depth = np.log1p(counts) / np.log1p(max(int(counts.max()), 1))
    pixels[..., 3] = np.rint(255 * np.where(counts > 0, MIN_OPACITY + (1 - MIN_OPACITY) * depth, 0))
    for colour, part in coloured:
        pixels[part > 0, :3] = tuple(bytes.fromhex(colour.removeprefix("#")))
    return Image.fromarray(pixels[::-1].copy())
