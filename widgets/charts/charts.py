"""Charts that keep their selection and zoom while the page runs again.

Streamlit mounts a chart anew, without selection and zoom, if its figure differs in anything. So each chart's
figure is kept in the session and sent again unchanged after a drag or a zoom, which the browser shows by
itself. It is built anew only if something else changes, and then begins with the last band and zoom.
"""

import hashlib
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from maxrf_core.spectrum.calibration import SpectralAxis
from maxrf_core.transform.coordinates import pixel_at, pixels_within
from widgets.charts.chart_events import Zoom, chart_events, listens, show_curve, show_map
from widgets.charts.map_figure import map_figure, overlay_figure
from widgets.charts.map_layers import (
    Extent,
    MapPicture,
    Region,
    for_browser,
    marks_for_browser,
    part_to_draw,
)
from widgets.charts.spectrum_figure import (
    Band,
    Curve,
    PeakName,
    as_taken,
    axes_of,
    band_for_browser,
    curve_for_browser,
    make_replaceable,
    range_from_selection,
    spectrum_figure,
)
from widgets.session.language import counted

_CONFIG = {
    "scrollZoom": True,
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["resetScale2d"],  # "autoscale" shows everything, this one the last redraw
}
# A map is not in its figure, so Plotly would save a picture without it; the page offers downloads itself.
_MAP_CONFIG = _CONFIG | {"modeBarButtonsToRemove": ["resetScale2d", "toImage"]}


@dataclass
class Chart:
    """State of one chart of this session."""

    content: str = ""
    axes: str = ""
    figure: go.Figure | None = None
    band: Band | None = None
    zoom: Zoom = field(default_factory=Zoom)
    refined_for: Zoom = field(default_factory=Zoom)  # the zoom for which a map was last drawn finer
    layers: tuple[Hashable, dict[str, Any]] = (None, {})  # a map as the browser gets it, and of what
    asked: int = 0  # the last map preview that was requested
    curve_of: Callable[[Curve], dict[str, Any]] | None = None  # a curve as the browser gets it for this chart
    wants_redraw: bool = False
    builds: int = 0

    def redraw(self) -> None:
        """Request that the figure is built anew."""
        self.wants_redraw = True

    def layers_of(self, picture: MapPicture) -> dict[str, Any]:
        """Return a map as the browser gets it; made anew only if it differs from the last."""
        part = part_to_draw(picture.shape, _on_axes(self.refined_for, _map_axes(picture)))
        wanted = picture.look, part
        known, layers = self.layers  # which another thread may replace meanwhile
        if known != wanted:
            layers = for_browser(picture, part)
            self.layers = wanted, layers
        return layers


def draw_spectrum(
    name: str,
    axis: SpectralAxis,
    curves: Sequence[Curve],
    *,
    y_title: str | None = None,
    log: bool = True,
    labels: Sequence[PeakName] = (),
    band: Band | None = None,
    drag: Literal["select", "zoom"] = "select",
    on_band: Callable[[Band], None] | None = None,
    on_click: Callable[[float, float, float], None] | None = None,
    replaceable: bool = False,
    preview: dict[str, str] | None = None,
    height: int = 360,
) -> None:
    """Draw spectra on the page; a horizontal drag gives a band.

    Parameters
    ----------
    name : str
        Identifies this chart in the session; its zoom is kept under it.
    axis, curves, y_title, log, labels, band, drag, height
        As in `widgets.charts.spectrum_figure.spectrum_figure`. Pass the band that `on_band` got, or
        another one, which the chart then shows.
    on_band : callable, optional
        Called with (lo, hi) in the axis's unit before the page runs again. Without it nothing can be
        selected.
    on_click : callable, optional
        Called with (x, y) in data coordinates, and how much of x ten pixels of the screen are.
    replaceable : bool
        Show another curve in the existing chart, which is faster: for one curve without `labels`.
    preview : dict, optional
        The preview while a band is being dragged, from `widgets.charts.preview_cache.preview_map`.
    """
    axes = axes_of(axis, log)
    # One that cannot be dragged is drawn over the chart, which stays as it is when the band changes.
    selected, shown = (band, None) if on_band else (None, band)
    fixed = [] if replaceable else curves
    texts = [[curve.name for curve in fixed], y_title, log, list(labels), drag, height, on_band is None]
    content = _digest([axis.values, *(curve.values for curve in fixed)], texts)

    def build(zoom: Zoom) -> go.Figure:
        figure = spectrum_figure(
            axis,
            curves,
            y_title=y_title,
            log=log,
            labels=labels,
            band=selected,
            zoom=zoom,
            drag=drag,
            height=height,
        )
        if replaceable:
            told = curve_for_browser(axis, curves[0], log=log, zoom=zoom, height=height)
            make_replaceable(figure, told["name"])
        return figure

    tolerance = float(np.ptp(axis.values)) / (2 * max(len(axis.values) - 1, 1))
    chart = _prepare(name, content, axes, build, selected, tolerance)

    def curve_of(curve: Curve) -> dict[str, Any]:
        zoom = _on_axes(chart.zoom, axes)
        return curve_for_browser(axis, curve, log=log, zoom=zoom, height=height)

    def put(key: str) -> None:
        show_curve(key, curve_of(curves[0]), chart.redraw)

    chart.curve_of = curve_of if replaceable else None
    _draw(
        name,
        chart,
        on_band,
        on_click,
        put=put if replaceable else None,
        marks=band_for_browser(shown),
        preview=preview,
    )


