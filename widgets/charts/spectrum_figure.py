"""Spectra as a Plotly figure, and the band that is dragged on it.

Colours of text, grid and background are left to the page's theme, so that the figure is legible in light
and dark.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.colours import MARK_COLOUR
from widgets.charts.component import Zoom
from widgets.session.language import _

Band = tuple[float, float]

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


def spectrum_figure(
    axis: SpectralAxis,
    curves: Sequence[Curve],
    *,
    y_title: str | None = None,
    log: bool = True,
    labels: Sequence[PeakName] = (),
    zoom: Zoom | None = None,
    drag: Literal["select", "zoom"] = "select",
    click: bool = False,
    height: int = 360,
) -> go.Figure:
    """Draw spectra over one another, with names at their peaks.

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
    zoom : Zoom, optional
        The part that is seen: counts and names are fitted to it. The figure has its whole range.
    drag : "select" or "zoom"
        What dragging does at first. With "select" the counts' axis is fixed, so that the wheel zooms the
        energies only.
    click : bool
        Report clicks.
    height : int
        CSS pixels.
    """
    zoom = zoom or Zoom()
    plot_height = _plot_height(height)
    seen = _seen(axis, zoom)
    floor = _floor(curves, seen) if log else 0.0
    y_range = _counts_range(curves, axis.first, seen, floor, log, bool(labels), plot_height)
    figure = go.Figure()
    for curve in curves:
        figure.add_trace(_line(axis, curve, floor, log))
    figure.update_layout(
        margin={"l": 68, "r": 10, "t": 34, "b": 44, "pad": 0, "autoexpand": False},
        dragmode=drag,
        hovermode="x unified",
        clickanywhere=click,
        showlegend=False,  # the component writes one below the chart, where there is room for long names
    )
    if drag == "select":
        figure.update_layout(
            selectdirection="h",
            newselection={"line": {"color": MARK_COLOUR, "width": 2, "dash": "solid"}},
            activeselection={"fillcolor": MARK_COLOUR, "opacity": 0.25},
        )
    whole = float(axis.values[0]), float(axis.values[-1])
    figure.update_xaxes(
        title_text=_("Energy (keV)") if axis.unit == "keV" else _("Channel"),
        range=list(whole),
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
    shown = zoom.x or whole, zoom.y or y_range
    _write_names(figure, axis, curves, labels, *shown, floor if log else None, plot_height)
    return figure


def axes_of(axis: SpectralAxis, log: bool) -> tuple[str, str]:
    """Return what a spectrum's two axes mean, as in `widgets.charts.chart_state.Drawing`."""
    return axis.unit, "log" if log else "linear"


def band_for_browser(band: Band | None) -> list[dict[str, Any]]:
    """Return the marks for a band that cannot be dragged: none or one."""
    return [{"colour": MARK_COLOUR, "band": band}] if band else []


def _plot_height(height: int) -> int:
    return height - 90  # about what the margins and the axis leave


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
    lowest = highest = 0.0
    for curve in curves:
        counts = np.where(seen, np.nan_to_num(curve.values, posinf=0, neginf=0), 0)
        after = counts[first:]
        fitted = after if after.any() else counts
        lowest = min(lowest, float(fitted.min(initial=0)))
        highest = max(highest, float(fitted.max(initial=0)))
    room = NAME_LENGTH / (plot_height - NAME_LENGTH) if named else 0.05
    if not log:
        return 1.05 * lowest, (highest or 1.0) + room * ((highest or 1.0) - lowest)  # differences lie below 0
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
