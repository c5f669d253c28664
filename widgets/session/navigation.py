"""Navigation: the pages of the app, and the beginning of each."""

import gc
from pathlib import Path
from typing import NoReturn

import streamlit as st

from widgets.session.choice import Part, address, choice
from widgets.session.decimal_comma import accept_decimal_commas
from widgets.session.hidden_words import hide_words
from widgets.session.language import _
from widgets.session.resume import offer_resume, save_work

# A file of our own: Streamlit would fetch an icon by name from the internet.
_ICON = Path(__file__).with_name("icon.png")

# Streamlit leaves 96 pixels above a page, which charts and pictures need more. The progress of a map is
# shown at the window's lower edge, so that nothing moves. Buttons in charts are for our script.
# Streamlit writes the chosen of several buttons, the button of what is open, and a slider's number in the
# buttons' blue, faint on dark.
# Titles of parts are of the second level, and no larger than Streamlit's of the third.
# The open scan's name stands in the upper edge, where the sidebar covers it while that is open.
_STYLE = """<style>
.stMainBlockContainer { padding-top: 3rem; padding-bottom: 3rem; }
.stMainBlockContainer h1 { padding: 0.25rem 0 0; }
[data-testid="stHeading"] h2 { font-size: 1.25rem; padding: 0.75rem 0 1rem; letter-spacing: -0.005em; }
[data-testid="stSidebar"] [data-testid="stHeading"] h2 { font-size: 1.125rem; }
.stButtonGroup button[data-selected="true"],
[data-testid="stPopover"] button:is(:active, [aria-expanded="true"]):not([kind="primary"]),
button[kind="tertiary"]:active,
.stSlider [data-testid="stSliderThumbValue"] { color: inherit !important; }
.updatemenu-container, .updatemenu-container * { pointer-events: none !important; }
.st-key-open-scan {
  position: fixed; top: 1.1rem; left: 3.5rem; right: 4rem; width: auto; z-index: 999990;
  pointer-events: none; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600;
}
div:has(> .st-key-open-scan), div:has(> .st-key-work), .st-key-work { display: contents; }
.st-key-open-scan div { overflow: hidden; text-overflow: ellipsis; }
[class*="st-key-map-progress-"], .st-key-register-progress {
  position: fixed; bottom: 1.5rem; left: 50%; transform: translateX(-50%); z-index: 100;
  width: min(26rem, 90vw); padding: 0.6rem 1rem 0.9rem; border-radius: 6px;
  background: Canvas; border: 1px solid GrayText;
}
</style>"""


# Of a page that uses the whole window
_WINDOW_STYLE = """<style>
.stMainBlockContainer { padding: 4rem 1.5rem 0.5rem; }
.stMainBlockContainer h1 { font-size: 1.35rem; padding: 0.4rem 0 0; }
</style>"""


def navigate() -> st.Page:
    """Set the browser's tab, make the menu of pages, and return the page that the visitor is on."""
    st.set_page_config(page_title="maxrf4all", page_icon=_ICON, layout="wide")
    return st.navigation(
        {
            _("Scan"): [
                st.Page("pages/open.py", title=_("Open"), icon=":material/folder_open:", default=True),
                st.Page("pages/look.py", title=_("Look"), icon=":material/visibility:"),
                st.Page("pages/contents.py", title=_("Contents"), icon=":material/inventory_2:"),
                # Earlier addresses, which lead to parts of Look
                st.Page("pages/elements.py", title=_("Elements"), visibility="hidden"),
                st.Page("pages/maps.py", title=_("Maps"), visibility="hidden"),
                st.Page("pages/spectra.py", title=_("Spectra"), visibility="hidden"),
            ],
            _("Photograph"): [
                st.Page("pages/register.py", title=_("Register"), icon=":material/add_photo_alternate:"),
                st.Page("pages/compare.py", title=_("Compare"), icon=":material/compare:"),
            ],
            _("Help"): [
                st.Page("pages/guide.py", title=_("Guide"), icon=":material/menu_book:"),
            ],
        }
    )


@st.cache_resource(show_spinner=False)
def freeze_modules(title: str) -> None:
    """Exclude modules that a page has loaded from garbage collection, once for each page.

    Streamlit collects garbage after every run, and the next run waits for it: 0.2 s, most of it spent on
    modules.
    """
    gc.collect()
    gc.freeze()


def begin_page(title: str, *, whole_window: bool = False, shows_title: bool = True) -> None:
    """Write a page's title, and offer to go on with saved work; every page calls this first.

    Streamlit takes a folder called ``pages`` for the whole app until `st.navigation` has run once: the first
    visitor after a start who comes by a bookmark would get the bare page. Such a visitor is sent through
    ``streamlit_app.py``.
    """
    _require_menu()
    st.html(_STYLE + _WINDOW_STYLE if whole_window else _STYLE)
    st.title(title, anchor=False)
    if not shows_title:
        st.html(f"<style>{hide_words('.stMainBlockContainer h1')}</style>")
    accept_decimal_commas()
    save_work()  # what was just done, before the page is drawn, which may take a while
    with st.container():  # so that what follows keeps its place when the offer is gone
        offer_resume()


def work_place() -> st.delta_generator.DeltaGenerator:
    """Return a place for the progress of all that a page needs, however many bars that shows.

    Streamlit makes anew all that follows on the page if there is one element more or less before it:
    charts are drawn again, and the keyboard's focus is lost.
    """
    return st.container(key="work")


def outside_page() -> st.delta_generator.DeltaGenerator:
    """Return a place for the progress of what is done before the page runs, after a click.

    On the page it would come before all else, and move that, as `work_place` tells.
    """
    return st.sidebar


def lead_to(part: Part) -> NoReturn:
    """Go to a part of the page Look; the rest of the address stays as it is."""
    _require_menu()
    choice().part = part
    st.switch_page("pages/look.py", query_params=address())


def link_to(part: Part, label: str, icon: str) -> None:
    """Show a link to a part of the page Look."""
    if st.button(label, icon=icon, type="tertiary"):
        lead_to(part)


def _require_menu() -> None:
    """Run the page again, through the menu of pages, if it runs without."""
    if "choice" not in st.session_state:
        navigate()
        st.rerun()
