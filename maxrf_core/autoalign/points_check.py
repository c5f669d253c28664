"""Checks of points against the pictures they are used with: size, file, orientation, inside or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core.autoalign.pyramid import stack_maps
from maxrf_core.autoalign.verdict import judge_agreement, smaller_maps
from maxrf_core.errors import RegistrationError
from maxrf_core.language import _, marked
from maxrf_core.registration.orientation import stored_shape, upright_points
from maxrf_core.registration.point_order import same_order
from maxrf_core.registration.points_io import PointsFile
from maxrf_core.transform.coordinates import rescale_points
from maxrf_core.transform.homography import homography
from maxrf_core.transform.point_pairs import matching, mirrored_points

MAX_SIZE_ROUNDING = 0.02  # relative change of a copy's proportions by rounding
EDGE_TOLERANCE = 1e-6  # pixels beyond a picture's outer edge

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Pictures:
    """The photograph and the map that points are used with.

    Attributes
    ----------
    photo_shape, map_shape : (height, width) or more
        In pixels; of the upright photograph.
    photo_sha256 : str, optional
        Of the photograph's file.
    orientation : int
        EXIF orientation of the photograph, from 1 to 8, see `maxrf_core.registration.orientation`.
    """

    photo_shape: Shape
    map_shape: Shape
    photo_sha256: str | None = None
    orientation: int = 1


@dataclass(frozen=True, eq=False)
class CheckedPoints:
    """Points in the pixels of the pictures they are used with.

    Attributes
    ----------
    src, dst : ndarray, (n, 2), float64
        In the photograph and on the map.
    notes : list of str
        Changes and mismatches; sentences for users.
    is_upright : bool
        Whether it is known that the points count from the corner of the upright photograph.
    """

    src: np.ndarray
    dst: np.ndarray
    notes: list[str]
    is_upright: bool


def check_pictures(points: PointsFile, pictures: Pictures) -> CheckedPoints:
    """Convert points to the pixels of other pictures, if their file states the sizes it was made with.

    Points of a copy in another size are rescaled. Points set on the stored pixels of the photograph, without
    its EXIF orientation, are turned with it.

    Parameters
    ----------
    points : PointsFile
    pictures : Pictures

    Returns
    -------
    CheckedPoints

    Examples
    --------
    >>> points = PointsFile(np.array([[0.0, 0]]), np.zeros((1, 2)), "json", about={"photo_shape": [10, 20]})
    >>> checked = check_pictures(points, Pictures((20, 40), (5, 5)))
    >>> checked.src
    array([[0.5, 0.5]])
    >>> print(checked.notes[0])
    The points were set on a photograph of 20×10 pixels; they were rescaled to this one of 40×20 pixels.
    """
    src, notes, is_upright = _in_photo(points, pictures)
    dst, was = points.dst, _shape(points.about.get("map_shape"))
    if was is not None and was != tuple(pictures.map_shape[:2]):
        dst, note = _resized(dst, was, pictures.map_shape, marked("map"))
        notes.append(note)
    sha256 = points.about.get("photo_sha256")
    if isinstance(sha256, str) and pictures.photo_sha256 is not None and sha256 != pictures.photo_sha256:
        name = points.about.get("photo")
        called = f", {name:.80}," if isinstance(name, str) else ""
        notes.append(
            _(
                "The points were set on another file{called} than this photograph (its SHA-256 "
                "differs); check that both show the same."
            ).format(called=called)
        )
    return CheckedPoints(src, dst, notes, is_upright)


_OUTSIDE = {  # by whether it is more than one point, and whether another clause stands before
    (False, False): marked("point {points} lies outside {where} ({width}×{height} pixels)"),
    (True, False): marked("points {points} lie outside {where} ({width}×{height} pixels)"),
    (False, True): marked("point {points} outside {where} ({width}×{height} pixels)"),
    (True, True): marked("points {points} outside {where} ({width}×{height} pixels)"),
}


def describe_outside(
    src: Any | None,
    dst: Any | None,
    pictures: Pictures,
    numbers: Sequence[int] | None = None,
) -> str | None:
    """Return a sentence that names the points outside their picture.

    Parameters
    ----------
    src, dst : array_like, (n, 2), optional
        In the photograph and on the map; None for those that are not checked.
    pictures : Pictures
    numbers : sequence of int, optional
        Numbers of the points; 1, 2, … by default.

    Returns
    -------
    str or None
        None if all lie inside.

    Examples
    --------
    >>> describe_outside([[3, 4], [40, 2]], [[0, -2], [7, 9]], Pictures((30, 40), (10, 10)))
    'Point 2 lies outside the photograph (40×30 pixels), and point 1 outside the map (10×10 pixels).'
    """
    told: list[str] = []
    for points, shape, where in (
        (src, pictures.photo_shape, _("the photograph")),
        (dst, pictures.map_shape, _("the map")),
    ):
        outside = [] if points is None else np.flatnonzero(_outside(points, shape)).tolist()
        if outside:
            named = [str(numbers[index] if numbers is not None else index + 1) for index in outside]
            listed = _(" and ").join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
            text = _OUTSIDE[len(named) > 1, bool(told)]
            told.append(_(text).format(points=listed, where=where, width=shape[1], height=shape[0]))
    if not told:
        return None
    sentence = _(", and ").join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def fits_only_as_stored(src: Any, dst: Any, pictures: Pictures, mirrored: bool = False) -> bool:
    """Return True if the points are plausible only when set on the stored pixels and turned with them.

    Points are plausible if all lie inside the photograph and in the same order around as on the map.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        In the photograph, as if upright, and on the map.
    pictures : Pictures
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    bool
    """
    if pictures.orientation == 1:
        return False
    source, destination = matching(src, dst)

    def plausible(points: np.ndarray) -> bool:
        seen = mirrored_points(points) if mirrored else points
        return not _outside(points, pictures.photo_shape).any() and same_order(seen, destination)

    turned = upright_points(source, pictures.orientation, pictures.photo_shape)
    return plausible(turned) and not plausible(source)


def agrees_only_as_stored(
    photo: Any, maps: Any, src: Any, dst: Any, orientation: int, mirrored: bool = False
) -> bool:
    """Return True if photograph and maps show the same only if the points were set on the stored pixels.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Upright.
    maps : array_like (height, width), or sequence of such
    src, dst : array_like, (n, 2)
        In the photograph, as if upright, and on the map.
    orientation : int
        EXIF orientation of the photograph, from 1 to 8.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    bool
        False also if they agree under neither assumption.
    """
    smaller, map_shape = smaller_maps(maps), stack_maps(maps).shape

    def agree(points: Any) -> bool:
        try:
            verdict = judge_agreement(photo, smaller, homography(points, dst, mirrored), map_shape)
        except RegistrationError:  # the points determine no valid transform
            return False
        return verdict is not None and verdict.kind == "same"

    return not agree(src) and agree(upright_points(src, orientation, np.shape(photo)))


def _in_photo(points: PointsFile, pictures: Pictures) -> tuple[np.ndarray, list[str], bool]:
    """Return the points in the photograph, notes on what was changed, and whether they are surely upright."""
    was, now = _shape(points.about.get("photo_shape")), pictures.photo_shape
    stored = stored_shape(now, pictures.orientation)
    is_upright = pictures.orientation == 1
    if was is None:
        return points.src, [], is_upright
    if was == tuple(now[:2]):
        same_file = points.about.get("photo_sha256", "") == pictures.photo_sha256
        return points.src, [], is_upright or was != stored or same_file
    if _proportional(was, stored) and not _proportional(was, now):
        note = _(
            "The points were set on the photograph's pixels as they are stored, without the turn "
            "that its file notes (EXIF orientation); they were turned with it."
        )
        return upright_points(_rescaled(points.src, was, stored), pictures.orientation, now), [note], True
    src, note = _resized(points.src, was, now, marked("photograph"))
    return src, [note], is_upright or (_proportional(was, now) and not _proportional(was, stored))


def _resized(points: np.ndarray, was: tuple[int, int], now: Shape, what: str) -> tuple[np.ndarray, str]:
    sizes = (
        _("a {what} of {width}×{height} pixels").format(what=_(what), width=was[1], height=was[0]),
        _("this one of {width}×{height} pixels").format(width=now[1], height=now[0]),
    )
    if _proportional(was, now):
        return (
            _rescaled(points, was, now),
            _("The points were set on {old}; they were rescaled to {new}.").format(
                old=sizes[0], new=sizes[1]
            ),
        )
    return (
        points,
        _(
            "The points were set on {old}, of which {new} is no copy; they were left as they "
            "are, check that they belong to it."
        ).format(old=sizes[0], new=sizes[1]),
    )


def _rescaled(points: np.ndarray, was: Shape, now: Shape) -> np.ndarray:
    return rescale_points(points, (now[1] / was[1], now[0] / was[0]))


def _proportional(was: Shape, now: Shape) -> bool:
    """Return True if one size is the other in another scale, each side rounded to whole pixels."""
    difference = abs(was[1] * now[0] - was[0] * now[1])
    return difference <= min(max(sum(was[:2]), sum(now[:2])), MAX_SIZE_ROUNDING * was[1] * now[0])


def _outside(points: Any, shape: Shape) -> np.ndarray:
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    beyond = 0.5 + EDGE_TOLERANCE
    return ((points < -beyond) | (points > np.array([shape[1], shape[0]]) - 1 + beyond)).any(axis=1)


def _shape(stated: Any) -> tuple[int, int] | None:
    """Return a height and a width that a file states; None if they are not valid."""
    if isinstance(stated, np.ndarray):
        stated = stated.tolist()
    if not isinstance(stated, list | tuple) or len(stated) < 2:
        return None
    height, width = stated[:2]
    if not all(
        isinstance(n, int | np.integer) and not isinstance(n, bool) and 0 < n < 1e9 for n in stated[:2]
    ):
        return None
    return int(height), int(width)
