"""Marks of rows and columns without counts, as a conversion stores them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core.conversion.dead_lines import DeadLines, find_dead_lines
from maxrf_core.conversion.scan_part import known_missing, mark_missing
from maxrf_core.language import Note, marked
from maxrf_core.names import MISSING
from maxrf_core.readers import Scan
from maxrf_core.transform.coordinates import View

_MARKED = marked("{found} (numbered as in the raw scan). Marked as missing.")
_KEPT = marked("{found} (numbered as in the raw scan). Kept.")


@dataclass(frozen=True, eq=False)
class Marked:
    """Maps and attributes of a scan that a conversion stores beside its counts.

    Attributes
    ----------
    maps : dict of str to ndarray, shape (height, width)
        In the orientation of the scan.
    attributes : dict
        Of the cube.
    """

    maps: dict[str, np.ndarray]
    attributes: dict[str, Any]

    def missing(self, view: View) -> np.ndarray | None:
        """Return the pixels that were never measured in another orientation; None if all were."""
        stored = self.maps.get(MISSING)
        return None if stored is None else view.turn(stored) != 0


def mark_dead_lines(scan: Scan, view: View, totals: np.ndarray, keep_empty: bool) -> Marked:
    """Find the dead lines of a scan, and return its maps with them as missing.

    Parameters
    ----------
    scan : Scan
    view : View
        How it is mirrored and turned.
    totals : ndarray, shape (height, width)
        Counts of each pixel of the new cube; NaN where all values are missing.
    keep_empty : bool
        Mark nothing.
    """
    known = known_missing(scan)
    found = find_dead_lines(view.turn_back(totals), known)
    x0, y0 = (int(number) for number in scan.cube_attributes.get("crop", (0, 0))[:2])
    named = found.shifted(x0, y0)
    notes = [Note(_KEPT if keep_empty else _MARKED, found=each) for each in named.empty]
    notes += [Note(_KEPT, found=each) for each in named.doubtful]
    new = found.mask(known.shape) & (not keep_empty)
    if not new.any():
        return Marked(dict(scan.maps), _attributes(scan.notes, notes))
    maps, attributes, told = mark_missing(scan, new)
    return Marked(maps, attributes | _lines(scan, named) | _attributes(told, notes))


def _attributes(notes: "list[str] | tuple[str, ...]", more: list[Note]) -> dict[str, Any]:
    told = [str(note) for note in (*notes, *more)]  # h5py takes no subclasses
    return {"notes": told} if told else {}


def _lines(scan: Scan, named: DeadLines) -> dict[str, np.ndarray]:
    """Return the attributes that name rows and columns that are missing, by their numbers in the raw scan."""
    lines = {"missing_rows": named.rows.empty, "missing_columns": named.columns.empty}
    told = {name: {*found, *map(int, scan.cube_attributes.get(name, ()))} for name, found in lines.items()}
    return {name: np.array(sorted(found)) for name, found in told.items() if found}
