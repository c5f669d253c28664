"""Register: lay a photograph over the maps with four pairs of points or more, and keep the result."""

from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.charts.band_controls import choose_clip
from widgets.elements.choose_map import choose_map
from widgets.open.require_scan import chosen_scan
from widgets.register.auto_align import apply_proposal, offer_proposal
from widgets.register.earlier_points import offer_earlier, remember_points, with_earlier
from widgets.register.fit import fit_pairs, residual_arrows
from widgets.register.inspector import Pictures, inspector
from widgets.register.other_place import offer_places, with_places
from widgets.register.own_pictures import say_proposed
from widgets.register.photographs import choose_photo, picture_of
from widgets.register.place_points import change_pairs, place_points
from widgets.register.points_files import exchange_points
from widgets.register.points_table import points_table
from widgets.register.result import has_overlay, show_result, toggle_overlay
from widgets.register.rgb_composite import one_band_or_three
from widgets.register.stored_points import offer_stored
from widgets.register.view_settings import choose_look
from widgets.register.window import fit_into_window
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import begin_page
from widgets.session.point_pairs import SIDES

begin_page(_("Register a photograph"), whole_window=True)
fit_into_window()
scan, now = chosen_scan("pages/register.py"), choice()
pairs = now.pairs
apply_proposal(pairs)
fit, trouble = None, None
try:
    fit = fit_pairs(pairs, scan.shape)
except MaxrfError as error:
    trouble = error
arrows = residual_arrows(fit, len(pairs), scan.shape[1]) if fit is not None else None

page = st.container(gap="xsmall")
tools = page.container(horizontal=True, vertical_alignment="center", gap="small", key="register-tools")
photo_side, map_side = (column.container(gap="xsmall") for column in page.columns(2, gap="small"))
stage = page.container(key="register-stage")
pictures: Pictures = {}
map_settings = map_side.container(horizontal=True, gap="small", key="map-settings")
with map_settings:
    with st.popover(_("Map: band and contrast"), icon=":material/layers:", type="tertiary"):
        band_map = choose_map(scan).map
        picture = choose_clip(band_map.data, band_map.units)
        shown = one_band_or_three(scan, picture)
        pictures["dst"] = shown, choose_look("map")
    if arrows:
        st.caption(
            _("Arrows: to where the fit puts each point, {times} times as far.").format(times=arrows[1]),
            help=_("The arrows show where the fit puts each point, {times} times as far as it is.").format(
                times=arrows[1]
            ),
        )
with photo_side, st.container(horizontal=True, gap="small", key="photo-settings"):
    photo_path = choose_photo(scan)
    if photo_path is not None:
        with st.popover(_("Contrast and rotation"), icon=":material/tune:", type="tertiary"):
            photo_look = choose_look("photo", channels=True, turning=True)
        pictures["src"] = partial(picture_of, photo_path), photo_look
        remember_points(scan, photo_path, pairs)
pictures = with_places(photo_path, pairs, with_earlier(scan, photo_path, pairs, pictures))
if not has_overlay(fit):
    for side, place in zip(SIDES, (photo_side, map_side), strict=True):
        with place:
            if side in pictures:
                drawn_arrows = arrows[0] if arrows and side == "dst" else None
                place_points(
                    side, pictures[side][0], pairs, pictures[side][1], pairs.revision, drawn_arrows,
                    None if fit is None else fit.quality.transform, scan.shape,
                )  # fmt: skip

with tools:
    if photo_path is not None:
        offer_proposal(scan, photo_path, pairs)
        toggle_overlay(fit)
    change_pairs(pairs)
with map_settings:
    with st.popover(_("The points as numbers"), icon=":material/table:", type="tertiary"):
        points_table(pairs, fit)
    if photo_path is not None:
        with st.popover(
            _("Load or save points"), icon=":material/swap_horiz:", type="tertiary",
            key="points-exchange", on_change="rerun",
        ) as exchange:  # fmt: skip
            exchange_points(scan, photo_path, pairs, fit, bool(exchange.open))

with page.container(horizontal=True, gap="small", key="register-bottom"):
    inspector(pictures, pairs, pairs.revision, fit, scan.shape)
    with st.container(key="register-verdict", gap="xsmall"):
        say_proposed()
        offer_stored(scan, photo_path, pairs)
        offer_earlier(scan, photo_path, pairs)
        offer_places(photo_path, pairs)
        if not pairs.complete:
            st.write(
                _(
                    "Find four details that show in both pictures, far from one another, near the corners; "
                    "clockwise from the top left is a good order. Click on each in the photograph and, in "
                    "the same order, in the map; then set it precisely in the magnifiers."
                )
            )
        if photo_path is not None:
            show_result(scan, photo_path, pairs, fit, trouble, stage, picture)
