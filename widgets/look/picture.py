"""The picture of the bench: all layers over one another, or each beside the others with one zoom."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from widgets.charts.chart_state import chart_of
from widgets.charts.charts import draw_layers
from widgets.charts.component import Zoom
from widgets.charts.curves import pixel_curve
from widgets.charts.map_figure import map_axes
from widgets.charts.map_stack import Layer
from widgets.charts.outlines import outline_marks
from widgets.charts.preview_cache import preview_curve
from widgets.look.polygon import polygon_marks
from widgets.look.profile import line_drawn
from widgets.look.window import picture_height
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.scan import Scan

PICTURE, SPECTRUM = "look-picture", "look-spectrum"
MAX_BESIDE = 4
_BESIDE = "look-beside"


def is_beside() -> bool:
    """Return True if the visitor wants each layer beside the others."""
    return bool(st.session_state.get(_BESIDE))


def choose_beside(count: int) -> None:
    """Show the choice between one picture and several, where there are so many layers."""
    st.toggle(
        _("Side by side"),
        key=_BESIDE,
        persist_state="session",
        disabled=count < 2,
        help=_("Each layer has a picture of its own, up to four, with one zoom and one cross."),
    )


def pictured_layers(layers: Sequence[Layer], now: Choice) -> list[Layer]:
    """Return the layers that have a place in the picture: of those side by side the ones that are shown."""
    shown = [layer for layer in layers if layer.key in now.bench.shown_keys]
    return shown if is_beside() and shown else list(layers)


def charts_of(layers: Sequence[Layer]) -> list[str]:
    """Return the names of the charts that show layers."""
    if not is_beside() or len(layers) < 2:
        return [PICTURE]
    return [f"{PICTURE}-{number}" for number in range(min(len(layers), MAX_BESIDE))]


def chart_of_layer(layers: Sequence[Layer], key: str | None) -> str | None:
    """Return the name of the chart that shows a layer, or of the only one; None if no chart does.

    Parameters
    ----------
    layers : sequence of Layer
        On the bench, the lowest first.
    key : str or None
        Of the layer; None is one that does not lie on the bench yet.
    """
    charts = charts_of(layers) if layers else []
    if charts == [PICTURE]:
        return PICTURE
    upmost = [layer.key for layer in reversed(layers)][: len(charts)]
    return charts[upmost.index(key)] if key in upmost else None


def show_picture(scan: Scan, layers: Sequence[Layer], now: Choice, **acts: Any) -> None:
    """Show the layers on the bench, and the patches.

    Parameters
    ----------
    scan : Scan
    layers : sequence of Layer
    now : Choice
    **acts
        What happens at a click or a drag, as `widgets.charts.charts.draw_layers` takes it; by default a click
        chooses a pixel.
    """
    if not layers:
        st.info(_("Choose an element, a band or the photograph."), icon=":material/layers:")
        return
    _follow_zoom(scan, now)
    charts = charts_of(layers)
    if charts == [PICTURE]:
        _draw(PICTURE, scan, layers, now, picture_height(scan.shape), acts)
        return
    rows = 1 if len(charts) <= 2 else 2
    height = picture_height(scan.shape, rows, titled=True)
    places = [place for _row in range(rows) for place in st.columns(2, gap="small")]
    upmost = list(reversed(layers))[: len(charts)]
    for chart, layer, place in zip(charts, upmost, places, strict=False):
        with place:
            st.caption(layer.title, width="stretch", text_alignment="center")
            _draw(chart, scan, [layer], now, height, acts)


def _follow_zoom(scan: Scan, now: Choice) -> None:
    """Note which part is seen, or have the browser show the part that was seen before a crash."""
    chart, axes = chart_of(PICTURE), map_axes(scan.shape)
    if now.is_zoom_due and now.zoom is not None:
        left, right, bottom, top = now.zoom
        chart.begin(Zoom((left, right), (bottom, top), "/".join(axes)))
    now.is_zoom_due = False
    zoom = chart.zoom.on(axes)
    now.zoom = (*zoom.x, *zoom.y) if zoom.x and zoom.y else None


def _draw(
    chart: str, scan: Scan, layers: Sequence[Layer], now: Choice, height: str, acts: dict[str, Any]
) -> None:
    keys = {layer.key for layer in layers}
    curve = partial(pixel_curve, scan)
    preview = preview_curve(SPECTRUM, scan.shape, curve) if scan.has_spectra else None
    all_acts: dict[str, Any] = {"on_pixel": now.choose_pixel, "preview": preview, **acts}
    draw_layers(
        chart,
        layers,
        [look for look in now.bench.looks if look.key in keys],
        now.bench.number,
        scan.shape,
        marks=now.pixels[-1:],
        line=now.ruler,
        on_line=partial(line_drawn, now),
        outlines=[*outline_marks(now.shown_patches, now.shown_numbers), *polygon_marks(now)],
        pixel_size=scan.pixel_size,
        group=PICTURE,
        height=height,
        **all_acts,
    )
