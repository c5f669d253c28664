"""Patches of a datastack: kept in the file as masks with names, colours and drawn outlines."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.straight_view import masks_in_scan, masks_in_view
from maxrf_core.errors import ArrayNotFoundError, DatastackError, MaxrfError, PatchError
from maxrf_core.language import _
from maxrf_core.patches.patch import MAX_PATCHES, Patch, as_rings, next_name_and_colour

REGIONS, OUTLINES = "regions", "regions_outlines"


def stored_patches(ds: DataStack) -> list[Patch]:
    """Return the patches of a scan as they were kept last; an empty list if there are none.

    Raises
    ------
    DatastackError
        If what the file holds does not fit the scan.
    """
    try:
        name = ds.latest(REGIONS)
    except ArrayNotFoundError:
        return []
    [entry] = [each for each in ds.entries() if each.name == name]
    if len(entry.shape) != 3 or entry.shape[1:] != ds.shape[:2] or entry.shape[0] > MAX_PATCHES:
        words = _("{file}: {array} holds no patches of this scan: its shape is {shape}.")
        raise DatastackError(words.format(file=ds.path.name, array=name, shape=entry.shape))
    masks, about = np.asarray(ds.read(name, latest=False)), ds.attributes(name, latest=False)
    masks = masks_in_view(masks, ds.row_displacement)
    names, colours = (_texts(about.get(key), len(masks)) for key in ("names", "colours"))
    found: list[Patch] = []
    for number, drawn in enumerate(_drawn(ds, name, len(masks))):
        mask = masks[number] != 0
        if mask.any():
            found.append(_patch(names[number], colours[number], mask, drawn, found))
    return found


def keep_patches(ds: DataStack, patches: Sequence[Patch]) -> str:
    """Store the patches of a scan, as a new version if there are some; returns the name of the array.

    Parameters
    ----------
    ds : DataStack
    patches : sequence of Patch
        All patches, at most 100: those that are not among them are in the older version only.

    Raises
    ------
    PatchError
        If they are too many, two have one name, or one is of another scan.
    DatastackError
        If they cannot be stored.
    """
    shape = ds.shape[:2]
    names = [patch.name for patch in patches]
    if len(names) > MAX_PATCHES:
        words = _("A scan keeps at most {limit} patches, not {count}: delete some.")
        raise PatchError(words.format(limit=MAX_PATCHES, count=len(names)))
    for patch in patches:
        if patch.mask.shape != shape:
            raise PatchError(_("{name} is a patch of another scan.").format(name=patch.name))
        if names.count(patch.name) > 1:
            raise PatchError(_("Two patches are called {name}: rename one.").format(name=patch.name))
    masks: np.ndarray = np.zeros((len(names), *shape), np.uint8)
    for number, patch in enumerate(patches):
        masks[number] = patch.mask
    outlines = [json.dumps([ring.tolist() for ring in patch.drawn]) for patch in patches]
    about = {"names": names, "colours": [patch.colour for patch in patches]}
    masks = masks_in_scan(masks, ds.row_displacement)
    stored = ds.append({REGIONS: masks, OUTLINES: np.array(outlines, dtype=np.str_)}, {REGIONS: about})
    return stored[REGIONS]


def _patch(
    name: str, colour: str, mask: np.ndarray, drawn: tuple[np.ndarray, ...], others: list[Patch]
) -> Patch:
    """Return a patch; with a new name or colour if those that another program wrote are none."""
    new_name, new_colour = next_name_and_colour(others)
    if any(other.name == name for other in others):
        name = new_name
    for known in ((name, colour), (name, new_colour), (new_name, colour)):
        try:
            return Patch(*known, mask, drawn if _fits(drawn, mask) else ())
        except PatchError:
            continue
    return Patch(new_name, new_colour, mask)


def _fits(drawn: tuple[np.ndarray, ...], mask: np.ndarray) -> bool:
    """Return True if exactly the pixels of a mask lie inside an outline."""
    try:
        return bool(drawn) and bool(np.array_equal(pixels_inside(drawn, mask.shape), mask))
    except MaxrfError:
        return False


def _texts(values: Any, count: int) -> list[str]:
    """Return `count` texts, empty ones where there are none."""
    listed = values if isinstance(values, list) else []
    return [*(value if isinstance(value, str) else "" for value in listed[:count]), *[""] * count][:count]


def _drawn(ds: DataStack, name: str, count: int) -> list[tuple[np.ndarray, ...]]:
    """Return the outlines as drawn that were stored together with an array of masks."""
    array = OUTLINES + name.removeprefix(REGIONS)
    stored = np.asarray(ds.read(array, latest=False)) if array in ds.names else np.empty(0, np.str_)
    texts = _texts(stored.tolist() if stored.ndim == 1 else [], count)
    found = []
    for text in texts:
        try:
            rings = json.loads(text)
            found.append(as_rings(rings) if rings else ())
        except (ValueError, RecursionError):  # a PatchError, too
            found.append(())
    return found