def draw_map(
    name: str,
    picture: MapPicture,
    *,
    marks: Sequence[tuple[int, int]] = (),
    regions: Sequence[Region] = (),
    on_pixel: Callable[[int, int], None] | None = None,
    on_region: Callable[[int, int, int, int], None] | None = None,
    preview: dict[str, str] | None = None,
    height: int = 560,
) -> None:
    """Draw a map on the page; a click gives a pixel, a drag a rectangle of pixels.

    Parameters
    ----------
    name, picture, height
        As in `draw_spectrum` and `widgets.charts.map_figure.map_figure`.
    marks, regions
        As in `widgets.charts.map_layers.marks_for_browser`.
    on_pixel : callable, optional
        Called with the pixel (x, y) that was clicked, before the page runs again.
    on_region : callable, optional
        Called with the first and last pixel (x0, y0, x1, y1) of a rectangle that was dragged. Without it a
        drag moves the map.
    preview : dict, optional
        The preview at a click, from `widgets.charts.preview_cache.preview_curve`.
    """

    def build(zoom: Zoom) -> go.Figure:
        drag: Literal["select", "pan"] = "pan" if on_region is None else "select"
        return map_figure(picture.shape, drag=drag, zoom=zoom, height=height)

    content = _digest([], [picture.shape, height])
    chart = _prepare(name, content, _map_axes(picture), build)
    _draw(
        name,
        chart,
        on_click=_on_pixel(picture, on_pixel),
        on_box=_on_region(picture, on_region),
        put=partial(show_map, layers=chart.layers_of(picture), asked=chart.asked),
        config=_MAP_CONFIG,
        marks=marks_for_browser(marks, regions),
        preview=preview,
    )
    missing = picture.data.missing
    if missing:
        st.caption(
            counted(
                "{count} pixel has no value in this band: "
                "it is left out of limits and means, and transparent.",
                "{count:,} pixels have no value in this band: "
                "they are left out of limits and means, and transparent.",
                missing,
            )
        )


def draw_comparison(
    name: str,
    photo: np.ndarray,
    extent: Extent,
    picture: MapPicture,
    *,
    opacity: float = 0.5,
    lines: Sequence[np.ndarray] = (),
    on_pixel: Callable[[int, int], None] | None = None,
    height: int = 560,
) -> None:
    """Draw a photograph over a map.

    Parameters
    ----------
    name, photo, extent, picture, opacity, lines, height
        As in `draw_spectrum` and `widgets.charts.map_figure.overlay_figure`.
    on_pixel : callable, optional
        Called with the pixel (x, y) that was clicked on either picture.
    """

    def build(zoom: Zoom) -> go.Figure:
        return overlay_figure(
            photo, extent, picture.shape, opacity=opacity, lines=lines, zoom=zoom, height=height
        )

    content = _digest([photo, *lines], [picture.shape, extent, opacity, height])
    chart = _prepare(name, content, _map_axes(picture), build)
    _draw(
        name,
        chart,
        on_click=_on_pixel(picture, on_pixel),
        put=partial(show_map, layers=chart.layers_of(picture)),
        config=_MAP_CONFIG,
    )


def _prepare(
    name: str,
    content: str,
    axes: str,
    build: Callable[[Zoom], go.Figure],
    band: Band | None = None,
    tolerance: float = 0.0,
) -> Chart:
    """Return the chart with its figure; built anew only if the browser does not show it already."""
    chart = chart_of(name)
    as_left = (
        chart.figure is not None
        and not chart.wants_redraw
        and chart.content == content
        and _same_band(chart.band, band, tolerance)
        and listens(container_key(name))
    )
    if not as_left:
        chart.zoom = _on_axes(chart.zoom, axes)
        chart.figure = build(chart.zoom)
        # Streamlit gives equal figures one identity, and brings back what it last showed under it.
        chart.builds += 1
        chart.figure.update_layout(meta=chart.builds)
        chart.content, chart.band, chart.wants_redraw = content, band, False
    chart.axes = axes
    return chart


