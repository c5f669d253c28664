"""The page that sent a visitor to Open because no scan was chosen, and the way back to it."""

from typing import NoReturn

import streamlit as st

from widgets.session.choice import Part, choice
from widgets.session.language import _, marked
from widgets.session.navigation import lead_to

LOOK = "pages/look.py"
_PAGE_NAMES = {
    LOOK: marked("Look"),
    "pages/contents.py": marked("Contents"),
    "pages/register.py": marked("Register"),
    "pages/compare.py": marked("Compare"),
}
_CAME_FROM = "came-from"  # session key: path of the page, part of Look


def remember_page(page: str) -> None:
    """Remember the page, such as ``pages/register.py``, that sends the visitor to Open."""
    if page in _PAGE_NAMES:
        st.session_state[_CAME_FROM] = page, choice().part


def forget_page() -> None:
    """Forget where the visitor came from: a scan is open."""
    st.session_state.pop(_CAME_FROM, None)


def offer_way_back() -> None:
    """Show where an opened scan leads to, and the way back there, if a page sent the visitor here."""
    if _CAME_FROM not in st.session_state:
        return
    name = _(_PAGE_NAMES[st.session_state[_CAME_FROM][0]])
    with st.container(horizontal=True, vertical_alignment="center"):
        label = _("Back to {page}").format(page=name)
        if st.button(label, key="way-back", icon=":material/arrow_back:"):
            lead_on()
        st.caption(
            _("The scan that you open is shown on the page *{page}*.").format(page=name), width="content"
        )


def lead_on(part: Part = "elements") -> NoReturn:
    """Go on with the open scan: to the page that sent the visitor here, else to a part of Look."""
    page, part = st.session_state.pop(_CAME_FROM, (LOOK, part))
    if page == LOOK:
        lead_to(part)
    st.switch_page(page)
