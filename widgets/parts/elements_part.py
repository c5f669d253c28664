"""Elements: which elements are in a scan, where, and how sure."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.elements.ask import ask
from widgets.elements.detail import show_element
from widgets.elements.examination import examined
from widgets.elements.notes import (
    first_element,
    offer_to_keep,
    say_assumptions,
    say_overall,
    show_coarsely,
    show_meanwhile,
    stop_without_energies,
)
from widgets.elements.overview import show_overview
from widgets.elements.residual import show_residual, shown_residual
from widgets.elements.straight_rows import offer_straight_rows
from widgets.open.require_scan import stop_without_spectra
from widgets.parts.to_bench import offer_to_lay
from widgets.session.choice import RESIDUAL, choice
from widgets.session.markdown import show_error
from widgets.session.scan import Scan

_QUERY = "elements-query"


def show_elements(scan: Scan, tools: st.delta_generator.DeltaGenerator) -> None:
    """Show the elements of a scan, and one in detail; the search box stands in the page's top line."""
    stop_without_spectra(scan)
    stop_without_energies(scan)
    try:
        coarsely = partial(show_coarsely, on_choice=_element_clicked)
        examination = examined(scan, partial(show_meanwhile, scan), coarsely)
    except MaxrfError as error:
        show_error(error)
        return
    now = choice()
    detail_side, overview_side = (
        side.container(key=f"elements-{name}-side")
        for side, name in zip(st.columns(2, gap="medium"), ("detail", "overview"), strict=True)
    )
    with detail_side:
        if not ask(examination, tools, _QUERY, _asked):
            say_overall(examination)
    element = now.element or first_element(examination)
    finding = examination.identification.of(element)
    if finding is not None and finding.family in examination.maps.names:
        with tools:
            offer_to_lay(scan, examination, finding.family)
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


def show_in_elements(symbol: str) -> None:
    """Have the page show an element in this part on its next run."""
    choice().part = "elements"
    _element_clicked(symbol)


def _element_clicked(symbol: str) -> None:
    """Show the element that was clicked."""
    choice().element = symbol
    st.session_state[_QUERY] = ""


def _asked(elements: Sequence[str]) -> None:
    """Show the first element that was asked for."""
    choice().element = elements[0]
