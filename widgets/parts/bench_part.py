"""The bench: maps and the photograph over one another, pixels and their spectra beside them."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.layer_keys import band_key
from server.work_queue import BusyError
from widgets.charts.map_stack import Layer
from widgets.elements.ask import ask
from widgets.elements.examination import (
    Examination,
    elements_are_coming,
    examined,
    known_examination,
    known_trouble,
)
from widgets.look.add_layer import add_layer
from widgets.look.bench_layers import first_keys, first_look, layer_of, toggle_layer
from widgets.look.compared_layers import offer_comparison
from widgets.look.dragged_band import lay_band, preview_of_band
from widgets.look.history import show_undo
from widgets.look.layer_evidence import layer_evidence
from widgets.look.layer_list import show_layers, show_wall, stored_tiles, wall_tiles
from widgets.look.new_patch import drawing_acts
from widgets.look.patch_curves import patch_curves
from widgets.look.patch_list import begin_patches
from widgets.look.patches_side import show_patches_side
from widgets.look.picture import PICTURE, charts_of, choose_beside, pictured_layers, show_picture
from widgets.look.pixel import show_pixel
from widgets.look.pixel_size import set_pixel_size
from widgets.look.profile import choose_below, is_profile_shown, show_profile, show_ruler
from widgets.look.side import LAYERS, PATCHES, TOGETHER, choose_side, chosen_side
from widgets.look.spectrum import is_peak_chosen, lay_on, show_spectrum
from widgets.look.take_away import show_take_away
from widgets.look.together_side import show_together_side
from widgets.look.views import open_linked_view, show_views
from widgets.look.window import choose_pane
from widgets.parts.elements_part import show_in_elements
from widgets.session.bench import Bench
from widgets.session.choice import Choice, choice
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.navigation import work_place
from widgets.session.scan import Scan, chosen_band

Toggle = Callable[[str], None]


def show_bench(scan: Scan, tools: st.delta_generator.DeltaGenerator) -> None:
    """Show the bench.

    Parameters
    ----------
    scan : Scan
    tools : container
        The page's top line.
    """
    now = choice()
    examination = known_examination(scan)
    trouble, is_coming = known_trouble(scan), elements_are_coming(scan)
    with work_place():
        progress = st.container()
        if trouble is not None:
            show_error(trouble)
        layers = _layers_on(scan, examination, now, is_coming)
    toggle = partial(toggle_layer, scan, examination, now)
    with tools:
        _show_tools(scan, examination, layers, now)
    choose_pane(has_spectrum=scan.has_spectra, has_profile=is_profile_shown(now))
    pictured = pictured_layers(layers, now)
    picture_side, layer_side = st.columns([7, 3], gap="medium")
    with picture_side:
        acts = drawing_acts(scan, examination, now) if chosen_side() == PATCHES else {}
        with st.container(key="look-pane-picture"):
            show_picture(scan, pictured, now, **acts)
        spectrum_place = st.container(key="look-pane-spectrum")
    with layer_side, st.container(key="look-pane-layers"), st.container(key="look-side"):
        peak_chosen = st.container()
        side = _show_side(scan, examination, layers, now, toggle)
        candidates = peak_chosen if is_peak_chosen() else st.container()
        if side == LAYERS:
            tiles = wall_tiles(examination, now.colormap) if examination else []
            tiles += stored_tiles(scan, now.colormap)
            show_wall(charts_of(pictured), tiles, now.bench, toggle)
    with spectrum_place:
        choose_below(now)
        if is_profile_shown(now):
            show_profile(scan, layers, now)
        elif not scan.has_spectra:
            st.caption(_("This file holds element maps and no spectra."))
        else:
            curves = patch_curves(scan, now) if side == PATCHES else None
            preview = preview_of_band(scan, pictured, now)
            dragged, lay = partial(lay_band, scan, now), lay_on(now.bench, toggle)
            show_spectrum(scan, now, dragged, lay, candidates, curves, preview=preview)
    if is_coming:
        with progress:
            _await_elements(scan)


def _await_elements(scan: Scan) -> None:
    """Wait for the scan's elements, then draw the bench with them or with what is wrong."""
    try:
        examined(scan)
    except BusyError as error:
        show_error(error)
        return
    except MaxrfError:
        if known_trouble(scan) is None:
            raise
    st.rerun()


def _layers_on(scan: Scan, examination: Examination | None, now: Choice, is_coming: bool) -> list[Layer]:
    """Return the layers on the bench; those of a view that a link names, or the first, if it is new.

    While the elements are being found, the first is the map of the chosen band.
    """
    begin_patches(scan, now)
    open_linked_view(scan, now, PICTURE)
    if not now.bench.number or (now.bench.is_provisional and not is_coming):
        first = [band_key(*chosen_band(scan, now))] if is_coming else first_keys(scan, examination)
        found = [layer_of(scan, examination, key) for key in first]
        looks = [first_look(layer, Bench()) for layer in found if layer is not None]
        now.bench.begin(looks or now.bench.looks, is_provisional=is_coming)
    layers = [layer for key in now.bench.keys if (layer := layer_of(scan, examination, key)) is not None]
    if not is_coming:
        now.bench.keep([layer.key for layer in layers])
    return layers


def _show_tools(scan: Scan, examination: Examination | None, layers: Sequence[Layer], now: Choice) -> None:
    show_undo(now)
    show_views(scan, now, PICTURE)
    choose_beside(len(layers))
    with st.popover(_("Ruler"), icon=":material/straighten:", type="tertiary"):
        show_ruler(scan, now)
        set_pixel_size(scan)
    offer_comparison(now)
    show_take_away(scan, examination, layers, now)


def _show_side(
    scan: Scan, examination: Examination | None, layers: Sequence[Layer], now: Choice, toggle: Toggle
) -> str:
    """Show layers, patches, or what goes together; returns which of them."""
    side = choose_side(examination is not None)
    if side == PATCHES:
        show_patches_side(scan, examination, layers, now)
    elif side == TOGETHER and examination:
        show_together_side(scan, examination, now)
    else:
        if examination is not None:
            ask(examination, st.container(), "look-query", partial(_lay_found, examination, now, toggle))
        add_layer(scan, examination, now.bench, toggle)
        evidence = {layer.key: layer_evidence(scan, examination, layer.key) for layer in layers}
        show_layers(
            charts_of(pictured_layers(layers, now)), layers, now.bench, toggle, evidence, show_in_elements
        )
        show_pixel(scan, examination)
    return side


def _lay_found(examination: Examination, now: Choice, toggle: Toggle, elements: Sequence[str]) -> None:
    """Lay the maps of elements that were asked for on the bench."""
    findings = [examination.identification.of(element) for element in elements]
    for family in [each.family for each in findings if each is not None]:
        if family in examination.maps.names and family not in now.bench.keys:
            toggle(family)
