"""Spectra as a Plotly figure, and the band that is dragged on it.

Colours of text, grid and background are left to Streamlit's theme, so that the figure is legible in light
and dark.
"""

import base64
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.chart_events import MARK_COLOUR, OWN_COLOURS, Zoom
from widgets.session.language import _

Band = tuple[float, float]

_BAND_LINE = {"color": MARK_COLOUR, "width": 2, "dash": "solid"}

NAME_LENGTH = 50  # CSS pixels that a name takes above the highest peak


@dataclass(frozen=True, eq=False)
class Curve:
    """One spectrum and its name in the legend.

    Parameters
    ----------
    name : str
    values : ndarray (channels,)
        Counts.
    colour : str, optional
        Else the theme's next one.
    """

    name: str
    values: np.ndarray
    colour: str | None = None


@dataclass(frozen=True)
class PeakName:
    """A text at a place on the spectrum's axis, such as "Fe Ka" at 6.4.

    Parameters
    ----------
    position : float
        keV or channel, as the axis has it.
    text : str
    """

    position: float
    text: str


def as_taken(edge: float, other: float) -> Band:
    """Return the band between two dragged edges, in order, rounded to a thousandth.

    Examples
    --------
    >>> as_taken(6.71234, 6.1)
    (6.1, 6.712)
    """
    return round(min(edge, other), 3), round(max(edge, other), 3)


def range_from_selection(selection: Any, direction: Literal["x", "y"] = "x") -> Band | None:
    """Return the range of a dragged selection, from Streamlit's event.

    Parameters
    ----------
    selection : mapping or object
        The event of `st.plotly_chart`, or its ``selection``.
    direction : {"x", "y"}
        Which of the box's two ranges.

    Returns
    -------
    (lo, hi) or None
        In data coordinates, lo < hi; None if nothing is selected.

    Examples
    --------
    >>> range_from_selection({"selection": {"box": [{"x": [11.5, 7.9], "y": [9, 0]}]}})
    (7.9, 11.5)
    >>> range_from_selection({"selection": {"box": []}}) is None
    True
    """
    boxes = _member(_member(selection, "selection", selection), "box", None)
    if not boxes:
        return None
    edges = [float(edge) for edge in _member(boxes[-1], direction, None) or ()]
    if len(edges) < 2 or not all(map(math.isfinite, edges)) or min(edges) == max(edges):
        return None
    return min(edges), max(edges)


def _member(thing: Any, name: str, default: Any) -> Any:
    if hasattr(thing, "get"):
        return thing.get(name, default)
    return getattr(thing, name, default)


def spectrum_figure(
    axis: SpectralAxis,
    curves: Sequence[Curve],
    *,
    y_title: str | None = None,
    log: bool = True,
    labels: Sequence[PeakName] = (),
    band: Band | None = None,
    zoom: Zoom | None = None,
    drag: Literal["select", "zoom"] = "select",
    height: int = 360,
) -> go.Figure:
    """Draw spectra over one another, with names at their peaks and the chosen band.

    Parameters
    ----------
    axis : SpectralAxis
        The channels' energies or numbers.
    curves : sequence of Curve
    y_title : str, optional
        What the values are; by default "Counts".
    log : bool
        Logarithmic counts. Values that a log axis cannot show lie on its floor; hovering shows them.
    labels : sequence of PeakName
    band : (lo, hi), optional
        Shown as a selection, whose edges can be dragged.
    zoom : Zoom, optional
    drag : "select" or "zoom"
        What dragging does at first. With "select" the counts' axis is fixed, so that the wheel zooms the
        energies only.
    height : int
        CSS pixels.
    """
    zoom = zoom or Zoom()
    plot_height = _plot_height(height)
    floor, y_range = _scale(axis, curves, log, zoom, bool(labels), plot_height)
    figure = go.Figure()
    for curve in curves:
        figure.add_trace(_line(axis, curve, floor, log))
    offer_box_select(figure)
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 34, "b": 10},
        dragmode=drag,
        selectdirection="h",
        hovermode="x unified",
        showlegend=len(curves) > 1,
        legend={"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"},
        newselection={"line": _BAND_LINE},
        activeselection={"fillcolor": MARK_COLOUR, "opacity": 0.25},
    )
    x_range = zoom.x or (float(axis.values[0]), float(axis.values[-1]))
    figure.update_xaxes(
        title_text=_("Energy (keV)") if axis.unit == "keV" else _("Channel"),
        range=list(x_range),
        hoverformat=".3f" if axis.unit == "keV" else ".0f",
    )
    figure.update_yaxes(
        title_text=_("Counts") if y_title is None else y_title,
        type="log" if log else "linear",
        dtick=1 if log else None,
        range=list(y_range),
        fixedrange=drag == "select",
        exponentformat="power" if log else "none",
    )
    _write_names(figure, axis, curves, labels, x_range, y_range, floor if log else None, plot_height)
    if band is not None:
        bottom, top = (10.0 ** np.array(y_range)).tolist() if log else y_range
        # In data coordinates, as a dragged one is: else the next drag would leave this one standing.
        figure.add_selection(type="rect", x0=band[0], x1=band[1], y0=top, y1=bottom, line=_BAND_LINE)
    return figure


