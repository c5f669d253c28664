"""The picture of the scan to set points in: the map of a band, or three maps as red, green and blue."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from maxrf_core.autoalign.map_selection import band_of_line, prominent_lines
from maxrf_core.imaging.display import composite
from maxrf_core.spectrum.elements import COMMON_ELEMENTS
from maxrf_core.spectrum.lines import Line
from widgets.charts.band_controls import limits, line_title, lines_on
from widgets.charts.map_layers import MapPicture
from widgets.elements.net_counts import shown_band_map
from widgets.register.point_picker import Picture, of_map, of_photo
from widgets.session.image_cache import cached_array
from widgets.session.language import _, marked
from widgets.session.scan import Scan

_KINDS = {"one": marked("One band"), "three": marked("Red, green and blue")}
COLOURS = (marked("Red"), marked("Green"), marked("Blue"))


def one_band_or_three(scan: Scan, picture: MapPicture) -> Callable[[], Picture]:
    """Show the choice; return a function that draws the picture to set points in.

    Parameters
    ----------
    scan : Scan
        Without energies there are no element lines, and only the one band.
    picture : MapPicture
        The map of the chosen band.
    """
    lines = lines_on(scan)
    if len(lines) < len(COLOURS):
        return partial(of_map, picture)
    kind = st.segmented_control(
        _("Shown"), list(_KINDS), format_func=lambda kind: _(_KINDS[kind]), default="one", required=True,
        key="composite-kind", persist_state="session",
    )  # fmt: skip
    if kind == "one":
        return partial(of_map, picture)
    with st.container(horizontal=True):
        chosen = [
            st.selectbox(
                _(colour), lines, lines.index(first), format_func=line_title, width=170,
                key=f"composite-{colour}", persist_state="session",
            )
            for colour, first in zip(COLOURS, _at_first(scan, lines), strict=True)
        ]  # fmt: skip
    maps = [shown_band_map(scan, *band_of_line(line)).data for line in chosen]
    ends = [limits(data) for data in maps]
    name = "composite", tuple(data.name for data in maps), tuple(ends)
    drawn = cached_array(name, lambda: composite([data.values for data in maps], ends))
    return partial(of_photo, drawn)


def _at_first(scan: Scan, lines: list[Line]) -> list[Line]:
    """Return the lines of the three elements that stand out most, filled up with common elements."""
    found = [line for line in prominent_lines(scan.axis, scan.peaks(), scan.tube()) if line in lines]
    others = sorted(
        (line for line in lines if line not in found), key=lambda line: line.element not in COMMON_ELEMENTS
    )
    return [*found, *others][: len(COLOURS)]
