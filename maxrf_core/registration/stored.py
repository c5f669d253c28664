"""Registered photographs in a datastack: which arrays belong to one registration.

Registrations are distinguished by the attribute ``registration`` of their arrays. Older files have
``created`` and ``photo`` instead, equal in all arrays of a registration. maxrf4u stores no attributes and
numbers the versions of each array separately: there the n-th newest versions belong together. Points, which
maxrf4u does not store, must then have the same version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.datastack.straight_view import ROW_DISPLACEMENT, told_displacement
from maxrf_core.names import REGISTERED, Attributes, Entry, newest_first

REGISTRATION = "registration"  # the attribute
SMALL, LARGE, EXTENT, POINTS = REGISTERED, "_reg_highres", "_extent", "_points"

_Kinds = Mapping[str, Sequence[str]]  # suffix of a kind → its arrays
_Marks = Mapping[str, tuple[str, ...] | None]
_OLDER = ("created", "photo", "photo_sha256", "photo_shape")


@dataclass(frozen=True)
class RegisteredPhoto:
    """The arrays of one registration.

    Attributes
    ----------
    name : str
        Name of the picture at its finest scale; all names are exact.
    small : str or None
        Name of the picture at map scale.
    extent, points : str or None
        None if there is no such array.
    """

    name: str
    small: str | None = None
    extent: str | None = None
    points: str | None = None


def with_view(attributes: Mapping[str, Attributes], row_displacement: float) -> dict[str, Attributes]:
    """Return the attributes of a registration, with the view of the maps that it was made on.

    If odd rows are shown shifted back, ``row_displacement_px`` says by how much.
    """
    view = {ROW_DISPLACEMENT: row_displacement} if row_displacement else {}
    return {name: {**each, **view} for name, each in attributes.items()}


def view_of(ds: DataStack, name: str) -> float:
    """Return the `row_displacement` of the maps on which an array's photograph was registered."""
    return told_displacement(ds.attributes(name, latest=False))


def registered_photos(ds: DataStack) -> list[RegisteredPhoto]:
    """List the registered photographs of a datastack, each at its finest scale.

    Parameters
    ----------
    ds : DataStack

    Returns
    -------
    list of RegisteredPhoto
        Sorted by the first part of their names, then the newest version first.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from maxrf_core import convert
    >>> from maxrf_core.readers import ArrayScan
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "scan.datastack"
    >>> ds = DataStack(convert(ArrayScan(np.ones((20, 30, 100), np.uint16)), path))
    >>> ds.append({"imvis_reg": np.ones((20, 30)), "imvis_extent": np.array([-0.5, 29.5, 19.5, -0.5])})
    {'imvis_reg': 'imvis_reg', 'imvis_extent': 'imvis_extent'}
    >>> registered_photos(ds)
    [RegisteredPhoto(name='imvis_reg', small='imvis_reg', extent='imvis_extent', points=None)]
    """
    kinds = {ending: _of_kind(ds.entries(), ending) for ending in (SMALL, LARGE, EXTENT, POINTS)}
    beside = ds.all_attributes(name for names in kinds.values() for name in names)
    marks = {name: _mark(attributes) for name, attributes in beside.items()}
    large = [_with_partners(name, LARGE, kinds, marks) for name in kinds[LARGE]]
    taken = {photo.small for photo in large}
    small = [
        _with_partners(name, SMALL, kinds, marks)
        for name in kinds[SMALL]
        if name not in taken and (marks[name] is None or _partner(name, SMALL, LARGE, kinds, marks) is None)
    ]
    return sorted([*large, *small], key=_order)


def registrations_of(ds: DataStack, photo_sha256: str) -> list[RegisteredPhoto]:
    """List the registrations of one photograph whose points are stored.

    Parameters
    ----------
    ds : DataStack
    photo_sha256 : str
        Of the photograph's file, see `maxrf_core.registration.register.checksum`.

    Returns
    -------
    list of RegisteredPhoto
        The newest first.
    """
    found = [photo for photo in registered_photos(ds) if photo.points is not None]
    notes = ds.all_attributes(photo.points for photo in found if photo.points is not None)
    same = [photo for photo in found if notes[str(photo.points)].get("photo_sha256") == photo_sha256]
    return sorted(same, key=lambda photo: str(notes[str(photo.points)].get("created")), reverse=True)


def _order(photo: RegisteredPhoto) -> tuple[str, int, bool]:
    base = photo.name.rstrip("_")
    first = base.removesuffix(LARGE).removesuffix(SMALL)
    return first, len(base) - len(photo.name), base.endswith(SMALL)


def _with_partners(name: str, own: str, kinds: _Kinds, marks: _Marks) -> RegisteredPhoto:
    small = name if own == SMALL else _partner(name, own, SMALL, kinds, marks)
    extent, points = (_partner(name, own, ending, kinds, marks) for ending in (EXTENT, POINTS))
    return RegisteredPhoto(name, small, extent, points)


def _partner(name: str, own: str, ending: str, kinds: _Kinds, marks: _Marks) -> str | None:
    """Return the array of another kind that belongs to `name`."""
    first, version = name.rstrip("_").removesuffix(own), name[len(name.rstrip("_")) :]

    def versions(kind: str) -> list[str]:
        of_this_name = (other for other in kinds[kind] if other.rstrip("_") == first + kind)
        return newest_first(other for other in of_this_name if marks[other] == marks[name])

    found = versions(ending)
    if marks[name] is None and ending != POINTS:
        return dict(zip(versions(own), found, strict=False)).get(name)
    if first + ending + version in found:
        return first + ending + version
    return found[0] if found and marks[name] is not None else None


def is_picture(entry: Entry) -> bool:
    """Return True if an array can be a photograph: grey, RGB or RGBA, of more than one row and column."""
    return (
        entry.dtype != "text"
        and (len(entry.shape) == 2 or (len(entry.shape) == 3 and entry.shape[2] in (3, 4)))
        and min(entry.shape[:2]) > 1
    )


def _of_kind(entries: Sequence[Entry], ending: str) -> list[str]:
    return [
        entry.name
        for entry in entries
        if entry.name.rstrip("_").endswith(ending) and (ending in (EXTENT, POINTS) or is_picture(entry))
    ]


def _mark(attributes: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the mark that all arrays of a registration share; None if they have no attributes."""
    if REGISTRATION in attributes:
        return (str(attributes[REGISTRATION]),)
    if "created" in attributes:
        return tuple(str(attributes.get(key)) for key in _OLDER)
    return None
