"""Controls that lay another layer on the bench."""

from collections.abc import Callable

import streamlit as st

from maxrf_core.imaging.layer_keys import BAND, PHOTO, band_key, map_of, photo_title, title_of
from maxrf_core.spectrum.elements import NAMES
from maxrf_core.spectrum.families import split_family
from widgets.elements.examination import Examination
from widgets.look.bench_layers import photo_keys, stored_keys
from widgets.look.combined import combine_two_maps
from widgets.look.dragged_band import choose_moved_band
from widgets.session.bench import Bench
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.scan import Scan, chosen_band

_ADD = "look-add"


def add_layer(
    scan: Scan, examination: Examination | None, bench: Bench, on_toggle: Callable[[str], None]
) -> None:
    """Show what can be laid on the bench.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
    bench : Bench
    on_toggle : callable
        Called with the key of the layer that was chosen.
    """
    families = list(examination.maps.names) if examination else []
    bands = [band_key(*chosen_band(scan, choice()))] if scan.has_spectra else []
    every = [*photo_keys(scan), *families, *stored_keys(scan), *bands]
    offered = [key for key in every if key not in bench.keys]

    def chosen() -> None:
        key = st.session_state[_ADD]
        if key:
            on_toggle(key)
        st.session_state[_ADD] = None

    st.selectbox(
        _("Add a layer"),
        offered,
        index=None,
        key=_ADD,
        format_func=layer_name,
        on_change=chosen,
        disabled=bench.is_full,
        placeholder=_("The bench is full")
        if bench.is_full
        else _("Add an element, a band, the photograph …"),
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if scan.has_spectra:
            choose_moved_band(scan, choice())
        combine_two_maps(scan, examination, bench, on_toggle, title_of)


def layer_name(key: str) -> str:
    """Return what a layer is called in the list."""
    if key.startswith(BAND):
        return _("Map of the band that was dragged on the spectrum")
    if key.startswith(PHOTO):
        return photo_title(key, _("Photograph"))
    if map_of(key):
        return _("{name} · map of another program").format(name=title_of(key))
    return f"{title_of(key)} · {NAMES[split_family(key)[0]]}"
