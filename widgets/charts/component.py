"""The chart component: a Plotly figure that the browser owns, and the acts on it that reach Python.

Streamlit's own chart reports neither clicks nor zooms, and is mounted anew for each new figure. So the
scripts beside this file (``chart.js``) draw figures by Plotly's public interface. A figure is not sent with
the page but fetched by its name, the hash of its content (`widgets.charts.chart_state`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from server.assets import PLOTLY, asset_url
from widgets.charts.colours import MARK_COLOUR
from widgets.charts.keys import listed_keys
from widgets.session.language import _
from widgets.session.own_component import own_component

_component = own_component("maxrf_chart", "charts/chart.js")
_ahead = own_component("maxrf_plotly_ahead", "charts/chart_figures.js")
MAX_NUMBERS = 20_001  # that an act of any length tells: a lasso of 10,000 corners


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

    def on(self, axes: tuple[str, str]) -> "Zoom":
        """Return the part of it that applies to these axes.

        Examples
        --------
        >>> Zoom((1.0, 2.0), (3.0, 4.0), "keV/log").on(("keV", "linear"))
        Zoom(x=(1.0, 2.0), y=None, axes='keV/linear')
        """
        last_x, _separator, last_y = self.axes.partition("/")
        return Zoom(
            self.x if axes[0] == last_x else None, self.y if axes[1] == last_y else None, "/".join(axes)
        )


@dataclass(frozen=True)
class Acts:
    """What is called, before the page runs again, when the visitor acts on a chart.

    Parameters
    ----------
    zoom : callable
        With the new `Zoom` when the visitor has paused; for a map only where it looks coarse.
    click : callable, optional
        With the data coordinates (x, y) of a click, and how much of x ten pixels of the screen are.
    peak : callable, optional
        With x of a click that no second one followed, and how much of x ten pixels of the screen are. Unlike
        `click` it leaves a double click its meaning: to show everything.
    band : callable, optional
        With the edges (lo, hi) of a band that was dragged.
    box : callable, optional
        With the edges (x0, x1, y0, y1) of a rectangle that was dragged.
    line : callable, optional
        With the ends (x0, y0, x1, y1) of a line that was drawn.
    lasso : callable, optional
        With the corners (x0, y0, x1, y1, …) of a line that was drawn around something.
    """

    zoom: Callable[[Zoom], None]
    click: Callable[[float, float, float], None] | None = None
    peak: Callable[[float, float], None] | None = None
    band: Callable[[float, float], None] | None = None
    box: Callable[[float, float, float, float], None] | None = None
    line: Callable[[float, float, float, float], None] | None = None
    lasso: Callable[..., None] | None = None

    @property
    def names(self) -> list[str]:
        """What the browser has to report, but zooms."""
        acts = ("click", "peak", "band", "box", "line", "lasso")
        return [name for name in acts if getattr(self, name) is not None]


def load_plotly_ahead() -> None:
    """Let the browser load Plotly while it is idle, on a page before the first one with a chart."""
    _ahead(data={"plotly": asset_url(PLOTLY)}, key="plotly-ahead", height=0)


def show_chart(
    key: str,
    figure: str,
    address: str,
    acts: Acts,
    *,
    label: str,
    height: str,
    marks: Sequence[dict[str, Any]] = (),
    band: tuple[float, float] | None = None,
    step: float = 0.0,
    keys: dict[str, Any] | None = None,
    preview: dict[str, str] | None = None,
    looks: dict[str, Any] | None = None,
    zoom: dict[str, Any] | None = None,
    group: str | None = None,
    asked: int = 0,
) -> None:
    """Show a chart on the page.

    Parameters
    ----------
    key : str
        Identifies the chart, in the session and in the browser.
    figure : str
        The figure's name.
    address : str
        Where the browser fetches figures of this chart, and values for hovering.
    acts : Acts
    label : str
        Description for those who do not see it.
    height : str
        As CSS has it; ``100cqw`` is the width of the chart.
    marks : sequence of dict
        What to draw over the figure, from `widgets.charts.map_layers.marks_for_browser` or
        `widgets.charts.spectrum_figure.band_for_browser`.
    band : (lo, hi), optional
        Shown as a selection whose edges can be dragged.
    step : float
        Width of a channel; a band that differs by less than half of it is the same.
    keys : dict, optional
        What the arrow keys move: a ``band`` by ``step`` within ``limits``, or a ``pixel`` within ``shape``.
    preview : dict, optional
        What to ask for at once, from `widgets.charts.preview_cache`.
    looks : dict, optional
        Of a map with layers: ``layers``, the looks, and their ``number``; newer looks have a higher one.
    zoom : dict, optional
        What to show now: ranges ``x`` and ``y`` on ``axes``, and a ``number`` that is another for each.
    group : str, optional
        Charts of one group show the same part, and a cross where one of them is pointed at.
    asked : int
        Another number has the browser drop a preview even if the figure stays.
    """

    def changed(name: str, count: int | None, act: Callable[..., None] | None) -> Callable[[], None]:
        def told() -> None:
            for values in _new_acts(key, name, count):
                if act is not None:
                    act(*values)

        return told

    def zoomed() -> None:
        told = st.session_state[key].zoom
        if told is not None:
            acts.zoom(Zoom(_pair(told.get("x")), _pair(told.get("y")), str(told.get("axes"))))

    _component(
        key=key,
        data={
            "name": key,
            "figure": figure,
            "address": address,
            "plotly": asset_url(PLOTLY),
            "acts": acts.names,
            "label": label,
            "height": height,
            "marks": list(marks),
            "band": band,
            "colour": MARK_COLOUR,
            "step": step,
            "keys": keys,
            "preview": preview,
            "looks": looks,
            "zoom": zoom,
            "group": group,
            "asked": asked,
            "handled": _handled(key),
            "texts": {
                "failure": _("This chart could not be loaded. Reload the page."),
                "picture": _("Save as a picture"),
                "everything": _("Show everything"),
                "fullscreen": _("Full screen"),
                "shortcuts": _("What the keys do (?)"),
                "keys": listed_keys(keys),
            },
        },
        on_zoom_change=zoomed,
        on_click_change=changed("click", 3, acts.click),
        on_peak_change=changed("peak", 2, acts.peak),
        on_band_change=changed("band", 2, acts.band),
        on_box_change=changed("box", 4, acts.box),
        on_line_change=changed("line", 4, acts.line),
        on_lasso_change=changed("lasso", None, acts.lasso),
    )


def numbers(values: object, count: int | None) -> list[float] | None:
    """Check numbers that come from the browser; None unless they are `count` finite ones.

    Without a count, up to `MAX_NUMBERS` are taken.

    Examples
    --------
    >>> numbers([1, 2.5], 2), numbers([1, "2"], 2), numbers([1, float("nan")], 2), numbers(None, 2)
    ([1.0, 2.5], None, None, None)
    """
    if not isinstance(values, list | tuple):
        return None
    if len(values) != count if count is not None else len(values) > MAX_NUMBERS:
        return None
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        return None
    return [float(value) for value in values]


def _new_acts(key: str, name: str, count: int | None) -> list[list[float]]:
    """Return the numbers of each act that was not handled yet, the oldest first.

    While a run is waited for, Streamlit keeps the last message of a component only. So each tells the acts
    before it too, each with a number that grows.
    """
    told = st.session_state[key][name]
    length = None if count is None else 1 + count
    rows = [numbers(row, length) for row in told] if isinstance(told, list) else []
    handled = _handled(key)
    new = [row for row in rows if row and row[0] > handled.get(name, -math.inf)]
    if new:
        handled[name] = max(row[0] for row in new)
    return [row[1:] for row in new]


def _handled(key: str) -> dict[str, float]:
    """Return the number of the last act of each kind that was handled."""
    handled: dict[str, float] = st.session_state.setdefault(f"{key}/handled", {})
    return handled


def _pair(values: object) -> tuple[float, float] | None:
    """Check two numbers that come from the browser."""
    checked = numbers(values, 2)
    return None if checked is None else (checked[0], checked[1])
