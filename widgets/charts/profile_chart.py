"""Chart of values along a line, each curve with a band of its error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from maxrf_core.imaging.profile import Profile
from widgets.charts.chart_state import Drawing, chart_key, chart_of
from widgets.charts.component import Acts, show_chart
from widgets.session.language import _

ERROR_OPACITY = 0.25
MARGIN = {"l": 68, "r": 10, "t": 34, "b": 44, "pad": 0, "autoexpand": False}


@dataclass(frozen=True, eq=False)
class ProfileCurve:
    """A profile and how it is drawn.

    Attributes
    ----------
    name : str
        "Fe, net counts per pixel".
    profile : Profile
    colour : str
        As CSS has it.
    """

    name: str
    profile: Profile
    colour: str


def draw_profiles(
    name: str, curves: Sequence[ProfileCurve], y_title: str, mm_per_pixel: float | None, height: int
) -> None:
    """Draw profiles along one line over one another.

    Parameters
    ----------
    name : str
        Identifies this chart in the session.
    curves : sequence of ProfileCurve
    y_title : str
    mm_per_pixel : float, optional
        Along the line; without it distances are in pixels.
    height : int
        CSS pixels.
    """
    chart = chart_of(name)
    unit = _("Distance (pixels)") if mm_per_pixel is None else _("Distance (mm)")
    axes = unit, f"linear {y_title}"
    identity = [
        (each.name, each.colour, *(part.tobytes() for part in (each.profile.values, each.profile.sigma)))
        for each in curves
    ]
    step = mm_per_pixel or 1.0
    lengths = [float(each.profile.distances[-1]) * step for each in curves]
    published = chart.publish(
        hash((*identity, y_title, *lengths)),
        lambda: Drawing(profile_figure(curves, unit, y_title, step), axes),
    )
    chart.shown = published
    show_chart(
        chart_key(name),
        published.name,
        chart.address,
        Acts(zoom=chart.zoom_to),
        label=_("Profile along the line: {curves}").format(curves=", ".join(each.name for each in curves)),
        height=f"{height}px",
    )


def profile_figure(curves: Sequence[ProfileCurve], x_title: str, y_title: str, step: float) -> go.Figure:
    """Return the figure of profiles; the band around a curve is one standard deviation to each side."""
    figure = go.Figure()
    for each in curves:
        x, values, sigma = each.profile.distances * step, each.profile.values, each.profile.sigma
        known = np.isfinite(values) & np.isfinite(sigma)
        if known.any():
            low, high = (values - sigma)[known], (values + sigma)[known]
            figure.add_trace(
                go.Scatter(
                    x=np.concatenate([x[known], x[known][::-1]]),
                    y=np.concatenate([high, low[::-1]]),
                    fill="toself",
                    fillcolor=each.colour,
                    opacity=ERROR_OPACITY,
                    line={"width": 0, "color": each.colour},
                    mode="lines",
                    hoverinfo="skip",
                )
            )
        figure.add_trace(
            go.Scatter(
                x=x,
                y=values,
                customdata=sigma,
                name=each.name,
                mode="lines",
                line={"width": 1.5, "color": each.colour},
                hovertemplate="%{y:.4~g}" + (" ± %{customdata:.2~g}" if known.any() else ""),
            )
        )
    highest = np.nanmax([np.nanmax(each.profile.values, initial=0) for each in curves], initial=0)
    lowest = np.nanmin([np.nanmin(each.profile.values, initial=0) for each in curves], initial=0)
    longest = max((float(each.profile.distances[-1]) * step for each in curves), default=1.0)
    room = 0.05 * ((highest - lowest) or 1.0)
    figure.update_layout(margin=MARGIN, dragmode="zoom", hovermode="x unified", showlegend=False)
    figure.update_xaxes(title_text=x_title, range=[0, longest], hoverformat=".4~g")
    figure.update_yaxes(
        title_text=y_title, range=[float(lowest - room * (lowest < 0)), float(highest + room)]
    )
    return figure
