"""Look: maps and the photograph over one another, pixels and their spectra beside them."""

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.layer_keys import band_key
from widgets.elements.examination import examined
from widgets.look.add_layer import add_layer
from widgets.look.bench_layers import first_keys, first_look, layer_of
from widgets.look.history import show_undo
from widgets.look.layer_list import show_layers, show_wall, wall_tiles
from widgets.look.new_patch import drawing_acts
from widgets.look.patch_curves import patch_curves
from widgets.look.patch_list import begin_patches
from widgets.look.patches_side import show_patches_side
from widgets.look.picture import PICTURE, charts_of, choose_beside, show_picture
from widgets.look.pixel import show_pixel
from widgets.look.pixel_size import set_pixel_size
from widgets.look.profile import choose_below, is_profile_shown, show_profile, show_ruler
from widgets.look.side import LAYERS, PATCHES, TOGETHER, choose_side, chosen_side
from widgets.look.spectrum import is_peak_chosen, lay_on, show_spectrum
from widgets.look.take_away import show_take_away
from widgets.look.together_side import show_together_side
from widgets.look.views import open_linked_view, show_views
from widgets.look.window import choose_pane, fit_into_window
from widgets.open.require_scan import chosen_scan
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.navigation import begin_page

begin_page(_("Look"), whole_window=True)
fit_into_window()
scan, now = chosen_scan(), choice()
on_bench = now.bench
examination = None
if scan.axis.unit == "keV":
    try:
        examination = examined(scan)
    except MaxrfError as error:
        show_error(error)


def toggle(key: str) -> None:
    """Lay a layer on the bench, or take it off."""
    if key in on_bench.keys:
        on_bench.remove(key, now.colormap)
        return
    layer = layer_of(scan, examination, key)
    if layer is not None:
        on_bench.add(first_look(layer, on_bench))


def band_dragged(band: tuple[float, float]) -> None:
    """Lay the map of a band on the bench."""
    now.lo, now.hi = band
    key = band_key(*band)
    if key not in on_bench.keys:
        toggle(key)


begin_patches(scan, now)
open_linked_view(scan, now, PICTURE)
if not on_bench.number:
    found = [layer_of(scan, examination, key) for key in first_keys(examination)]
    on_bench.begin([first_look(layer, on_bench) for layer in found if layer is not None])
layers = [layer for key in on_bench.keys if (layer := layer_of(scan, examination, key)) is not None]
on_bench.keep([layer.key for layer in layers])

with st.container(horizontal=True, key="look-tools"):
    show_undo(now)
    show_views(scan, now, PICTURE)
    choose_beside(len(layers))
    with st.popover(_("Ruler"), icon=":material/straighten:", type="tertiary"):
        show_ruler(scan, now)
        set_pixel_size(scan)
    show_take_away(scan, examination, layers, now)
choose_pane()
picture_side, layer_side = st.columns([7, 3], gap="medium")
with picture_side:
    acts = drawing_acts(scan, examination, now) if chosen_side() == PATCHES else {}
    with st.container(key="look-pane-picture"):
        show_picture(scan, layers, now, **acts)
    spectrum_place = st.container(key="look-pane-spectrum")
with layer_side, st.container(key="look-pane-layers"), st.container(key="look-side"):
    peak_chosen = st.container()
    side = choose_side(examination is not None)
    if side == PATCHES:
        show_patches_side(scan, examination, layers, now)
    elif side == TOGETHER and examination:
        show_together_side(scan, examination, now)
    else:
        add_layer(scan, examination, on_bench, toggle)
        show_layers(charts_of(layers), layers, on_bench, toggle)
        show_pixel(scan, examination)
    candidates = peak_chosen if is_peak_chosen() else st.container()
    if examination and side == LAYERS:
        show_wall(charts_of(layers), wall_tiles(examination, now.colormap), on_bench, toggle)
with spectrum_place:
    choose_below(now)
    if is_profile_shown(now):
        show_profile(scan, layers, now)
    else:
        curves = patch_curves(scan, now) if side == PATCHES else None
        show_spectrum(scan, now, band_dragged, lay_on(on_bench, toggle), candidates, curves)