def _draw(
    name: str,
    chart: Chart,
    on_band: Callable[[Band], None] | None = None,
    on_click: Callable[[float, float, float], None] | None = None,
    on_box: Callable[[Band, Band], None] | None = None,
    put: Callable[[str], None] | None = None,
    config: dict[str, Any] = _CONFIG,
    marks: Sequence[dict[str, Any]] = (),
    preview: dict[str, str] | None = None,
) -> None:
    """Draw a chart; `put` adds what is not in its figure, to the container of this key."""
    key = f"{container_key(name)}-plot"
    selects = on_band is not None or on_box is not None

    def show_all() -> None:
        # A double-click clears the selection in the browser, but the band still holds.
        chart.zoom = chart.refined_for = Zoom()
        chart.wants_redraw = True

    def selected() -> None:
        event = st.session_state[key]
        band, rows = range_from_selection(event), range_from_selection(event, "y")
        if band is None:
            show_all()
        elif on_box is not None and rows is not None:
            on_box(band, rows)
            chart.wants_redraw = True  # without the selection, over which the page marks what it took
        elif on_band is not None:
            chart.band = as_taken(*band)
            on_band(chart.band)

    def zoomed(zoom: Zoom, too_coarse: bool) -> None:
        chart.zoom = zoom
        if too_coarse:
            chart.refined_for = zoom

    with st.container(key=container_key(name), gap=None):
        st.plotly_chart(
            chart.figure,
            key=key,
            # A double-click is a click first: where clicks count, it must do nothing more.
            config=config | {"doubleClick": "autosize" if on_click is None else False},
            on_select=selected if selects else "ignore",
            selection_mode="box",
        )
        on_clear = show_all if selects else None
        chart_events(container_key(name), chart.axes, zoomed, on_click, on_clear, marks, preview)
        if put is not None:
            put(container_key(name))


def _on_pixel(
    picture: MapPicture, on_pixel: Callable[[int, int], None] | None
) -> Callable[[float, float, float], None] | None:
    """Round positions to pixels and ignore those outside the map."""
    if on_pixel is None:
        return None

    def clicked(x: float, y: float, _: float) -> None:
        pixel = pixel_at(x, y, picture.shape)
        if pixel is not None:
            on_pixel(*pixel)

    return clicked


def _on_region(
    picture: MapPicture, on_region: Callable[[int, int, int, int], None] | None
) -> Callable[[Band, Band], None] | None:
    """Convert a box to the pixels whose centres it holds; ignore a box without any."""
    if on_region is None:
        return None

    def dragged(columns: Band, rows: Band) -> None:
        region = pixels_within(columns, rows, picture.shape)
        if region is not None:
            on_region(*region)

    return dragged


def _same_band(shown: Band | None, wanted: Band | None, tolerance: float) -> bool:
    if shown is None or wanted is None:
        return shown is wanted
    return all(abs(a - b) <= tolerance for a, b in zip(shown, wanted, strict=True))


def _map_axes(picture: MapPicture) -> str:
    height, width = picture.shape
    return f"{width} pixels/{height} pixels"


def _digest(arrays: Sequence[np.ndarray], others: Sequence[Any]) -> str:
    """Return a digest: the same text only for the same arrays and values."""
    digest = hashlib.blake2b(repr(list(others)).encode(), digest_size=16)
    for array in arrays:
        array = np.ascontiguousarray(array)
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(array.data)
    return digest.hexdigest()


def _on_axes(zoom: Zoom, axes: str) -> Zoom:
    """Return the part of a zoom that applies to these axes."""
    (x, y), (last_x, last_y) = axes.split("/"), (zoom.axes or "/").split("/")
    return Zoom(zoom.x if x == last_x else None, zoom.y if y == last_y else None, axes)


def chart_of(name: str) -> Chart:
    """Return the state of this session's chart of that name."""
    chart: Chart = st.session_state.setdefault(f"chart/{name}", Chart())
    return chart


def container_key(name: str) -> str:
    """Return the key of a chart's container, a valid CSS name for any name of an array."""
    is_plain = re.fullmatch(r"[\w-]{1,100}", name, re.ASCII)
    return f"chart-{name if is_plain else hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"
