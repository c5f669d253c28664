"""Choice of the map of a page: of a band of energies, or one that another program made."""

from dataclasses import dataclass

import streamlit as st

from maxrf_core.datastack.stored_maps import first_map, units_of_map
from widgets.charts.band_controls import choose_band
from widgets.charts.band_map import BandMap
from widgets.elements.net_counts import choose_counts, map_title, say_counts, shown_band_map
from widgets.session.language import _
from widgets.session.scan import Scan

_KEY = "shown-map"
_BAND = ""  # stands for the band of energies in the list


@dataclass(frozen=True, eq=False)
class ChosenMap:
    """The map of a page.

    Attributes
    ----------
    title : str
    map : BandMap
    """

    title: str
    map: BandMap


def choose_map(scan: Scan) -> ChosenMap:
    """Show the choice; without spectra, of the stored maps alone.

    Parameters
    ----------
    scan : Scan
    """
    name = _choose_stored(scan) if scan.map_names else _BAND
    if name != _BAND:
        return ChosenMap(name, BandMap(scan.stored_map(name), units_of_map(scan.ds, name), name))
    lo, hi = choose_band(scan)
    choose_counts(scan)
    shown = shown_band_map(scan, lo, hi)
    say_counts(shown)
    return ChosenMap(map_title(scan, shown, lo, hi), shown)


def _choose_stored(scan: Scan) -> str:
    offered = [_BAND] * scan.has_spectra + scan.map_names
    if st.session_state.get(_KEY) not in offered:  # of another scan
        st.session_state[_KEY] = _BAND if scan.has_spectra else first_map(offered)
    return st.selectbox(
        _("Map"),
        offered,
        key=_KEY,
        format_func=lambda name: name or _("A band of energies"),
        persist_state="session",
    )
