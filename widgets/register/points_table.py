"""The points as a table of numbers, which can be typed and pasted."""

import math
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from maxrf_core.written_numbers import read_number
from widgets.register.fit import Fit, error_in_words
from widgets.register.markers import marker_name
from widgets.session.language import _, marked
from widgets.session.point_pairs import PointPairs, Side

_COLUMNS: dict[str, tuple[Side, int]] = {
    marked("Photograph x"): ("src", 0),
    marked("Photograph y"): ("src", 1),
    marked("Map x"): ("dst", 0),
    marked("Map y"): ("dst", 1),
}
ERROR = "error"  # column that is computed
# Texts, since a table of numbers reads a pasted 6,1 as 61; the browser refuses what is no number
_NUMBER = r"^\s*[-+\u2212]?(\d+[.,]?\d*|[.,]\d+)?\s*$"


def points_table(pairs: PointPairs, fit: Fit | None = None) -> None:
    """Show the points as a table that can be edited; numbers may be pasted from a spreadsheet.

    Parameters
    ----------
    pairs : PointPairs
        Changed in place when a number is.
    fit : Fit, optional
        To these pairs: the expected error at each point is a column, if comparing the pictures has told it.
    """
    key = f"points-{pairs.revision}"  # a new table after each change, so that no old edit is applied again

    def edited() -> None:
        pairs.edit(read_edits(st.session_state[key]["edited_rows"]))

    rows = {
        column: [_shown(None if point is None else point[axis]) for point in getattr(pairs, side)]
        for column, (side, axis) in _COLUMNS.items()
    }
    table = pd.DataFrame(rows, dtype="str", index=[marker_name(index) for index in range(len(pairs))])
    looks = {
        column: st.column_config.TextColumn(_(column), alignment="right", validate=_NUMBER)
        for column in _COLUMNS
    }
    looks["_index"] = st.column_config.Column(_("Point"))
    errors = [error_in_words(fit, point) for point in pairs.dst]
    if any(errors):
        table[ERROR] = errors
        looks[ERROR] = st.column_config.TextColumn(
            _("Expected error"),
            alignment="right",
            help=_("In map pixels, at the point on the map, as comparing the pictures has told."),
        )
    st.data_editor(
        table, key=key, on_change=edited, column_config=looks, disabled=["_index", ERROR],
        width=640 if any(errors) else 520,
    )  # fmt: skip


def read_edits(rows: Mapping[int, Mapping[str, str | None]]) -> dict[tuple[Side, int, int], float | None]:
    """Return the numbers that were typed or pasted into the table, as `PointPairs.edit` takes them.

    Parameters
    ----------
    rows : mapping
        By row and column, as Streamlit's table reports changes; an empty text clears a number.

    Examples
    --------
    >>> read_edits({0: {"Map x": "6,1", "Map y": ""}})
    {('dst', 0, 0): 6.1, ('dst', 0, 1): None}
    """
    numbers: dict[tuple[Side, int, int], float | None] = {}
    for row, changes in rows.items():
        for column, value in changes.items():
            side, axis = _COLUMNS[column]
            written = (value or "").strip()
            numbers[side, int(row), axis] = read_number(written) if written else None
    return numbers


def _shown(number: float | None) -> str:
    return "" if number is None or math.isnan(number) else f"{number:.2f}"
