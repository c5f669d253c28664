"""The list of layers beside the picture, and the wall of small maps, in one component."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from maxrf_core.elements.summary import THUMBNAIL
from maxrf_core.imaging.colormaps import COLORMAPS
from maxrf_core.imaging.layer_keys import title_of
from maxrf_core.imaging.layers import HUES
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.spectrum.families import split_family
from widgets.charts.chart_state import chart_key
from widgets.charts.map_layers import in_hex
from widgets.charts.map_stack import Layer, MapLayer, looks_for_browser
from widgets.elements.answers import STATUS_NAMES, status_of
from widgets.elements.examination import Examination
from widgets.elements.thumbnail import thumbnail
from widgets.look.bench_layers import BRIGHTEST, DARKEST, stored_keys
from widgets.session.bench import Bench
from widgets.session.language import _, marked
from widgets.session.own_component import own_component
from widgets.session.scan import Scan

_component = own_component("maxrf_layers", "look/layer_list.js")
Toggle = Callable[[str], None]
KEY, WALL_KEY = "look-layers", "look-wall"
HUE_NAMES = (
    marked("orange"),
    marked("blue"),
    marked("green"),
    marked("pink"),
    marked("yellow"),
    marked("violet"),
)


def show_layers(
    charts: Sequence[str],
    layers: Sequence[Layer],
    bench: Bench,
    on_toggle: Toggle,
    evidence: Mapping[str, dict[str, Any] | None],
    on_element: Callable[[str], None],
) -> None:
    """Show the list of layers, each with how sure its elements are.

    Parameters
    ----------
    charts : sequence of str
        Names of the charts that show them.
    layers : sequence of Layer
    bench : Bench
        It takes over what the visitor changes.
    on_toggle : callable
        Called with the key of a layer that was taken off.
    evidence : dict
        By the layer's key, from `widgets.look.layer_evidence.layer_evidence`.
    on_element : callable
        Called with the symbol of the element of which the visitor wants to see all.
    """
    rows = {
        each.key: {
            "title": each.title,
            "units": each.units,
            "isMap": isinstance(each, MapLayer),
            "evidence": evidence.get(each.key),
        }
        for each in layers
    }
    _show(KEY, charts, bench, on_toggle, on_element, rows=rows)


def show_wall(
    charts: Sequence[str], tiles: Sequence[dict[str, Any]], bench: Bench, on_toggle: Toggle
) -> None:
    """Show the wall of small maps.

    Parameters
    ----------
    charts, bench
        As in `show_layers`.
    tiles : sequence of dict
        From `wall_tiles`.
    on_toggle : callable
        Called with the key of a layer that was laid on the bench or taken off.
    """
    if tiles:
        _show(WALL_KEY, charts, bench, on_toggle, tiles=list(tiles), isWall=True)


def _show(
    key: str,
    charts: Sequence[str],
    bench: Bench,
    on_toggle: Toggle,
    on_element: Callable[[str], None] = lambda _symbol: None,
    **shown: Any,
) -> None:
    def looks_changed() -> None:
        bench.take_over(st.session_state[key].looks)

    def toggled() -> None:
        told = st.session_state[key].toggled
        if isinstance(told, dict) and isinstance(told.get("key"), str):
            if isinstance(told.get("number"), int):
                bench.number = max(bench.number, told["number"])
            on_toggle(told["key"])

    def asked() -> None:
        symbol = st.session_state[key].asked
        if isinstance(symbol, str) and symbol in NAMES:
            on_element(symbol)

    _component(
        key=key,
        data={
            "rows": {},
            "tiles": [],
            "isWall": False,
            **shown,
            "charts": [chart_key(chart) for chart in charts],
            "looks": looks_for_browser(bench.looks, bench.number),
            "colormaps": {name: in_hex(table) for name, table in COLORMAPS.items()},
            "hues": list(zip(HUES, map(_, HUE_NAMES), strict=True)),
            "texts": {
                "layers": _("Layers, the highest first"),
                "wall": _(
                    "Maps of all elements that are there: a click lays one on the bench or takes it off. "
                    "The arrow keys move."
                ),
                "eye": _("Show or hide"),
                "settings": _("Contrast and colours"),
                "up": _("Move up"),
                "down": _("Move down"),
                "remove": _("Take off the bench"),
                "why": _("Why?"),
                "more": _("See it in Elements"),
                "opacity": _("Opacity"),
                "gamma": _("Gamma"),
                "low": _("Darkest value"),
                "high": _("Brightest value"),
                "scale": _("Scale"),
                "scales": {
                    "linear": _("linear"),
                    "sqrt": _("square root"),
                    "log": _("logarithmic"),
                    "equalised": _("equalised"),
                },
                "colours": _("Colours"),
                "hue": _("a hue of its own"),
            },
        },
        on_looks_change=looks_changed,
        on_toggled_change=toggled,
        on_asked_change=asked,
    )


def stored_tiles(scan: Scan, colormap: str) -> list[dict[str, Any]]:
    """Return the tiles of the element maps that other programs made."""
    tiles = []
    for key in stored_keys(scan):
        data = scan.stored_map(title_of(key))
        low, high = data.limits(DARKEST, BRIGHTEST)
        tiles.append(
            {
                "key": key,
                "title": title_of(key),
                "label": _("{name}, a map of another program").format(name=title_of(key)),
                "image": thumbnail(data.fit(*THUMBNAIL) - low, max(high - low, 1e-6), colormap),
            }
        )
    return tiles


def wall_tiles(examination: Examination, colormap: str) -> list[dict[str, Any]]:
    """Return the tiles of the wall: one for each element that is sure or possible."""
    identification = examination.identification
    tiles = []
    for element, summary in examination.summaries.items():
        finding = identification.of(element)
        if finding is None:
            continue
        status = _(STATUS_NAMES[status_of(identification, element)])
        tiles.append(
            {
                "key": finding.family,
                "title": title_of(finding.family),
                "label": f"{title_of(finding.family)}, {NAMES[split_family(finding.family)[0]]}: {status}",
                "image": thumbnail(summary.small, summary.brightest, colormap) if summary.smoothing else None,
            }
        )
    return tiles
