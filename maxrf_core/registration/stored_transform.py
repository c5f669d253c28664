"""The transform of a stored registration, from its points and attributes, and whether it can be relied on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import Note, marked
from maxrf_core.transform.extents import image_extent
from maxrf_core.transform.models import Transform, find_model
from maxrf_core.transform.warp import check_map

GRID = 9  # places along each side of the map, from which one must come back
MAX_DRIFT = 0.01  # map pixels, there and back

OTHER_MAP = marked("it was made on maps of {then} pixels, and these have {now}")
NOT_BACK = marked("its inverse does not lead back: positions come back {drift:.2g} map pixels off")


def stored_transform(points: Any, attributes: Mapping[str, Any]) -> Transform:
    """Return the transform from photograph to map that stored points and their attributes describe.

    It is fitted anew, since the points are what is exact in any file.

    Parameters
    ----------
    points : array_like, (n, 2, 2)
        As stored under ``imvis_points``: of each pair the source and the destination x, y.
    attributes : mapping
        As stored by `maxrf_core.registration.register`: if known, ``model`` and ``mirrored``.

    Returns
    -------
    Homography, InverseThinPlateSpline or PiecewiseAffine

    Raises
    ------
    RegistrationError
        If the points fix no sensible transform, or there is no such model.

    Examples
    --------
    >>> corners = [[0, 0], [80, 0], [0, 80], [80, 80]]
    >>> pairs = [[[4 * x, 4 * y], [x, y]] for x, y in corners]
    >>> stored_transform(pairs, {"model": "affine"}).apply([[40, 60]]).round(9).tolist()
    [[10.0, 15.0]]
    """
    pairs = np.asarray(points, dtype=np.float64)
    model = find_model(str(attributes.get("model", "homography")))
    return model.fit(pairs[:, 0], pairs[:, 1], attributes.get("mirrored") in (True, 1))


def unsound_because(
    transform: Transform, photo_shape: Sequence[int], map_shape: Sequence[int], attributes: Mapping[str, Any]
) -> Note | str:
    """Return why a stored transform cannot be relied on in both directions; empty if it can.

    It must have been made on maps of this size, show the photograph on the map without fold and horizon, and
    its inverse must lead back.

    Parameters
    ----------
    transform : Transform
        From photograph to map.
    photo_shape, map_shape : (height, width) or more
    attributes : mapping
        As stored beside the points.

    Returns
    -------
    Note or str
    """
    made_on = np.ravel(attributes.get("map_shape", map_shape[:2])).tolist()
    if made_on != [int(length) for length in map_shape[:2]]:
        return Note(OTHER_MAP, then=_size(made_on), now=_size(map_shape))
    try:
        check_map(transform, tuple(map_shape))
    except RegistrationError as error:
        return str(error)
    drift = _drift(transform, photo_shape, map_shape)
    return Note(NOT_BACK, drift=drift) if drift > MAX_DRIFT else ""


def grid_of(shape: Sequence[int], count: int = GRID) -> np.ndarray:
    """Return `count` × `count` places all over a picture, from edge to edge: (n, 2) float64, x and y."""
    left, right, bottom, top = image_extent(*shape[:2])
    places = np.meshgrid(np.linspace(left, right, count), np.linspace(top, bottom, count))
    return np.stack(places, axis=2).reshape(-1, 2)


def _drift(transform: Transform, photo_shape: Sequence[int], map_shape: Sequence[int]) -> float:
    """Return how far places of the map that the photograph shows come back off, in map pixels."""
    on_map = grid_of(map_shape)
    on_photo = transform.inverse().apply(on_map)
    left, right, bottom, top = image_extent(*photo_shape[:2])
    x, y = on_photo.T
    shown = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    if not shown.any():
        return 0.0
    off = np.hypot(*(transform.apply(on_photo[shown]) - on_map[shown]).T)
    return float(np.nan_to_num(off, nan=np.inf).max())


def _size(shape: Sequence[int]) -> str:
    return " × ".join(str(length) for length in reversed(shape[:2]))
