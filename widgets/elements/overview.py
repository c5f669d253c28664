"""Overview of a scan's elements: the periodic table, and a wall of small maps; a click chooses an element.

Streamlit's buttons in eighteen columns are too slow, and too wide for a phone. So a component of our own
shows both.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from maxrf_core.elements.periodic_table import PLACES
from maxrf_core.spectrum.elements import NAMES
from widgets.elements.answers import STATUS_NAMES, counts_in_words, status_in_words, status_of
from widgets.elements.examination import CoarseElements, Examination
from widgets.elements.residual import Residual
from widgets.elements.thumbnail import thumbnail
from widgets.session.choice import RESIDUAL
from widgets.session.language import _
from widgets.session.own_component import own_component

_component = own_component("maxrf_elements", "elements/overview.js")
KEY = "elements-overview"
COARSE_KEY = f"{KEY}-coarse"


def show_overview(
    found: Examination | CoarseElements,
    chosen: str,
    colormap: str,
    residual: Residual | None,
    on_choice: Callable[[str], None],
) -> None:
    """Show the periodic table and the wall of maps.

    Parameters
    ----------
    found : Examination or CoarseElements
        Coarse maps have no counts beside them: those of the exact ones will be higher.
    chosen : str
        Symbol of the element that is shown, or `RESIDUAL`.
    colormap : str
    residual : Residual, optional
    on_choice : callable
        Called with the symbol that was clicked, before the page runs again.
    """

    key = COARSE_KEY if isinstance(found, CoarseElements) else KEY

    def clicked() -> None:
        symbol = st.session_state[key].chosen
        if isinstance(symbol, str) and symbol in (*NAMES, RESIDUAL):
            on_choice(symbol)

    _component(
        key=key,
        data={
            "cells": [cell(symbol, found) for symbol in PLACES],
            "tiles": [
                *(tile(symbol, found, colormap) for symbol in found.summaries),
                *([residual_tile(residual, colormap)] if residual else []),
            ],
            "chosen": chosen,
            "texts": {
                "table": _("Periodic table. The arrow keys move, Enter shows an element."),
                "wall": _(
                    "Maps of all elements that are there. The arrow keys move, Enter shows an element."
                ),
                "sure": _("sure"),
                "possible": _("possible"),
                "absent": _("not found"),
                "tube": _("the tube's own"),
                "none": _("no line"),
            },
        },
        on_chosen_change=clicked,
    )


def cell(symbol: str, found: Examination | CoarseElements) -> dict[str, Any]:
    """Return an element's cell of the periodic table: where it is, its status and its description."""
    status, words = status_in_words(found.identification, symbol)
    row, column = PLACES[symbol]
    return {
        "symbol": symbol,
        "row": row,
        "column": column,
        "status": status,
        "label": f"{symbol}, {NAMES[symbol]}: {words}",
    }


def tile(symbol: str, found: Examination | CoarseElements, colormap: str) -> dict[str, Any]:
    """Return an element's tile on the wall of maps."""
    summary = found.summaries[symbol]
    status = status_of(found.identification, symbol)
    notes = {
        1: _("up to {counts} net counts").format(counts=counts_in_words(summary.strongest)),
        0: _("nothing above noise in single pixels"),
    }
    words = notes.get(summary.smoothing, _("faint: smooth the map to see it"))
    return {
        "symbol": symbol,
        "title": symbol,
        "name": NAMES[symbol],
        "status": status,
        "statusName": _(STATUS_NAMES[status]),
        "note": _("coarse") if isinstance(found, CoarseElements) else words,
        "image": thumbnail(summary.small, summary.brightest, colormap) if summary.smoothing else None,
    }


def residual_tile(residual: Residual, colormap: str) -> dict[str, Any]:
    """Return the tile of what the fit leaves over."""
    words = _("up to {value}; noise alone is 1")
    return {
        "symbol": RESIDUAL,
        "title": _("Residual"),
        "name": _("what no element explains"),
        "status": "residual",
        "statusName": "",
        "note": words.format(value=f"{residual.strongest:.1f}"),
        "image": residual.thumbnail(colormap),
    }
