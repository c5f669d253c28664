"""Bands: an image for each band of energies."""

from functools import partial

import streamlit as st

from maxrf_core.imaging.layer_keys import band_key
from widgets.charts.band_controls import choose_band, choose_clip, clipped
from widgets.charts.band_map import BandMap
from widgets.charts.charts import draw_map, draw_spectrum
from widgets.charts.curves import maximum_curve, pixel_curve
from widgets.charts.downloads import download_map
from widgets.charts.preview_cache import preview_curve
from widgets.elements.band_warning import say_shares
from widgets.elements.mean_identification import Identified
from widgets.elements.named_spectrum import draw_named_spectrum
from widgets.elements.net_counts import choose_counts, preview_of_dragged, say_counts, shown_band_map
from widgets.elements.spot_counts import (
    Spot,
    fit_of,
    known_elements,
    model_curve,
    say_counts_of_pixel,
)
from widgets.look.window import SPECTRUM_HEIGHT
from widgets.open.require_scan import stop_without_spectra
from widgets.parts.to_bench import offer_to_lay
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import link_to
from widgets.session.scan import Scan

# In CSS: what the spectrum leaves of the window
_MAP_HEIGHT = f"max(280px, 100vh - {SPECTRUM_HEIGHT + 145}px)"


def show_bands(scan: Scan, tools: st.delta_generator.DeltaGenerator) -> None:
    """Show the map of a band of energies, which is dragged on the spectrum, and a pixel's spectrum.

    Parameters
    ----------
    scan : Scan
    tools : container
        The page's top line.
    """
    stop_without_spectra(scan)
    with tools:
        log = st.toggle(_("Logarithmic scale"), value=True, key="maps-log", persist_state="session")
    # What changes is drawn first, wherever it stands on the page; the rest mostly stays as it is.
    picture_side, side = st.columns([7, 3], gap="medium")
    map_place, spectrum_place = (picture_side.container() for _place in range(2))
    with side.container(key="look-side"):
        st.caption(_("Drag across the spectrum to choose a band of energies, or choose an element line."))
        band = choose_band(scan)
        offer_to_lay(scan, None, band_key(*band))
        panel, counts_place, pixel_place, clip_place, away_place = (st.container() for _place in range(5))
    with counts_place:
        choose_counts(scan)
    with map_place:
        band_map = shown_band_map(scan, *band)
        _show_map(scan, band_map)
    with counts_place:
        say_counts(band_map)
        known = known_elements(scan, _("Check this band for other elements"), "maps-check")
        if known is not None:
            say_shares(scan, known, band_map, *band)
    with pixel_place:
        _show_pixel(scan, band_map, known, band, log)
    with clip_place, st.expander(_("Contrast and colours"), icon=":material/contrast:", expanded=True):
        choose_clip(band_map.data, band_map.units)
    with spectrum_place:
        _show_spectrum(scan, band, log, panel)
    with away_place:
        download_map(scan, band_map, *band)
        st.page_link(
            "pages/register.py",
            label=_("Lay a photograph over this map"),
            icon=":material/add_photo_alternate:",
        )


def _show_map(scan: Scan, band_map: BandMap) -> None:
    now = choice()
    preview = preview_curve("maps-pixel", scan.shape, partial(pixel_curve, scan)) if now.pixels else None
    draw_map(
        "maps-map",
        clipped(band_map.data, units=band_map.units),
        marks=now.pixels[-1:],
        on_pixel=now.choose_pixel,
        preview=preview,
        height=_MAP_HEIGHT,
    )


def _show_pixel(
    scan: Scan, band_map: BandMap, known: Identified | None, band: tuple[float, float], log: bool
) -> None:
    """Show the counts and the spectrum of the pixel that was clicked last."""
    now = choice()
    if not now.pixels:
        st.info(_("Click on the map to see the spectrum of a pixel."), icon=":material/ads_click:")
        return
    x, y = now.pixels[-1]
    words = _("**Pixel {x}, {y}:** {counts} {units}")
    counts = f"{band_map.data.values[y, x]:.4g}"
    st.markdown(words.format(x=x, y=y, counts=counts, units=_(band_map.units)))
    fit = None if known is None else fit_of(scan, known, Spot((x, y)))
    draw_spectrum(
        "maps-pixel",
        scan.axis,
        [*([model_curve(fit, smooth=not scan.is_smoothed)] if fit else []), pixel_curve(scan, x, y)],
        y_title=_("Counts, smoothed"),
        log=log,
        band=band,
        drag="zoom",
        height=240,
    )
    if fit is not None:
        say_counts_of_pixel(scan, Spot((x, y)), fit)
    link_to("spectra", _("Compare spectra"), ":material/show_chart:")


def _show_spectrum(
    scan: Scan, band: tuple[float, float], log: bool, panel: st.delta_generator.DeltaGenerator
) -> None:
    """Draw the spectrum on which the band is dragged."""
    now, highest = choice(), maximum_curve(scan)

    def dragged(band: tuple[float, float]) -> None:
        now.lo, now.hi = band

    draw_named_spectrum(
        "maps-spectrum",
        scan,
        scan.axis,
        [highest],
        y_title=_("Maximum counts"),  # short: the chart is low
        log=log,
        band=band,
        on_band=dragged,
        preview=preview_of_dragged(scan, "maps-map"),
        panel=panel,
        height=SPECTRUM_HEIGHT,
    )
