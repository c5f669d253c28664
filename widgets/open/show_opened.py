"""The page that a scan is shown on once it is opened."""

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.session.choice import choice
from widgets.session.scan import open_scan_of


def show_opened(identifier: str) -> None:
    """Open a scan and go to its elements, or to its maps if it has no energies, which elements need.

    A file that cannot be opened is told on the page.
    """
    choice().open(identifier)
    try:
        has_energies = open_scan_of(identifier).axis.unit == "keV"
    except MaxrfError:
        has_energies = False
    st.switch_page("pages/elements.py" if has_energies else "pages/maps.py")
