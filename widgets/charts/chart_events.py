"""Clicks and zooms in charts, and maps that are drawn into an existing chart.

Streamlit tells Python about dragged selections only: a click on a heatmap and a zoom stay in the
browser. A small script of our own listens to the chart beside it and reports both. Streamlit mounts a chart
anew for each new figure, which is slow: so the script puts a map's picture into the existing chart, and shows
its values on hovering.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

# Of the pixels and rectangles that the user chose, on the map and in the chart: ColorBrewer's Dark2, whose
# colours differ from white, from near-black and from one another.
OWN_COLOURS = ("#d95f02", "#1b9e77", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d")
MARK_COLOUR = OWN_COLOURS[0]  # of what the user marked; differs from white and from near-black

# The script finds the chart by the CSS class that Streamlit gives to a container with a key. Streamlit
# mounts a new chart whenever the figure changes, hence the observer, and the copy of the old chart that the
# script shows until the new one is drawn. The place of a click is computed from the mouse, so it does not
# depend on how coarse the drawn data are. A zoom needs to be known only before a figure is built anew. That
# takes another act of the user, as which begins it is reported, or that the picture is too coarse for the
# zoom: then it is reported when the user has paused. Reporting from an st.fragment instead loses acts:
# Streamlit runs only the fragment when both fall into one batch.
_SCRIPT = Path(__file__).with_name("chart_events.js").read_text(encoding="utf-8")

_listener = st.components.v2.component("maxrf_chart_events", js=_SCRIPT, isolate_styles=False)


@dataclass(frozen=True)
class Zoom:
    """The part of a chart that is shown.

    Parameters
    ----------
    x, y : (float, float), optional
        Axis ranges as Plotly has them: log10 of the value on a log axis. None shows everything.
    axes : str
        What the two axes mean ("keV/log"): a zoom does not apply to others.
    """

    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    axes: str = ""


def chart_events(
    container_key: str,
    axes: str,
    on_zoom: Callable[[Zoom, bool], None],
    on_click: Callable[[float, float, float], None] | None = None,
    on_clear: Callable[[], None] | None = None,
    marks: Sequence[dict[str, Any]] = (),
    preview: dict[str, str] | None = None,
) -> None:
    """Report clicks, zooms and cleared selections of the Plotly chart in a container.

    Call it inside that container, after the chart.

    Parameters
    ----------
    container_key : str
        The key of the `st.container` that holds the chart.
    axes : str
        What the chart's axes mean now; each zoom carries it, so that one that arrives late is not taken
        for a zoom on other axes.
    on_zoom : callable
        Called with the last zoom, and whether what is drawn is too coarse for it, before the whole page
        runs: as soon as the user turns to something else, or pauses where it is too coarse.
    on_click : callable, optional
        Called with the data coordinates (x, y) of each click and how much of x ten pixels of the screen are,
        before the whole page runs again.
    on_clear : callable, optional
        Called when a double-click has cleared the selection, before the whole page runs again.
    marks : sequence of dict
        What to draw over the chart, from `widgets.charts.map_layers.marks_for_browser` or
        `widgets.charts.spectrum_figure.band_for_browser`.
    preview : dict, optional
        What to ask for at once, from `widgets.charts.preview_cache`: at which action ``act``, "click" or
        "drag", at which ``address``, and the ``container`` of the chart that shows the answer.
    """
    key = _key(container_key)

    def zoomed() -> None:
        zoom = st.session_state[key].zoom
        if zoom is not None:
            shown = Zoom(_pair(zoom.get("x")), _pair(zoom.get("y")), str(zoom.get("axes")))
            on_zoom(shown, bool(zoom.get("refine")))

    def clicked() -> None:
        place = _numbers(st.session_state[key].click, 3)
        if place is not None and on_click is not None:
            x, y, reach = place
            on_click(x, y, reach)

    def cleared() -> None:
        if st.session_state[key].clear and on_clear is not None:
            on_clear()

    wanted = {
        "plotly_afterplot": True,
        "plotly_relayout": True,
        "plotly_relayouting": True,
        "plotly_click": on_click,
        "plotly_selected": preview,
        "plotly_deselect": on_clear,
    }
    _listener(
        key=key,
        data={
            "container": container_key,
            "axes": axes,
            "events": [name for name in wanted if wanted[name]],
            "marks": list(marks),
            "preview": preview,
        },
        on_zoom_change=zoomed,
        on_click_change=clicked,
        on_clear_change=cleared,
    )


def show_map(container_key: str, layers: dict[str, Any], asked: int = 0) -> None:
    """Show a map in the chart of a container, at the places that its figure has for it.

    Call it inside that container, after the chart. It is sent to the browser only where it has changed.

    Parameters
    ----------
    container_key : str
        The key of the `st.container` that holds the chart.
    layers : dict
        The map, from `widgets.charts.map_layers.for_browser`.
    asked : int
        Another number has the script called again even for the same map, so that it drops a preview.
    """
    data = {"container": container_key, "map": layers, "asked": asked}
    _listener(key=f"{container_key}-map", data=data)


def show_curve(container_key: str, curve: dict[str, Any], on_failure: Callable[[], None]) -> None:
    """Show a curve in the chart of a container, in place of the one that it shows.

    Call it inside that container, after the chart. It is sent to the browser only where it has changed.

    Parameters
    ----------
    container_key : str
        The key of the `st.container` that holds the chart.
    curve : dict
        The curve, from `widgets.charts.spectrum_figure.curve_for_browser`, for a chart that
        `make_replaceable` made ready.
    on_failure : callable
        Called if the chart does not accept it, before the whole page runs again.
    """
    key = f"{container_key}-curve"

    def failed() -> None:
        if st.session_state[key].failed:
            on_failure()

    _listener(key=key, data={"container": container_key, "curve": curve}, on_failed_change=failed)


def listens(container_key: str) -> bool:
    """Return True if the chart was on the page in the last run: Streamlit forgets other widgets."""
    return _key(container_key) in st.session_state


def _pair(values: object) -> tuple[float, float] | None:
    """Check two numbers that come from the browser."""
    checked = _numbers(values, 2)
    return None if checked is None else (checked[0], checked[1])


def _numbers(values: object, count: int) -> list[float] | None:
    """Check some numbers that come from the browser."""
    if not isinstance(values, list | tuple) or len(values) != count:
        return None
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        return None
    return [float(value) for value in values]


def _key(container_key: str) -> str:
    return f"{container_key}-events"
