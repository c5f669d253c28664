"""Where in a chart did the user click, and to which part did the user zoom?

Streamlit tells Python about dragged selections only: a click on a heatmap and a zoom stay in the
browser. A small script of our own listens to the chart beside it and passes both on. Where it finds no
chart it does nothing, and the chart works as any other.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

# Of the pixels and rectangles that the user chose, on the map and in the chart: ColorBrewer's Dark2, whose
# colours tell themselves from white, from near-black and from one another.
OWN_COLOURS = ("#d95f02", "#1b9e77", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d")
MARK_COLOUR = OWN_COLOURS[0]  # of what the user marked; tells itself from white and from near-black alike

# The script finds the chart by the CSS class that Streamlit gives to a container with a key. Streamlit
# mounts a new chart whenever the figure changes, hence the observer. The place of a click is computed from
# the mouse, so it does not depend on how coarse the drawn data are. A zoom needs to be known only before a
# figure is built anew, which takes another act of the user: it is reported as that act begins, so that
# zooming itself runs nothing. Reporting from an st.fragment instead loses acts: Streamlit runs only the
# fragment when both fall into one batch.
_SCRIPT = """
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const own = parentElement.closest('[data-testid="stElementContainer"]');
  if (own) own.style.display = "none";
  const box = parentElement.closest(".st-key-" + data.container);
  if (!box) return;
  let chart = null;
  let zoom = null;

  const clicked = ({ event, points }) => {
    const point = points && points[0];
    if (!event || !point || !point.xaxis || !point.yaxis) return;
    const corner = chart.getBoundingClientRect();
    // The pointer is somewhere in a screen pixel, whose upper left corner is what an event tells.
    const half = (event instanceof PointerEvent ? 1 / devicePixelRatio : 1) / 2;
    const x = point.xaxis.p2d(event.clientX + half - corner.left - point.xaxis._offset);
    const y = point.yaxis.p2d(event.clientY + half - corner.top - point.yaxis._offset);
    setTriggerValue("click", [x, y]);
  };

  const rangeOf = (axis) => (!axis || axis.autorange || !axis.range ? null : [...axis.range]);
  const zoomed = (change) => {
    const isZoom = Object.keys(change || {}).some((name) => /^[xy]axis\\d*\\.(auto)?range/.test(name));
    if (!isZoom) return;
    const { xaxis, yaxis } = chart.layout;
    zoom = { x: rangeOf(xaxis), y: rangeOf(yaxis), axes: data.axes };
  };
  const report = () => {
    if (zoom) setStateValue("zoom", zoom);
    zoom = null;
  };

  const cleared = () => setTriggerValue("clear", true);

  const listeners = { plotly_click: clicked, plotly_relayout: zoomed, plotly_deselect: cleared };
  const leave = () => {
    if (chart && chart.removeListener)
      data.events.forEach((event) => chart.removeListener(event, listeners[event]));
    chart = null;
  };
  const listen = () => {
    const found = box.querySelector(".js-plotly-plot");
    if (found === chart || !found || typeof found.on !== "function") return;
    leave();
    chart = found;
    data.events.forEach((event) => chart.on(event, listeners[event]));
  };
  const observer = new MutationObserver(listen);
  observer.observe(box, { childList: true, subtree: true });
  document.addEventListener("pointerdown", report, true);
  document.addEventListener("keydown", report, true);
  listen();
  return () => {
    document.removeEventListener("pointerdown", report, true);
    document.removeEventListener("keydown", report, true);
    observer.disconnect();
    leave();
  };
}
"""

_listener = st.components.v2.component("maxrf_chart_events", js=_SCRIPT, isolate_styles=False)


@dataclass(frozen=True)
class Zoom:
    """The part of a chart that is shown.

    Parameters
    ----------
    x, y : (float, float), optional
        Axis ranges as Plotly has them: log10 of the value on a log axis. None shows everything.
    axes : str
        What the two axes mean ("keV/log"): a zoom is of no use on others.
    """

    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    axes: str = ""


def chart_events(
    container_key: str,
    axes: str,
    on_zoom: Callable[[Zoom], None],
    on_click: Callable[[float, float], None] | None = None,
    on_clear: Callable[[], None] | None = None,
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
        Called with the last zoom as soon as the user turns to something else, before the whole page runs.
    on_click : callable, optional
        Called with the data coordinates (x, y) of each click, before the whole page runs again.
    on_clear : callable, optional
        Called when a double-click has cleared the selection, before the whole page runs again.
    """
    key = _key(container_key)

    def zoomed() -> None:
        zoom = st.session_state[key].zoom
        if zoom is not None:
            on_zoom(Zoom(_pair(zoom.get("x")), _pair(zoom.get("y")), str(zoom.get("axes"))))

    def clicked() -> None:
        place = _pair(st.session_state[key].click)
        if place is not None and on_click is not None:
            on_click(*place)

    def cleared() -> None:
        if st.session_state[key].clear and on_clear is not None:
            on_clear()

    wanted = {"plotly_relayout": True, "plotly_click": on_click, "plotly_deselect": on_clear}
    _listener(
        key=key,
        data={"container": container_key, "axes": axes, "events": [name for name in wanted if wanted[name]]},
        on_zoom_change=zoomed,
        on_click_change=clicked,
        on_clear_change=cleared,
    )


def listens(container_key: str) -> bool:
    """Tell whether the chart was on the page in the last run: Streamlit forgets widgets that were not."""
    return _key(container_key) in st.session_state


def _pair(values: object) -> tuple[float, float] | None:
    """Check two numbers that come from the browser."""
    if not isinstance(values, list | tuple) or len(values) != 2:
        return None
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        return None
    return float(values[0]), float(values[1])


def _key(container_key: str) -> str:
    return f"{container_key}-events"
