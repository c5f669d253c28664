"""Offer to show odd rows shifted back, and to keep that view in the scan's file."""

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.imaging.straight_rows import to_scan, to_view
from widgets.elements.examination import Examination, keep_displacement
from widgets.session import library
from widgets.session.choice import choice
from widgets.session.language import _, translated
from widgets.session.markdown import escaped, show_error
from widgets.session.point_pairs import is_placed
from widgets.session.scan import Scan

KEY = "elements-straight-rows"


def offer_straight_rows(scan: Scan, examination: Examination) -> None:
    """Write whether odd rows are displaced; if so, show the choice to shift them back."""
    found = examination.displaced_rows
    shown, told = scan.ds.row_displacement, scan.ds.straightened(None).row_displacement
    st.caption(escaped(translated(found.sentence)))
    if not found.is_found and examination.row_jitter.is_found:
        st.caption(escaped(translated(examination.row_jitter.sentence)))
    if told:
        words = _("The file says that odd rows lie {pixels:.2f} pixels to the {side}.")
        st.caption(words.format(pixels=abs(told), side=_("right") if told > 0 else _("left")))
    offered = told or shown or found.pixels
    if not offered:
        return
    st.session_state[KEY] = bool(shown)
    st.toggle(
        _("Show odd rows shifted back"),
        key=KEY,
        on_change=_turn,
        args=(scan, offered),
        help=_(
            "Maps, clicks, regions, registration and downloads then follow on all pages. Maps are "
            "interpolated in odd rows; spectra are those of the nearest pixel. The counts in the file do "
            "not change."
        ),
    )
    if any(map(is_placed, choice().pairs.dst)):
        words = _(
            "Points that you have set on the map stay where they are: in odd rows they may be off by "
            "{pixels:.1f} pixels after a change."
        )
        st.caption(words.format(pixels=abs(offered)))
    if shown != told:
        _offer_to_keep(scan, examination)


def _turn(scan: Scan, offered: float) -> None:
    """Change the view; chosen pixels stay those of the scan."""
    now, before = choice(), scan.ds.row_displacement
    wanted = offered if st.session_state[KEY] else 0.0
    now.rows = wanted
    if now.pixels:
        pixels = to_view(to_scan(np.array(now.pixels), before), wanted)
        now.pixels = [(x, y) for x, y in pixels.tolist()]


def _offer_to_keep(scan: Scan, examination: Examination) -> None:
    if not library.may_change(scan.identifier) or scan.ds.written_by_maxrf4u:
        return
    if st.button(
        _("Keep this view in the scan"),
        icon=":material/save:",
        help=_("Writes the number of pixels into the file. All who open the scan then see it in this way."),
    ):
        try:
            keep_displacement(scan, examination, scan.ds.row_displacement)
        except MaxrfError as error:
            show_error(error)
        else:
            choice().rows = None
            st.toast(_("The view is in the file."), icon=":material/check_circle:")
            st.rerun()
