"""Element maps that other programs made: named arrays of a datastack, with spectra beside them or without.

Maps that were converted are the array `MAPS`; maxrf4u's notebooks store theirs as `NMF_MAPS`.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from maxrf_core.datastack.map_array import MapArray
from maxrf_core.errors import ArrayNotFoundError
from maxrf_core.imaging.straight_rows import straighten
from maxrf_core.language import _, marked
from maxrf_core.names import CUBE, Entry

if TYPE_CHECKING:
    from maxrf_core.datastack.datastack import DataStack

MAPS, MAPS_SIGMA = "maps", "maps_sigma"
NMF_MAPS, NMF_NAMES = "nmf_elementmaps", "nmf_elements"
UNITS = marked("units of the file")
MAX_UNITS_LENGTH = 40


def map_shape(entries: Sequence[Entry]) -> tuple[int, int] | None:
    """Return height and width of the maps of a file without a cube; None if it holds none.

    Parameters
    ----------
    entries : sequence of Entry
        All arrays of the file.
    """
    newest = _newest(entries, MAPS) or _newest(entries, NMF_MAPS)
    return None if newest is None else (newest.shape[1], newest.shape[2])


def stored_map_names(ds: "DataStack") -> list[str]:
    """Return the names of the element maps that other programs made, in the order in which they are stored.

    The names of maps by maxrf4u's factorisation (NMF) begin with "NMF".
    """
    return list(map_places(ds))


def first_map(names: Sequence[str]) -> str | None:
    """Return the map that is shown first: that of iron, which most artworks show, else the first of all.

    Examples
    --------
    >>> first_map(["Ba", "Ca-K", "Fe_Ka"]), first_map(["Feather"]), first_map([])
    ('Fe_Ka', 'Feather', None)
    """
    iron = [name for name in names if re.match(r"(NMF )?Fe(?![a-z])", name)]
    return next(iter([*iron, *names]), None)


def stored_map(ds: "DataStack", name: str) -> MapArray:
    """Read one of `stored_map_names`: (height, width), in the view of `DataStack.row_displacement`.

    Raises
    ------
    ArrayNotFoundError
        If there is no such map.
    """
    place = map_places(ds).get(name)
    if place is None:
        raise ArrayNotFoundError(
            _("{file} holds no map {name!r:.80}; those it holds: {listed}.").format(
                file=ds.path.name, name=name, listed=", ".join(map_places(ds)) or _("none")
            )
        )
    array, number, is_last = place
    lazy = ds.read(array, latest=False, compute=False)  # only the map's own chunks are read
    values = np.asarray(lazy[:, :, number] if is_last else lazy[number])
    title = f"{ds.path.stem}, {name}"
    return MapArray.of(straighten(values, ds.row_displacement), title, units_of_map(ds, name))


def units_of_map(ds: "DataStack", name: str) -> str:
    """Return what the values of a stored map are, as its file tells; `UNITS` if it does not.

    Parameters
    ----------
    ds : DataStack
    name : str
        One of `stored_map_names`.
    """
    place = map_places(ds).get(name)
    told = ds.attributes(place[0], latest=False).get("units") if place is not None else None
    return told if isinstance(told, str) and 0 < len(told) <= MAX_UNITS_LENGTH else UNITS


def has_errors(ds: "DataStack", name: str) -> bool:
    """Return True if the file holds the standard deviations of one of `stored_map_names`."""
    return errors_of_maps(ds, map_places(ds)[name][0]) is not None


def stored_map_sigma(ds: "DataStack", name: str) -> np.ndarray | None:
    """Read the standard deviations of one of `stored_map_names`, in the same view; None without them."""
    array, number, is_last = map_places(ds)[name]
    beside = errors_of_maps(ds, array)
    if beside is None:
        return None
    lazy = ds.read(beside, latest=False, compute=False)
    return straighten(np.asarray(lazy[:, :, number] if is_last else lazy[number]), ds.row_displacement)


def stored_pair(ds: "DataStack", name: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Read one of `stored_map_names`, and its standard deviations if the file holds them."""
    return np.asarray(stored_map(ds, name)), stored_map_sigma(ds, name)


def map_places(ds: "DataStack") -> dict[str, tuple[str, int, bool]]:
    """Return of each stored map its array, its number, and whether the maps lie along the last axis."""
    entries, shape = ds.entries(), ds.shape[:2]
    found: dict[str, tuple[str, int, bool]] = {}
    for array, before in ((MAPS, ""), (NMF_MAPS, "NMF ")):
        entry = _newest(entries, array)
        if entry is None:
            continue
        is_last = entry.shape[1:] != shape and entry.shape[:2] == shape
        if entry.shape[1:] != shape and not is_last:
            continue  # maps of something else
        count = entry.shape[2] if is_last else entry.shape[0]
        for number, name in enumerate(_names(ds, entry, array, count)):
            found.setdefault(before + name, (entry.name, number, is_last))
    return found


def errors_of_maps(ds: "DataStack", array: str) -> str | None:
    """Return the array with the standard deviations of an array of maps; None without one.

    Parameters
    ----------
    ds : DataStack
    array : str
        Exact name of an array of `map_places`.
    """
    entries = ds.entries()
    beside = _newest(entries, MAPS_SIGMA)
    entry = next(each for each in entries if each.name == array)
    if beside is None or array.rstrip("_") != MAPS or beside.shape != entry.shape:
        return None
    names = [ds.attributes(each, latest=False).get("names") for each in (array, beside.name)]
    return beside.name if names[0] is not None and names[0] == names[1] else None


def _names(ds: "DataStack", entry: Entry, array: str, count: int) -> list[str]:
    told: Any = ds.attributes(entry.name, latest=False).get("names")
    if array == NMF_MAPS and told is None and _newest(ds.entries(), NMF_NAMES, 1) is not None:
        told = np.asarray(ds.read(NMF_NAMES)).tolist()
    names = [str(each) for each in told] if isinstance(told, list) else []
    return names if len(names) == count else [str(number + 1) for number in range(count)]


def _newest(entries: Sequence[Entry], array: str, axes: int = 3) -> Entry | None:
    found = [each for each in entries if each.name.rstrip("_") == array and len(each.shape) == axes]
    return max(found, key=lambda each: len(each.name), default=None)


def holds_cube(entries: Sequence[Entry]) -> bool:
    """Return True if one of a file's arrays is a cube of spectra."""
    return any(each.name.rstrip("_") == CUBE for each in entries)
