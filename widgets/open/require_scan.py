"""The chosen scan, or the way to choose one: pages that show a scan begin with it."""

from contextlib import suppress

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.open.rescue import offer_rescue_of
from widgets.open.way_back import forget_page, remember_page
from widgets.session.choice import NEXT_TASK, Choice, choice
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.navigation import link_to
from widgets.session.scan import Scan, open_scan_of

OPEN = "pages/open.py"


def chosen_scan(page: str) -> Scan:
    """Return the chosen scan; stop the page, with a button that leads to the list of scans, if none.

    Parameters
    ----------
    page : str
        The page that needs it, such as ``pages/register.py``; the list of scans leads back there.
    """
    identifier = choice().stack
    if identifier is None:
        st.info(_("No scan is open yet."), icon=":material/folder_open:")
    else:
        try:
            scan = open_scan_of(identifier)
        except MaxrfError as error:
            show_error(error)
            with suppress(MaxrfError):  # there is no such file
                offer_rescue_of(identifier)
        else:
            if page != OPEN:
                forget_page()
            _forget_outside(scan.shape, choice())
            _say_view(scan)
            return scan
    if st.button(_("Choose a scan"), icon=":material/folder_open:"):
        st.session_state[NEXT_TASK] = "choose"  # Open may be the page that is shown
        remember_page(page)
        st.switch_page(OPEN)
    st.stop()


def stop_without_spectra(scan: Scan) -> None:
    """Stop the page or the part, with a sentence, if the file holds element maps and no spectra."""
    if scan.has_spectra:
        return
    words = _("This file holds element maps and no spectra, which this needs. Its maps are on the bench.")
    st.info(words, icon=":material/layers:")
    link_to("bench", _("See the maps on the bench"), ":material/layers:")
    st.stop()


def _say_view(scan: Scan) -> None:
    """Write that odd rows are not shown where they were measured."""
    pixels = scan.ds.row_displacement
    if pixels:
        words = _(
            "Odd rows are shown {pixels:.2f} pixels further {side} than they were measured; see Elements."
        )
        st.caption(words.format(pixels=abs(pixels), side=_("left") if pixels > 0 else _("right")))


def _forget_outside(shape: tuple[int, int], now: Choice) -> None:
    """Drop chosen pixels and rectangles outside the map: another file may have taken the scan's place."""
    height, width = shape
    now.pixels = [(x, y) for x, y in now.pixels if 0 <= x < width and y < height]
    now.regions = [corners for corners in now.regions if corners[2] < width and corners[3] < height]
