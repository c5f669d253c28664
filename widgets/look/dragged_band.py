"""The band that is dragged on the spectrum: it moves a layer of the bench, or lays another one on it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from maxrf_core.imaging.layer_keys import band_key, band_of
from maxrf_core.imaging.layers import LayerLook
from widgets.charts.band_controls import band_name
from widgets.charts.map_stack import Layer, MapLayer
from widgets.charts.preview_cache import preview_layers
from widgets.charts.spectrum_figure import Band
from widgets.look.bench_layers import band_layer, first_look
from widgets.look.picture import PICTURE, chart_of_layer
from widgets.session.band_map_cache import IsWanted
from widgets.session.choice import Choice
from widgets.session.language import _
from widgets.session.map_data import MapData
from widgets.session.navigation import outside_page
from widgets.session.scan import Scan

MapOf = Callable[[float, float], MapData | None]
_MOVED = "look-band-moved"


def moved_key(now: Choice) -> str | None:
    """Return the key of the band's layer that a drag moves; None if it lays another one on the bench."""
    if now.adds_band:
        return None
    bands = _bands(now)
    chosen = band_key(now.lo, now.hi) if now.lo is not None and now.hi is not None else None
    return chosen if chosen in bands else next(reversed(bands), None)


def lay_band(scan: Scan, now: Choice, band: Band) -> None:
    """Move the layer of the band to the one that was dragged, or lay another one on the bench."""
    key, moved = band_key(*band), moved_key(now)
    now.lo, now.hi = band
    with outside_page():
        layer = band_layer(scan, key, now=now)
    if layer is not None and key not in now.bench.keys and _has_room(now, moved):
        now.bench.show(_looks_with(layer, now, moved))
        now.adds_band = False
    elif not _has_room(now, moved):
        st.toast(_("The bench is full: take a layer off first."), icon=":material/layers:")


def preview_of_band(scan: Scan, layers: Sequence[Layer], now: Choice) -> dict[str, str] | None:
    """Prepare the preview of the layers on the bench while a band is being dragged.

    Parameters
    ----------
    scan : Scan
    layers : sequence of Layer
        On the bench, the lowest first.
    now : Choice

    Returns
    -------
    dict or None
        For the chart in which it is dragged; None where the picture cannot show the band before the page has
        run again: with nothing on the bench, or where another picture is to stand beside the others.
    """
    moved = moved_key(now)
    chart = chart_of_layer(layers, moved)
    if chart is None or not _has_room(now, moved):
        return None
    shown = [layer for layer in layers if chart == PICTURE or layer.key == moved]

    def laid_out(lo: float, hi: float, map_of: MapOf) -> tuple[list[Layer], list[LayerLook]] | None:
        key = band_key(lo, hi)
        ends, bench = band_of(key), now.bench
        if key in bench.keys or ends is None:
            return list(shown), bench.looks
        data = map_of(*ends)
        layer = None if data is None else band_layer(scan, key, data, now)
        if layer is None:
            return None
        others = [layer if each.key == moved else each for each in shown]
        return (others if moved else [*others, layer]), _looks_with(layer, now, moved)

    def exact(lo: float, hi: float, is_wanted: IsWanted) -> tuple[list[Layer], list[LayerLook]] | None:
        return laid_out(lo, hi, partial(scan.prepare_band_map, is_wanted=is_wanted))

    coarse = partial(laid_out, map_of=scan.coarse_band_map) if scan.has_coarse_maps else None
    return preview_layers(chart, scan.shape, exact, coarse, group=PICTURE, pixel_size=scan.pixel_size)


def choose_moved_band(scan: Scan, now: Choice) -> None:
    """Show which band's layer a drag moves, where there are several, and a button to lay another one."""
    bands = _bands(now)
    st.button(
        _("Band"),
        icon=":material/add:",
        key="look-band-add",
        type="primary" if now.adds_band else "secondary",
        help=_("The next drag across the spectrum lays another band on the bench."),
        disabled=now.bench.is_full,
        on_click=setattr,
        args=(now, "adds_band", not now.adds_band),
    )
    if now.adds_band:
        st.caption(_("Drag across the spectrum to lay another band on the bench."))
        return
    if len(bands) < 2:
        return

    def chosen() -> None:
        band = band_of(st.session_state[_MOVED] or "")
        if band is not None:
            now.lo, now.hi = band

    st.session_state[_MOVED] = moved_key(now)
    st.segmented_control(
        _("A drag moves"),
        bands,
        format_func=lambda key: band_name(scan, *(band_of(key) or (0, 0))),
        key=_MOVED,
        on_change=chosen,
        required=True,
    )


def _bands(now: Choice) -> list[str]:
    return [key for key in now.bench.keys if band_of(key) is not None]


def _has_room(now: Choice, moved: str | None) -> bool:
    return moved is not None or not now.bench.is_full


def _looks_with(layer: MapLayer, now: Choice, moved: str | None) -> list[LayerLook]:
    """Return the looks with a band's layer in the place of another, or on top."""
    look = first_look(layer, now.bench, now.colormap)
    return now.bench.added(look) if moved is None else now.bench.moved(moved, look)
