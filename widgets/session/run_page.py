"""Run of a page: what every page needs before and after its own part."""

from importlib import import_module

import streamlit as st

from maxrf_core.errors import MaxrfError
from server.assets import PLOTLY, compressed
from widgets.open.conversions import show_conversions
from widgets.session.choice import keep_in_address
from widgets.session.markdown import show_error
from widgets.session.navigation import freeze_modules, navigate
from widgets.session.offered_files import withdraw_other_files
from widgets.session.resume import save_work
from widgets.session.sidebar import show_open_scan
from widgets.session.signing_in import offer_sign_out, require_sign_in

_PAGE = "page-shown"


def show_page() -> None:
    """Show the page that the visitor is on, and the open scan in the sidebar."""
    page = navigate()
    require_sign_in()
    is_new = st.session_state.get(_PAGE) != page.title
    st.session_state[_PAGE] = page.title
    keep_in_address()  # early, for who copies the address while the page is being made
    show_open_scan()
    show_conversions()
    offer_sign_out()
    try:
        page.run()
    except MaxrfError as error:
        show_error(error)
    finally:  # a page may stop half-way
        keep_in_address(again=is_new)
        save_work()  # what the page itself changed
        withdraw_other_files()
    prepare_what_comes_next()
    freeze_modules(page.title)


def prepare_what_comes_next() -> None:
    """Import and compress what an open scan is shown with; once, while the first page is being looked at."""
    for part in ("elements", "bench", "bands", "spectra"):
        import_module(f"widgets.parts.{part}_part")
    compressed(PLOTLY)
