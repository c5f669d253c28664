"""Charts on a page: spectra, a map, a photograph over a map.

Each chart's figure is made from what the page wants to show and from the zoom that the browser last told.
What changes often, the band and the marks, is not part of the figure.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st

from maxrf_core.imaging.layers import LayerLook
from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.chart_state import Chart, Drawing, Published, chart_key, chart_of
from widgets.charts.component import Acts, show_chart
from widgets.charts.keys import band_keys, pixel_keys, with_keys
from widgets.charts.map_acts import boxes, clicks
from widgets.charts.map_figure import Drag, map_axes, map_figure, map_height, overlay_figure
from widgets.charts.map_layers import (
    Extent,
    Line,
    MapPicture,
    Part,
    Region,
    line_for_browser,
    map_for_browser,
    marks_for_browser,
    part_to_draw,
    values_of,
)
from widgets.charts.map_stack import Layer, looks_for_browser, publish_layers
from widgets.charts.outlines import corners_of
from widgets.charts.spectrum_figure import (
    Band,
    Curve,
    PeakName,
    as_taken,
    axes_of,
    band_for_browser,
    spectrum_figure,
)
from widgets.session.language import _, counted


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
    on_peak: Callable[[float, float], None] | None = None,
    preview: dict[str, str] | None = None,
    height: int = 360,
) -> None:
    """Draw spectra on the page; a horizontal drag gives a band.

    Parameters
    ----------
    name : str
        Identifies this chart in the session.
    axis, curves, y_title, log, labels, drag, height
        As in `widgets.charts.spectrum_figure.spectrum_figure`.
    band : (lo, hi), optional
        The chosen band. With `on_band` its edges can be dragged.
    on_band : callable, optional
        Called with (lo, hi) in the axis's unit before the page runs again. Without it nothing can be
        selected.
    on_click : callable, optional
        Called with (x, y) in data coordinates, and how much of x ten pixels of the screen are.
    on_peak : callable, optional
        Called with x of a click, and how much of x ten pixels are; a double click shows everything.
    preview : dict, optional
        The preview while a band is being dragged, from `widgets.charts.preview_cache.preview_map`.
    """
    chart = chart_of(name)
    axes = axes_of(axis, log)
    clicks = on_click is not None or on_peak is not None
    texts = [y_title, log, list(labels), drag, height, clicks]

    def published(shown: Sequence[Curve]) -> Published:
        zoom = chart.zoom.on(axes)
        named = [[curve.name, curve.colour] for curve in shown]
        identity = _digest([axis.values, *(curve.values for curve in shown)], [*texts, named, zoom])
        return chart.publish(
            identity,
            lambda: Drawing(
                spectrum_figure(
                    axis,
                    shown,
                    y_title=y_title,
                    log=log,
                    labels=labels,
                    zoom=zoom,
                    drag=drag,
                    click=clicks,
                    height=height,
                ),
                axes,
            ),
        )

    chart.draw_curve = lambda curve: published([curve])
    first, last = axis.values[[0, -1]]
    step = float(last - first) / max(len(axis.values) - 1, 1)
    keys = band_keys(band, step, (float(first), float(last))) if on_band else None
    _show(
        name,
        chart,
        published(curves),
        Acts(
            zoom=chart.zoom_to,
            click=on_click,
            peak=on_peak,
            band=None if on_band is None else lambda lo, hi: on_band(as_taken(lo, hi)),
        ),
        label=_("Spectrum: {curves}").format(curves=", ".join(curve.name for curve in curves)),
        marks=() if on_band else band_for_browser(band),
        band=band if on_band else None,
        step=step,
        keys=keys,
        preview=preview,
        height=f"{height}px",
    )


def draw_map(
    name: str,
    picture: MapPicture,
    *,
    marks: Sequence[tuple[int, int]] = (),
    regions: Sequence[Region] = (),
    on_pixel: Callable[[int, int], None] | None = None,
    on_region: Callable[[int, int, int, int], None] | None = None,
    lines: Sequence[tuple[Line, str]] = (),
    preview: dict[str, str] | None = None,
    height: int | str = 560,
) -> None:
    """Draw a map on the page; a click gives a pixel, a drag a rectangle of pixels.

    Parameters
    ----------
    name : str
        Identifies this chart in the session.
    picture : MapPicture
    marks, regions
        As in `widgets.charts.map_layers.marks_for_browser`.
    on_pixel : callable, optional
        Called with the pixel (x, y) that was clicked, before the page runs again.
    on_region : callable, optional
        Called with the first and last pixel (x0, y0, x1, y1) of a rectangle that was dragged. Without it a
        drag moves the map.
    lines : sequence of ((x0, y0, x1, y1), str)
        Drawn over the map, each in its colour.
    preview : dict, optional
        The preview at a click, from `widgets.charts.preview_cache.preview_curve`.
    height : int or str
        CSS pixels, or a length in CSS; less where the map fills less at the width of the page.
    """
    chart, shape = chart_of(name), picture.shape
    keys = pixel_keys(shape, marks) if on_pixel else None
    _show(
        name,
        chart,
        publish_map(chart, picture, selects=on_region is not None),
        Acts(
            zoom=chart.zoom_to,
            click=clicks(picture.shape, on_pixel),
            box=boxes(picture.shape, on_region),
        ),
        label=_("Map, {units}").format(units=_(picture.units)),
        marks=[*marks_for_browser(marks, regions), *(line_for_browser(*line) for line in lines)],
        keys=keys,
        preview=preview,
        height=map_height(picture.shape, height),
    )
    missing = picture.data.missing
    if missing and picture.missing_text == MapPicture.missing_text:
        st.caption(
            counted(
                "{count} pixel has no value: it is left out of limits and means, and transparent.",
                "{count:,} pixels have no value: they are left out of limits and means, and transparent.",
                missing,
            )
        )


def publish_map(chart: Chart, picture: MapPicture, *, selects: bool = False) -> Published:
    """Return a map as the browser fetches it for a chart; runs in a preview's thread too.

    Parameters
    ----------
    chart : Chart
    picture : MapPicture
    selects : bool
        A drag draws a rectangle, instead of moving the map.
    """
    part = _part(chart, picture)
    return chart.publish(
        (picture.look, part, selects),
        lambda: _map_drawing(picture, part, map_figure(picture, part, drag="select" if selects else "pan")),
    )


def draw_layers(
    name: str,
    layers: Sequence[Layer],
    looks: Sequence[LayerLook],
    number: int,
    shape: tuple[int, int],
    *,
    marks: Sequence[tuple[int, int]] = (),
    regions: Sequence[Region] = (),
    on_pixel: Callable[[int, int], None] | None = None,
    on_corner: Callable[[float, float, float], None] | None = None,
    on_region: Callable[[int, int, int, int], None] | None = None,
    line: Line | None = None,
    on_line: Callable[[float, float, float, float], None] | None = None,
    on_lasso: Callable[[np.ndarray], None] | None = None,
    outlines: Sequence[dict[str, Any]] = (),
    preview: dict[str, str] | None = None,
    pixel_size: tuple[float, float] | None = None,
    group: str | None = None,
    height: str,
) -> None:
    """Draw maps and photographs over one another; the browser blends them.

    Parameters
    ----------
    name : str
        Identifies this chart in the session.
    layers : sequence of Layer
        In any order.
    looks : sequence of LayerLook
        How each is shown, the lowest first.
    number : int
        Of the looks: newer ones have a higher one.
    shape : (height, width)
        Of the maps.
    marks, regions, on_pixel, on_region, preview
        As in `draw_map`.
    on_corner : callable, optional
        Called instead of `on_pixel` with a click's exact place and its reach, in map pixels.
    line : (x0, y0, x1, y1), optional
        Drawn over the map.
    on_line : callable, optional
        Called with the ends (x0, y0, x1, y1), in map pixels, of a line that was drawn.
    on_lasso : callable, optional
        Called with the corners, (n, 2) float64 in map pixels, of a line that was drawn around something;
        instead of `on_region`.
    outlines : sequence of dict
        Outlines of patches, from `widgets.charts.outlines.outline_marks`.
    pixel_size : (x, y), optional
        Of a map pixel in mm, for a scale bar.
    group : str, optional
        Charts of one group show the same part, which the chart of that name holds.
    height : str
        As CSS has it.
    """
    chart, seen = chart_of(name), chart_of(group or name)
    drag: Drag = "lasso" if on_lasso else "select" if on_region else "pan"
    _show(
        name,
        chart,
        publish_layers(chart, layers, shape, zoom=seen.zoom, drag=drag, pixel_size=pixel_size),
        Acts(
            zoom=seen.zoom_to,
            click=clicks(shape, on_pixel, on_corner),
            box=boxes(shape, on_region),
            line=on_line,
            lasso=on_lasso and (lambda *corners: on_lasso(corners_of(corners))),
        ),
        label=_("Map of {layers}").format(layers=", ".join(each.title for each in layers)),
        marks=[
            *marks_for_browser(marks, regions),
            *([] if line is None else [line_for_browser(line)]),
            *outlines,
        ],
        keys=pixel_keys(shape, marks) if on_pixel else None,
        preview=preview,
        looks=looks_for_browser(looks, number),
        group=group,
        seen=seen,
        height=height,
    )


def draw_comparison(
    name: str,
    photo: np.ndarray,
    extent: Extent,
    picture: MapPicture,
    *,
    opacity: float = 0.5,
    lines: Sequence[np.ndarray] = (),
    height: int | str = 560,
) -> None:
    """Draw a photograph over a map.

    Parameters
    ----------
    name, picture
        As in `draw_map`.
    height : int or str
        Largest height in CSS pixels, or the height in CSS.
    photo, extent, opacity, lines
        As in `widgets.charts.map_figure.overlay_figure`.
    """
    chart = chart_of(name)
    part = _part(chart, picture)

    def drawing() -> Drawing:
        figure = overlay_figure(photo, extent, picture, part, opacity=opacity, lines=lines)
        return _map_drawing(picture, part, figure)

    identity = picture.look, part, _digest([photo, *lines], [extent, opacity])
    _show(
        name,
        chart,
        chart.publish(identity, drawing),
        Acts(zoom=chart.zoom_to),
        label=_("The photograph over the map"),
        height=height if isinstance(height, str) else map_height(picture.shape, height),
    )


def _show(
    name: str, chart: Chart, published: Published, acts: Acts, *, seen: Chart | None = None, **others: Any
) -> None:
    """Show a published drawing in a chart, with the zoom of `seen`; its label says what the keys do."""
    chart.shown = published
    others["label"] = with_keys(others["label"], others.get("keys"))
    seen, wanted = seen or chart, None
    if seen.begun:
        zoom = seen.zoom
        wanted = {"number": seen.begun, "x": zoom.x, "y": zoom.y, "axes": zoom.axes.split("/", 1)}
    show_chart(chart_key(name), published.name, chart.address, acts, asked=chart.asked, zoom=wanted, **others)


def _map_drawing(picture: MapPicture, part: Part, figure: Any) -> Drawing:
    return Drawing(
        figure, map_axes(picture.shape), map_for_browser(picture, part), lambda: values_of(picture, part)
    )


def _part(chart: Chart, picture: MapPicture) -> Part:
    """Return the part to draw finely: the browser tells a zoom of a map only where that looked coarse."""
    return part_to_draw(picture.shape, chart.zoom.on(map_axes(picture.shape)))


def _digest(arrays: Sequence[np.ndarray], others: Sequence[Any]) -> str:
    """Return a digest: the same text only for the same arrays and values."""
    digest = hashlib.blake2b(repr(list(others)).encode(), digest_size=16)
    for array in arrays:
        array = np.ascontiguousarray(array)
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(array.data)
    return digest.hexdigest()
