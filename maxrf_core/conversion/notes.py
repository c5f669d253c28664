"""Notes of a conversion: what its datastack tells of the raw scan."""

import os

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.stored_maps import MAPS
from maxrf_core.names import CUBE


def conversion_notes(path: str | os.PathLike[str]) -> list[str]:
    """Return what a conversion has found in a scan, in sentences as they are stored in the datastack.

    Parameters
    ----------
    path : path_like
        The datastack.
    """
    ds = DataStack(path)
    told = ds.attributes(CUBE if ds.has_spectra else MAPS)
    notes = [str(note) for note in told.get("notes", [])]
    if missing := told.get("missing_values", 0):
        values = "1 value is" if missing == 1 else f"{missing:,} values are"
        notes.append(f"{values} missing, and left out of all sums and maps.")
    return notes
