"""Rows of the scan that lie beside their places: they limit how precisely a photograph can be registered."""

import streamlit as st
from cachetools import LRUCache

from maxrf_core.autoalign.map_selection import comparison_maps, select_bands
from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.row_displacement import find_row_displacement
from maxrf_core.imaging.row_jitter import find_row_jitter
from maxrf_core.language import Note
from widgets.charts.band_controls import band_name
from widgets.session.image_cache import one_at_a_time
from widgets.session.language import _, translated
from widgets.session.markdown import escaped
from widgets.session.scan import Scan

_FOUND = "uneven-rows"
MAX_FOUND = 10  # scans and views of one visitor


def say_uneven_rows(scan: Scan) -> None:
    """Write how far rows of the scan lie beside their places, if its maps show it clearly."""
    cached = st.session_state.setdefault(_FOUND, LRUCache(MAX_FOUND))
    name = scan.version, scan.ds.row_displacement
    if name not in cached:
        cached[name] = _sentences(scan)
    if cached[name]:
        st.caption(" ".join(escaped(translated(sentence)) for sentence in cached[name]))


def _sentences(scan: Scan) -> tuple[str, ...]:
    """Return what is said; empty if rows lie where they should, or too little shows it."""
    try:
        bands = select_bands(scan.axis, scan.overall_spectrum()) if scan.has_spectra else []
        with one_at_a_time():
            maps = comparison_maps(scan.ds, bands)
            names = [band_name(scan, *band) for band in bands] or [_("the maps")] * len(maps)
            displaced, jitter = find_row_displacement(maps, names), find_row_jitter(maps)
    except MaxrfError:  # no maps to compare a photograph with: that is said elsewhere
        return ()
    if displaced.is_found:
        advice = Note(
            "Where they are shown shifted back (Look, Elements), a photograph can be registered more "
            "precisely."
        )
        return displaced.sentence, advice
    if jitter.is_found:
        return jitter.sentence, Note("A photograph cannot fit single rows better than that.")
    return ()
