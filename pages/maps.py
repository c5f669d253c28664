"""Maps: an image for each band of energies."""

from functools import partial

import streamlit as st

from widgets.charts.band_controls import choose_band, choose_clip, clipped
from widgets.charts.charts import draw_map, draw_spectrum
from widgets.charts.curves import maximum_curve, peak_names, pixel_curve
from widgets.charts.downloads import download_map
from widgets.charts.map_layers import MapPicture
from widgets.charts.preview_cache import preview_curve, preview_map
from widgets.open.require_scan import chosen_scan
from widgets.session.band_map_cache import IsWanted
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import begin_page

begin_page(_("Maps"))
scan, now = chosen_scan(), choice()


def band_dragged(band: tuple[float, float]) -> None:
    """Set the band that was dragged on the spectrum."""
    now.lo, now.hi = band


def dragged_map(lo: float, hi: float, is_wanted: IsWanted) -> MapPicture | None:
    """Return the map of a band that is still being dragged; None if it was cancelled."""
    data = scan.prepare_band_map(lo, hi, is_wanted)
    return None if data is None else clipped(data, now)


st.caption(_("Drag across the spectrum to choose a band of energies, or choose an element line."))
with st.container(horizontal=True, vertical_alignment="bottom"):
    lo, hi = choose_band(scan)
    log = st.toggle(_("Logarithmic scale"), value=True, key="maps-log", persist_state="session")
# What changes is drawn first, wherever it stands on the page; the rest mostly stays as it is.
spectrum_place = st.container()
map_side, pixel_side = st.columns([3, 2], gap="medium")
clip_place, pixel_place = pixel_side.container(), pixel_side.container()
with map_side:
    band_map = scan.band_map(lo, hi)
    preview = preview_curve("maps-pixel", scan.shape, partial(pixel_curve, scan)) if now.pixels else None
    draw_map("maps-map", clipped(band_map), marks=now.pixels[-1:], on_pixel=now.choose_pixel, preview=preview)
with pixel_place:
    if now.pixels:
        x, y = now.pixels[-1]
        words = _("**Pixel {x}, {y}:** {counts} counts per channel in this band")
        st.markdown(words.format(x=x, y=y, counts=f"{band_map.values[y, x]:.4g}"))
        curve = pixel_curve(scan, x, y)
        draw_spectrum(
            "maps-pixel",
            scan.axis,
            [curve],
            y_title=_("Counts, smoothed"),
            log=log,
            band=(lo, hi),
            drag="zoom",
            height=240,
        )
        st.page_link("pages/spectra.py", label=_("Compare spectra"), icon=":material/show_chart:")
    else:
        st.info(_("Click on the map to see the spectrum of a pixel."), icon=":material/ads_click:")
with clip_place, st.expander(_("Contrast and colours"), icon=":material/contrast:", expanded=True):
    choose_clip(band_map)
with spectrum_place:
    highest = maximum_curve(scan)
    draw_spectrum(
        "maps-spectrum",
        scan.axis,
        [highest],
        y_title=highest.name,
        log=log,
        labels=peak_names(scan),
        band=(lo, hi),
        on_band=band_dragged,
        preview=preview_map("maps-map", dragged_map),
        height=290,
    )
with map_side:
    download_map(scan, band_map.values, lo, hi)
    st.page_link(
        "pages/register.py", label=_("Lay a photograph over this map"), icon=":material/add_photo_alternate:"
    )