def make_replaceable(figure: go.Figure, name: str) -> None:
    """Allow the script beside a chart to replace its only curve, which is faster than a new chart.

    The script cannot call Plotly's library. But a button of a chart can change the chart: this invisible one
    applies the arguments that it is given before it is pressed.

    Parameters
    ----------
    figure : Figure
        From `spectrum_figure`.
    name : str
        Identifies the curve that it shows.
    """
    figure.data[0].meta = name
    button = {"method": "update", "args": [{}, {}], "label": " "}
    place = {"x": 0, "xanchor": "left", "y": 1}  # within the plot: beside it, it would take room
    look = {"showactive": False, "bgcolor": "rgba(0,0,0,0)", "borderwidth": 0}
    figure.update_layout(updatemenus=[{"type": "buttons", "buttons": [button]} | place | look])


def curve_for_browser(
    axis: SpectralAxis, curve: Curve, *, log: bool, zoom: Zoom, height: int
) -> dict[str, Any]:
    """Return what the script beside a chart needs to replace the chart's only curve.

    Parameters
    ----------
    axis, log, zoom, height
        As in `spectrum_figure`.
    curve : Curve

    Returns
    -------
    dict
        ``counts`` as base64 of little-endian float32, ``floor`` where they begin on a log axis, ``range`` of
        their axis, ``axes`` for which that holds, and a ``name`` that identifies all this.
    """
    floor, y_range = _scale(axis, [curve], log, zoom, False, _plot_height(height))
    counts = np.asarray(curve.values, "<f4")
    told = {
        "title": curve.name,
        "colour": curve.colour,
        "counts": base64.b64encode(counts.tobytes()).decode(),
        "floor": floor if log else None,
        "range": y_range,
        "axes": axes_of(axis, log),
    }
    return told | {"name": hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()}


def axes_of(axis: SpectralAxis, log: bool) -> str:
    """Return what a spectrum's two axes mean, as in `widgets.charts.chart_events.Zoom`."""
    return f"{axis.unit}/{'log' if log else 'linear'}"


def band_for_browser(band: Band | None) -> list[dict[str, Any]]:
    """Return the marks for a band that the script draws over a spectrum: none or one."""
    return [{"colour": MARK_COLOUR, "band": band}] if band else []


def own_colour(number: int) -> str:
    """Return the colour of a pixel or rectangle that the user chose, by its number from 1."""
    return OWN_COLOURS[(number - 1) % len(OWN_COLOURS)]


def offer_box_select(figure: go.Figure) -> None:
    """Add Plotly's button for selecting, which it shows only if some trace has markers."""
    figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", showlegend=False, hoverinfo="skip"))


def _plot_height(height: int) -> int:
    return height - 90  # about what the margins and the axis leave


def _scale(
    axis: SpectralAxis, curves: Sequence[Curve], log: bool, zoom: Zoom, named: bool, plot_height: int
) -> tuple[float, Band]:
    """Return the floor of the counts (0 unless on a log axis), and their range as Plotly has it."""
    seen = _seen(axis, zoom)
    floor = _floor(curves, seen) if log else 0.0
    return floor, zoom.y or _counts_range(curves, axis.first, seen, floor, log, named, plot_height)


