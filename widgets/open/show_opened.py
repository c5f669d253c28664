"""The page that a scan is shown on once it is opened."""

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.open.way_back import lead_on
from widgets.session import library
from widgets.session.choice import NEXT_TASK, choice
from widgets.session.navigation import lead_to
from widgets.session.scan import open_scan_of


def show_opened(identifier: str) -> None:
    """Open a scan and go to the page that sent the visitor here, or to its elements.

    One that holds element maps only is shown on the bench. Without energies, which elements need, it goes to
    the way to set them. Its maps are shown if the visitor may not set its energies, or with a word if it
    cannot be opened.
    """
    choice().open(identifier)
    try:
        scan = open_scan_of(identifier)
    except MaxrfError:
        lead_to("bands")
    if not scan.has_spectra:
        lead_on("bench")
    has_energies = scan.axis.unit == "keV"
    if has_energies:
        lead_on()
    if not library.may_change(identifier):
        lead_to("bands")
    st.session_state[NEXT_TASK] = "energies"
    st.switch_page("pages/open.py")
