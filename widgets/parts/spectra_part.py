"""Spectra: spectra of pixels and rectangles in one chart."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.band_controls import choose_band, clipped
from widgets.charts.curves import maximum_curve, mean_curve, own_curves
from widgets.charts.downloads import download_spectra
from widgets.charts.spectrum_figure import Curve
from widgets.elements.named_spectrum import draw_named_spectrum
from widgets.elements.net_counts import choose_counts, map_title, say_counts, shown_band_map
from widgets.elements.spot_counts import fit_next, show_fit
from widgets.open.require_scan import stop_without_spectra
from widgets.parts.references import choose_references, reference_curves
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.scan import Scan
from widgets.viewer.picking import choose_picture, pick_in

_ADDED = "spectra-added"


@dataclass(frozen=True)
class _Shown:
    """Which curves are shown, and how."""

    maximum: bool
    mean: bool
    log: bool
    smooth: bool
    in_channels: bool


def show_spectra(scan: Scan, tools: st.delta_generator.DeltaGenerator) -> None:
    """Show spectra beside the map in which pixels and rectangles are chosen.

    Parameters
    ----------
    scan : Scan
    tools : container
        The page's top line.
    """
    stop_without_spectra(scan)
    with tools:
        shown = _choose_shown(scan)
    chart_side, map_side = st.columns([3, 2], gap="medium")
    with chart_side:
        _show_chart(scan, shown)
    with map_side:
        _show_map(scan)


def _choose_shown(scan: Scan) -> _Shown:
    smoothed = _("This file holds spectra that maxrf4u smoothed, and not the counts.")
    measured = _("Off: the counts of each pixel as they were measured.")
    return _Shown(
        st.toggle(_("Maximum"), value=True, key="spectra-maximum", persist_state="session"),
        st.toggle(_("Mean"), value=True, key="spectra-mean", persist_state="session"),
        st.toggle(_("Logarithmic scale"), value=True, key="spectra-log", persist_state="session"),
        st.toggle(
            _("Smoothed pixels"),
            value=True,
            key="spectra-smooth",
            persist_state="session",
            disabled=scan.is_smoothed,
            help=smoothed if scan.is_smoothed else measured,
        ),
        scan.axis.unit == "channel"
        or st.toggle(_("Channel numbers"), key="spectra-channels", persist_state="session"),
    )


def _show_chart(scan: Scan, shown: _Shown) -> None:
    """Show the curves, and below them the list from which pixels and rectangles are taken off."""
    own = own_curves(scan, choice(), shown.smooth)
    curves = [maximum_curve(scan)] * shown.maximum + [mean_curve(scan)] * shown.mean
    axis = SpectralAxis.of_channels(len(scan.axis), scan.axis.first) if shown.in_channels else scan.axis
    chart_place = st.container()
    references = choose_references(scan)
    if own:
        _choose_kept(own)
        curves += show_fit(scan, choice(), shown.smooth)
    curves += own
    curves += reference_curves(scan, references, own[-1] if own else mean_curve(scan)) if references else []
    with chart_place:
        if curves:
            draw_named_spectrum(
                "spectra",
                scan,
                axis,
                curves,
                on_pixel=_pixel_clicked,
                log=shown.log,
                drag="zoom",
                height=390,
            )
            download_spectra(scan, axis, curves)
        else:
            st.info(_("Turn on the maximum or the mean, or click on the map."), icon=":material/ads_click:")


def _choose_kept(own: Sequence[Curve]) -> None:
    """Show the list of pixels and rectangles.

    The browser may send a list that knows nothing of the newest addition: each addition begins another list.
    """
    now, added = choice(), _added()
    key = f"spectra-kept-{added}"

    def kept() -> None:
        if _added() != added:
            return
        numbers, pixels = st.session_state[key], len(now.pixels)
        now.pixels = [pixel for number, pixel in enumerate(now.pixels) if number in numbers]
        now.regions = [region for number, region in enumerate(now.regions, pixels) if number in numbers]

    st.session_state[key] = list(range(len(own)))
    st.multiselect(
        _("Pixels and rectangles, numbered as on the map"),
        range(len(own)),
        format_func=lambda number: own[number].name,
        key=key,
        on_change=kept,
    )


def _show_map(scan: Scan) -> None:
    """Show the map, the photograph or both, in which pixels and rectangles are chosen."""
    now = choice()
    picture, photo = choose_picture(scan, "spectra")
    st.write(_("Click to add a pixel's spectrum. Drag a rectangle to add the mean inside it."))
    map_place = st.container()
    with st.expander(_("Band of the map"), icon=":material/layers:"):
        lo, hi = choose_band(scan)
        choose_counts(scan)
        shown = shown_band_map(scan, lo, hi)
        say_counts(shown)
    with map_place:
        pick_in(
            "spectra-map",
            clipped(shown.data, units=shown.units),
            map_title(scan, shown, lo, hi),
            photo,
            with_map=picture == "both",
            marks=now.pixels,
            regions=now.regions,
            on_pixel=_pixel_clicked,
            on_region=_region_dragged,
        )


def _added() -> int:
    """Return how many pixels and rectangles were added."""
    return int(st.session_state.setdefault(_ADDED, 0))


def _pixel_clicked(x: int, y: int) -> None:
    """Add the spectrum of a pixel."""
    now = choice()
    if (x, y) not in now.pixels:
        now.pixels.append((x, y))
        st.session_state[_ADDED] = _added() + 1
    fit_next((x, y))


def _region_dragged(x0: int, y0: int, x1: int, y1: int) -> None:
    """Add the mean spectrum of a rectangle."""
    now = choice()
    if (x0, y0, x1, y1) not in now.regions:
        now.regions.append((x0, y0, x1, y1))
        st.session_state[_ADDED] = _added() + 1
    fit_next((x0, y0, x1, y1))