def _seen(axis: SpectralAxis, zoom: Zoom) -> np.ndarray:
    """Return the channels within the zoom, (channels,) bool; all if there are none."""
    if zoom.x is None:
        return np.ones(len(axis.values), bool)
    seen = (axis.values >= min(zoom.x)) & (axis.values <= max(zoom.x))
    return seen if seen.any() else np.ones_like(seen)


def _floor(curves: Sequence[Curve], seen: np.ndarray) -> float:
    """Return the lowest count that a log axis needs to show, at most six decades below the highest."""
    values = np.concatenate([np.asarray(curve.values)[seen] for curve in curves] or [np.ones(1)])
    positive = values[values > 0]
    if not positive.size:
        return 0.1
    # Not the very least: a few channels below the zero peak are nearly empty and would take half the chart.
    return max(float(np.percentile(positive, 2)) / 2, float(positive.max()) * 1e-6)


def _line(axis: SpectralAxis, curve: Curve, floor: float, log: bool) -> go.Scatter:
    counts = np.asarray(curve.values, np.float32)
    return go.Scatter(
        x=axis.values.astype(np.float32),
        y=np.maximum(counts, np.float32(floor)) if log else counts,
        customdata=counts if log else None,
        name=curve.name,
        mode="lines",
        line={"width": 1.5, "color": curve.colour},
        hovertemplate=f"%{{{'customdata' if log else 'y'}:.5~g}}",
    )


def _counts_range(
    curves: Sequence[Curve],
    first: int,
    seen: np.ndarray,
    floor: float,
    log: bool,
    named: bool,
    plot_height: int,
) -> tuple[float, float]:
    """Fit the counts that are seen, the zero peak aside, with room for the names above the peaks."""
    highest = 0.0
    for curve in curves:
        counts = np.where(seen, np.nan_to_num(curve.values, posinf=0, neginf=0), 0)
        after = counts[first:]
        highest = max(highest, float((after if after.any() else counts).max(initial=0)))
    room = NAME_LENGTH / (plot_height - NAME_LENGTH) if named else 0.05
    if not log:
        return 0.0, (highest or 1.0) * (1 + room)
    low, high = math.log10(floor), math.log10(max(highest, floor * 10))
    return low, high + room * (high - low)


def _write_names(
    figure: go.Figure,
    axis: SpectralAxis,
    curves: Sequence[Curve],
    labels: Sequence[PeakName],
    x_range: Band,
    y_range: Band,
    floor: float | None,
    plot_height: int,
) -> None:
    """Write names upright over the peaks, the highest first.

    A name that would lie on another goes up, and is left out where it would leave the chart; zooming in
    makes room. Reckoned for a narrow plot area; on a wide screen there is only more room.
    """
    plot_width, width = 420, 13
    placed: list[tuple[float, float]] = []
    heights = {label: _height(axis, curves, label, floor) for label in labels}
    for label in sorted(heights, key=lambda each: -heights[each]):
        length = 12 + 6 * len(label.text)  # CSS pixels
        left = (label.position - x_range[0]) / (x_range[1] - x_range[0]) * plot_width
        peak = (heights[label] - y_range[0]) / (y_range[1] - y_range[0]) * plot_height
        bottom = peak
        for other_left, other_bottom in sorted(placed, key=lambda each: each[1]):
            if abs(left - other_left) < width and abs(bottom - other_bottom) < length:
                bottom = other_bottom + length
        if bottom + length > plot_height or not 0 <= left <= plot_width:
            continue
        placed.append((left, bottom))
        figure.add_annotation(
            x=label.position,
            y=heights[label],
            text=label.text,
            textangle=-90,
            showarrow=False,
            yanchor="bottom",
            yshift=4 + round(bottom - peak),
        )


def _height(axis: SpectralAxis, curves: Sequence[Curve], label: PeakName, floor: float | None) -> float:
    """Return the highest count at a peak, in the axis's own scale (log10 where there is a floor)."""
    channel = axis.index(label.position)
    counts = [float(curve.values[channel]) for curve in curves]
    count = max((each for each in counts if not math.isnan(each)), default=0.0)
    return count if floor is None else math.log10(max(count, floor))
