"""How are the points shown as numbers, typed, and pasted?"""

import pandas as pd
import streamlit as st

from widgets.markers import marker_name
from widgets.points import PointPairs, Side

_COLUMNS: dict[str, tuple[Side, int]] = {
    "Photograph x": ("src", 0),
    "Photograph y": ("src", 1),
    "Map x": ("dst", 0),
    "Map y": ("dst", 1),
}


def points_table(pairs: PointPairs) -> None:
    """Show the points as a table that can be edited; numbers may be pasted from a spreadsheet.

    Parameters
    ----------
    pairs : PointPairs
        Changed in place when a number is.
    """
    key = f"points-{pairs.revision}"  # a new table after each change, so that no old edit is applied again

    def edited() -> None:
        numbers: dict[tuple[Side, int, int], float | None] = {}
        for row, changes in st.session_state[key]["edited_rows"].items():
            for column, value in changes.items():
                side, axis = _COLUMNS[column]
                numbers[side, int(row), axis] = value
        pairs.edit(numbers)

    rows = {
        column: [None if point is None else point[axis] for point in getattr(pairs, side)]
        for column, (side, axis) in _COLUMNS.items()
    }
    table = pd.DataFrame(rows, dtype="float64", index=[marker_name(index) for index in range(len(pairs))])
    table.index.name = "Point"
    looks = {column: st.column_config.NumberColumn(format="%.2f", step=0.01) for column in _COLUMNS}
    st.data_editor(table, key=key, on_change=edited, column_config=looks, disabled=["_index"])
