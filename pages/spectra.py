"""Spectra: spectra of pixels and rectangles in one chart."""

import streamlit as st

from maxrf_core.spectrum.calibration import SpectralAxis
from widgets.charts.band_controls import choose_band, clipped
from widgets.charts.curves import maximum_curve, mean_curve, own_curves
from widgets.charts.downloads import download_spectra
from widgets.elements.named_spectrum import draw_named_spectrum
from widgets.elements.net_counts import choose_counts, map_title, say_counts, shown_band_map
from widgets.elements.spot_counts import fit_next, show_fit
from widgets.open.require_scan import chosen_scan
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import begin_page
from widgets.viewer.picking import choose_picture, pick_in

begin_page(_("Spectra"))
scan, now = chosen_scan(), choice()


# The browser may send a list that knows nothing of the newest addition: each addition begins another list.
added = st.session_state.setdefault("spectra-added", 0)
kept_key = f"spectra-kept-{added}"


def pixel_clicked(x: int, y: int) -> None:
    """Add the spectrum of a pixel."""
    if (x, y) not in now.pixels:
        now.pixels.append((x, y))
        st.session_state["spectra-added"] += 1
    fit_next((x, y))


def region_dragged(x0: int, y0: int, x1: int, y1: int) -> None:
    """Add the mean spectrum of a rectangle."""
    if (x0, y0, x1, y1) not in now.regions:
        now.regions.append((x0, y0, x1, y1))
        st.session_state["spectra-added"] += 1
    fit_next((x0, y0, x1, y1))


def kept() -> None:
    """Remove the pixels and rectangles that were taken off the list."""
    if st.session_state["spectra-added"] != added:
        return
    numbers, pixels = st.session_state[kept_key], len(now.pixels)
    now.pixels = [pixel for number, pixel in enumerate(now.pixels) if number in numbers]
    now.regions = [region for number, region in enumerate(now.regions, pixels) if number in numbers]


chart_side, map_side = st.columns([3, 2], gap="medium")
with chart_side:
    with st.container(horizontal=True, vertical_alignment="center"):
        show_maximum = st.toggle(_("Maximum"), value=True, key="spectra-maximum", persist_state="session")
        show_mean = st.toggle(_("Mean"), value=True, key="spectra-mean", persist_state="session")
        log = st.toggle(_("Logarithmic scale"), value=True, key="spectra-log", persist_state="session")
        smooth = st.toggle(
            _("Smoothed pixels"),
            value=True,
            key="spectra-smooth",
            persist_state="session",
            disabled=scan.is_smoothed,
            help=_("This file holds spectra that maxrf4u smoothed, and not the counts.")
            if scan.is_smoothed
            else _("Off: the counts of each pixel as they were measured."),
        )
        in_channels = scan.axis.unit == "channel" or st.toggle(
            _("Channel numbers"), key="spectra-channels", persist_state="session"
        )
    own = own_curves(scan, now, smooth)
    curves = [maximum_curve(scan)] * show_maximum + [mean_curve(scan)] * show_mean
    axis = SpectralAxis.of_channels(len(scan.axis), scan.axis.first) if in_channels else scan.axis
    chart_place = st.container()
    if own:
        st.session_state[kept_key] = list(range(len(own)))
        st.multiselect(
            _("Pixels and rectangles, numbered as on the map"),
            range(len(own)),
            format_func=lambda number: own[number].name,
            key=kept_key,
            on_change=kept,
        )
        curves += show_fit(scan, now, smooth)
    curves += own
    with chart_place:
        if curves:
            draw_named_spectrum(
                "spectra", scan, axis, curves, on_pixel=pixel_clicked, log=log, drag="zoom", height=480
            )
            download_spectra(scan, axis, curves)
        else:
            st.info(_("Turn on the maximum or the mean, or click on the map."), icon=":material/ads_click:")
with map_side:
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
            on_pixel=pixel_clicked,
            on_region=region_dragged,
        )
