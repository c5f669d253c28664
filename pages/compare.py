"""Compare: a registered photograph and any band maps, in seven ways."""

from functools import partial

import streamlit as st

from widgets.charts.band_controls import choose_clip, choose_more_bands, clipped
from widgets.elements.choose_map import choose_map
from widgets.elements.net_counts import map_title, shown_band_map
from widgets.look.compared_layers import compare_layers
from widgets.look.take_onto import offer_onto
from widgets.mosaic.join_scans import join_scans
from widgets.open.require_scan import chosen_scan
from widgets.register.picture_transform import offer_picture_transform
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import begin_page, link_to
from widgets.viewer.comparison import MAX_MAPS, NamedMap, show_comparison
from widgets.viewer.error_layer import ERROR_HELP, error_layer
from widgets.viewer.registered_photos import in_words, registered_photo, registered_photos, view_note
from widgets.viewer.ways import choose_way

begin_page(_("Compare photograph and maps"))
scan = chosen_scan("pages/compare.py")
now, names = choice(), registered_photos(scan)
if len(now.bench.shown_keys) < 2:
    now.compares_bench = False
elif names:
    now.compares_bench = st.toggle(_("Layers of the bench"), now.compares_bench, key="compare-bench")
else:
    now.compares_bench = True
if now.compares_bench:
    compare_layers(scan, now)
    st.stop()
if not names:
    st.info(_("No photograph has been registered on this scan yet."), icon=":material/add_photo_alternate:")
    st.page_link("pages/register.py", label=_("Register a photograph"), icon=":material/add_photo_alternate:")
    st.stop()

photo_side, way_side = st.columns([0.35, 0.65])
name = photo_side.selectbox(_("Photograph"), names, format_func=partial(in_words, scan))
with way_side.container():  # directly in a column it would be cut off on a phone
    way = choose_way("compare-way", "beside")
if note := view_note(scan, name):
    st.caption(note)
with st.expander(_("Map: band and contrast"), icon=":material/layers:"):
    first = choose_map(scan)
    more = choose_more_bands(scan, MAX_MAPS - 1) if way == "beside" else []
    maps = [NamedMap(first.title, choose_clip(first.map.data, first.map.units))]
    others = [(band, shown_band_map(scan, *band)) for band in more]
error = error_layer(registered_photo(scan, name))
if error and photo_side.toggle(_("Expected error"), key="compare-error", help=_(ERROR_HELP)):
    maps, others = [error, *maps], others[: MAX_MAPS - 2]
for band, shown in others:
    maps.append(NamedMap(map_title(scan, shown, *band), clipped(shown.data, units=shown.units)))
show_comparison(way, registered_photo(scan, name), maps)
with st.container(horizontal=True):
    offer_onto(scan, name)
    offer_picture_transform(scan, name)
if scan.has_spectra:
    link_to("spectra", _("Click on the photograph for spectra"), ":material/ads_click:")
join_scans(scan)
