"""HTML tables of what a datastack holds, for notebooks."""

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.datastack.contents import describe, size_text
from maxrf_core.names import Entry

ABOUT = {
    "title": "Title",
    "instrument": "Instrument",
    "pixel_size_mm": "Pixel size (mm)",
    "live_time_s": "Live time (s)",
    "tube_anode": "Anode",
    "tube_kV": "Tube voltage (kV)",
    "row_displacement_px": "Odd rows lie to the right by (pixels)",
}


class ContentsTable:
    """The contents of a datastack: a table in a notebook, lines of text elsewhere.

    Parameters
    ----------
    path : Path
    entries : sequence of Entry
    about : mapping, optional
        Root attributes; those that `ABOUT` names are shown.
    """

    def __init__(self, path: Path, entries: Sequence[Entry], about: Mapping[str, Any] | None = None) -> None:
        self._path, self._entries, self._about = path, entries, about or {}

    def __repr__(self) -> str:
        return describe(self._path, self._entries)

    def _repr_html_(self) -> str:
        """Return the table in HTML; names and texts come from the file and are escaped."""
        size = size_text(self._path.stat().st_size)
        head = f"<p><strong>{html.escape(self._path.name)}</strong> ({size})</p>"
        told = "".join(
            f"<li>{label}: {html.escape(str(self._about[key]))}</li>"
            for key, label in ABOUT.items()
            if key in self._about
        )
        rows = "".join(_row(entry) for entry in self._entries)
        return (
            f"{head}{f'<ul>{told}</ul>' if told else ''}<table><thead><tr><th>Array</th><th>Shape</th>"
            f"<th>Type</th><th>In memory</th><th>On disk</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def _row(entry: Entry) -> str:
    shape = " × ".join(map(str, entry.shape)) or "one value"
    in_memory = (
        "" if entry.dtype == "text" else size_text(math.prod(entry.shape) * np.dtype(entry.dtype).itemsize)
    )
    cells = (entry.name, shape, entry.dtype, in_memory, size_text(entry.stored_bytes))
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
