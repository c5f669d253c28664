"""Register: lay a photograph over the maps with four pairs of points or more, and keep the result."""

from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.registration.register import image_extent
from widgets.charts.band_controls import choose_band, choose_clip
from widgets.charts.charts import draw_comparison
from widgets.elements.net_counts import choose_counts, say_counts, shown_band_map
from widgets.open.require_scan import chosen_scan
from widgets.register.auto_align import apply_proposal, offer_proposal, offer_refinement
from widgets.register.fit import (
    choose_model,
    fit_pairs,
    grid_lines,
    offer_corrections,
    residual_arrows,
    show_quality,
)
from widgets.register.photographs import choose_photo, picture_of, preview, size_of
from widgets.register.place_points import change_pairs, place_points
from widgets.register.points_check import confirm_outside, show_notes
from widgets.register.points_files import exchange_points, offer_stored
from widgets.register.points_table import points_table
from widgets.register.rgb_composite import one_band_or_three
from widgets.register.save import offer_append
from widgets.register.verdict import compare_with_maps, confirmed
from widgets.register.view_settings import choose_look
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import show_warning
from widgets.session.navigation import begin_page

begin_page(_("Register a photograph"))
scan, now = chosen_scan(), choice()
pairs = now.pairs
apply_proposal(pairs)
if pairs.complete:
    st.write(_("All pairs are set. See below how the photograph fits."))
else:
    st.write(
        _(
            "Find four details that show in both pictures, far from one another, near the corners; clockwise "
            "from the top left is a good order. Click on each in the photograph and, in the same order, in "
            "the map; then set it precisely in the magnifier below."
        )
    )
fit, trouble = None, None
try:
    fit = fit_pairs(pairs, scan.shape)
except MaxrfError as error:
    trouble = error
arrows = residual_arrows(fit, len(pairs), scan.shape[1]) if fit is not None else None

photo_side, map_side = st.columns(2, gap="medium")
with map_side:
    with st.expander(_("Map: band and contrast"), icon=":material/layers:"):
        band = choose_band(scan)
        choose_counts(scan)
        band_map = shown_band_map(scan, *band)
        say_counts(band_map)
        picture = choose_clip(band_map.data, band_map.units)
        shown = one_band_or_three(scan, picture)
        map_look = choose_look("map")
    place_points("dst", shown, pairs, map_look, pairs.revision, arrows[0] if arrows else None)
    if arrows:
        st.caption(
            _("The arrows show where the fit puts each point, {times} times as far as it is.").format(
                times=arrows[1]
            )
        )
with photo_side:
    photo_path = choose_photo(scan)
    if photo_path is not None:
        photo_size = size_of(photo_path)
        offer_stored(scan, photo_path, pairs)
        with st.expander(_("Contrast and rotation of the photograph"), icon=":material/tune:"):
            photo_look = choose_look("photo", channels=True, turning=True)
        place_points("src", partial(picture_of, photo_path), pairs, photo_look, pairs.revision)

change_pairs(pairs)
if photo_path is not None:
    offer_proposal(scan, photo_path)
with st.expander(_("The points as numbers"), icon=":material/table:", expanded=False):
    points_table(pairs)
if photo_path is None:
    st.stop()
with st.expander(_("Load or save points"), icon=":material/swap_horiz:"):
    exchange_points(scan, photo_path, pairs)
show_notes(scan, photo_path, pairs)
if not offer_corrections(pairs, photo_size, scan.shape) or not pairs.complete:
    st.stop()

st.subheader(_("How it fits"), anchor=False)
choose_model(pairs)
if fit is None:
    if trouble is not None:
        show_warning(trouble)
    st.stop()
fit, decided = offer_refinement(scan, photo_path, pairs, fit)
try:
    warped = preview(photo_path, scan.shape, fit)
except MaxrfError as error:
    show_warning(error)
    st.stop()
quality = st.container()  # filled after the photograph is shown on the map
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    opacity = st.slider(
        _("Opacity of the photograph"), 0.0, 1.0, 0.5, 0.05, key="register-opacity", width=420
    )
    has_grid = st.toggle(
        _("Grid"),
        key="register-grid",
        help=_("Squares drawn on the photograph, as they come to lie on the map."),
    )
lines = grid_lines(fit, photo_size) if has_grid else []
draw_comparison("register-preview", warped, image_extent(*scan.shape), picture, opacity=opacity, lines=lines)
with quality:
    verdict = compare_with_maps(scan, photo_path, fit)
    show_quality(fit, verdict)
if decided and all((confirmed(verdict), confirm_outside(scan, photo_path, pairs, fit))):
    offer_append(scan, photo_path, fit)
