"""The search box for elements and pigments, which answers in a sentence."""

from collections.abc import Callable, Sequence

import streamlit as st

from maxrf_core.elements.search import MAX_QUERY_LENGTH, search
from widgets.elements.answers import answer, pigment_note
from widgets.elements.examination import Examination
from widgets.session.language import _
from widgets.session.markdown import escaped


def ask(
    examination: Examination,
    box: st.delta_generator.DeltaGenerator,
    key: str,
    on_found: Callable[[Sequence[str]], None],
) -> bool:
    """Show the search box, and here the answer to what was asked; return True if something was.

    Parameters
    ----------
    examination : Examination
    box : container
        Where the box is shown.
    key : str
        Of the box in the session.
    on_found : callable
        Called with the elements that were asked for, of a pigment its first, before the page runs again.
    """

    def asked() -> None:
        matches = search(st.session_state[key])
        if matches:
            on_found([match.elements[0] for match in matches])

    query = box.text_input(
        _("Search an element or a pigment"),
        placeholder=_("Search: iron, Blei, vermilion, titanium or barium …"),
        key=key,
        on_change=asked,
        max_chars=MAX_QUERY_LENGTH,
        label_visibility="collapsed",
    )
    matches = search(query or "")
    if matches:
        st.info(escaped(f"{answer(matches, examination)} {pigment_note(matches)}"), icon=":material/search:")
    elif query:
        st.warning(_("No element or pigment of that name is known here."), icon=":material/search_off:")
    return bool(query)
