"""Pictures of the instrument that a conversion keeps beside the cube, in arrays ``picture_1`` and so on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from maxrf_core.datastack.hdf5_store import create_array
from maxrf_core.errors import ArrayNotFoundError
from maxrf_core.language import _
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.scan_picture import ScanPicture

if TYPE_CHECKING:
    from maxrf_core.datastack.datastack import DataStack

NAME = "picture_{}"
CORNERS = "scan_corners_px"  # attribute (4, 2): corner pixels of the scan, clockwise from the top left
MAX_PICTURES = 50


@dataclass(frozen=True, eq=False)
class StoredPicture:
    """A picture of the instrument in a datastack.

    Attributes
    ----------
    name : str
        Of its array.
    title : str
    shape : tuple of int
    corners : ndarray, shape (4, 2), or None
        As of a `ScanPicture`.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    corners: np.ndarray | None


def write_pictures(file: h5py.File, pictures: Iterable[ScanPicture], view: View) -> None:
    """Store a scan's pictures in a new datastack, turned as its cube is."""
    for number, picture in enumerate(pictures, 1):
        if number > MAX_PICTURES:
            break
        shown = picture.shown(view)
        known = {} if shown.corners is None else {CORNERS: shown.corners}
        create_array(file, NAME.format(number), shown.pixels, {"title": shown.title, **known})


def picture_names(count: int) -> set[str]:
    """Return the names of the arrays of so many pictures."""
    return {NAME.format(number) for number in range(1, min(count, MAX_PICTURES) + 1)}


def stored_pictures(ds: "DataStack") -> list[StoredPicture]:
    """Return the pictures of the instrument in a datastack, in the order of its file."""
    shapes = {
        entry.name: entry.shape
        for entry in ds.entries()
        if re.fullmatch(NAME.format(r"\d+"), entry.name) and len(entry.shape) in (2, 3)
    }
    ordered = sorted(shapes, key=lambda name: int(name.rpartition("_")[2]))[:MAX_PICTURES]
    notes = ds.all_attributes(ordered)
    found = []
    for name in ordered:
        corners = notes[name].get(CORNERS)
        title = str(notes[name].get("title") or name)
        found.append(StoredPicture(name, title, shapes[name], _checked(corners)))
    return found


def _checked(corners: Any) -> np.ndarray | None:
    """Return corners as they are used; None if they make no sense, as in a file that somebody else wrote."""
    places = np.asarray([] if corners is None else corners)
    if places.shape != (4, 2) or places.dtype.kind not in "iuf" or not np.isfinite(places).all():
        return None
    return places.astype(np.float64)


def find_picture(ds: "DataStack", wanted: str) -> StoredPicture:
    """Return the picture with this name or title.

    Raises
    ------
    ArrayNotFoundError
        If there is none; the sentence names those that there are.
    """
    known = stored_pictures(ds)
    for picture in known:
        if wanted in (picture.name, picture.title):
            return picture
    raise ArrayNotFoundError(
        _("{file} holds no picture {wanted!r:.80}; it holds {known}.").format(
            file=ds.path.name,
            wanted=wanted,
            known="; ".join(f"{each.name} ({each.title})" for each in known) or _("none"),
        )
    )


def map_corners(shape: tuple[int, ...]) -> list[tuple[float, float]]:
    """Return the corner pixels of a map, clockwise from the top left: the points that `CORNERS` belong to.

    Examples
    --------
    >>> map_corners((20, 30))
    [(0.0, 0.0), (29.0, 0.0), (29.0, 19.0), (0.0, 19.0)]
    """
    right, bottom = float(shape[1] - 1), float(shape[0] - 1)
    return [(0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)]
