"""Elements: which elements are in a scan, where, and how sure."""

from functools import partial

import streamlit as st

from maxrf_core.elements.search import MAX_QUERY_LENGTH, search
from maxrf_core.errors import MaxrfError
from widgets.elements.answers import answer, pigment_note
from widgets.elements.detail import show_element
from widgets.elements.examination import Examination, examined
from widgets.elements.notes import (
    first_element,
    offer_to_keep,
    say_assumptions,
    say_overall,
    show_meanwhile,
    stop_without_energies,
)
from widgets.elements.overview import show_overview
from widgets.elements.residual import show_residual, shown_residual
from widgets.elements.straight_rows import offer_straight_rows
from widgets.session.choice import RESIDUAL, choice
from widgets.session.language import _
from widgets.session.markdown import escaped, show_error
from widgets.session.scan import Scan

_QUERY = "elements-query"


def show_elements(scan: Scan, tools: st.delta_generator.DeltaGenerator) -> None:
    """Show the elements of a scan, and one in detail; the search box stands in the page's top line."""
    stop_without_energies(scan)
    try:
        examination = examined(scan, partial(show_meanwhile, scan))
    except MaxrfError as error:
        show_error(error)
        return
    now = choice()
    detail_side, overview_side = (
        side.container(key=f"elements-{name}-side")
        for side, name in zip(st.columns(2, gap="medium"), ("detail", "overview"), strict=True)
    )
    with detail_side:
        _search(examination, tools)
    element = now.element or first_element(examination)
    residual = shown_residual(scan, examination)
    with overview_side:
        show_overview(examination, element, now.colormap, residual, _element_clicked)
        say_assumptions(scan, examination)
        offer_straight_rows(scan, examination)
        offer_to_keep(scan, examination)
    with detail_side:
        if element == RESIDUAL:
            show_residual(scan, examination, residual)
        else:
            show_element(scan, examination, element)


def _element_clicked(symbol: str) -> None:
    """Show the element that was clicked."""
    choice().element = symbol
    st.session_state[_QUERY] = ""


def _asked() -> None:
    """Show the first element that was asked for."""
    found = search(st.session_state[_QUERY])
    if found:
        choice().element = found[0].elements[0]


def _search(examination: Examination, tools: st.delta_generator.DeltaGenerator) -> None:
    """Show the search box, and the answer to what was asked, or else a summary."""
    query = tools.text_input(
        _("Search an element or a pigment"),
        placeholder=_("Search: iron, Blei, vermilion, titanium or barium …"),
        key=_QUERY,
        on_change=_asked,
        max_chars=MAX_QUERY_LENGTH,
        label_visibility="collapsed",
    )
    matches = search(query or "")
    if matches:
        st.info(escaped(f"{answer(matches, examination)} {pigment_note(matches)}"), icon=":material/search:")
    elif query:
        st.warning(_("No element or pigment of that name is known here."), icon=":material/search_off:")
    else:
        say_overall(examination)
