"""Pairs of points that reproduce a transform which was read from a file."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.points_formats import ParsedPoints, Shape
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography, homography

MIN_PAIRS_TO_THIN = 9  # pairs; fewer are kept as they are
MAX_FITTED = 400  # pairs, about, that a perspective is fitted to; all are compared with it
SAME_PERSPECTIVE = 1e-7  # largest residual of pairs that lie on one perspective, by the photograph's side
INSET = 0.02  # part of the shared area's sides by which control pairs lie inside of it


def of_transform(
    to_map: Homography, photo_shape: Shape | None, map_shape: Shape | None, sizes: dict[str, Any]
) -> ParsedPoints:
    """Return control pairs on the corners of what photograph and map share.

    Parameters
    ----------
    to_map : Homography
        From photograph to map; affine or a perspective.
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand; sizes that the file tells come first.
    sizes : dict
        ``photo_shape`` and ``map_shape`` as the file tells them, or empty.

    Returns
    -------
    ParsedPoints
        Four pairs, which fix the same transform again.

    Raises
    ------
    RegistrationError
        If the sizes are not known, or the photograph would lie beside the map.

    Examples
    --------
    >>> half = Homography([[0.5, 0, 0], [0, 0.5, 0], [0, 0, 1]])
    >>> pairs = of_transform(half, (100, 200), (50, 100), {})
    >>> (2 * pairs.dst - pairs.src).round(9).any().item(), len(pairs.src)
    (False, 4)
    """
    photo_shape = sizes.get("photo_shape") or photo_shape
    map_shape = sizes.get("map_shape") or map_shape
    if photo_shape is None or map_shape is None:
        raise RegistrationError(_("the sizes of photograph and map are needed to understand it."))
    corners = to_map.apply(corners_of(photo_shape))
    on_map = _shared_corners(corners, corners_of(map_shape)) if np.isfinite(corners).all() else None
    if on_map is None:
        raise RegistrationError(
            _(
                "the photograph would lie beside the element map; the transform has to lead from the "
                "photograph's pixels to those of the map."
            )
        )
    last = to_map.matrix[2] / to_map.matrix[2, 2]
    model = "affine" if np.abs(last[:2]).max() * max(photo_shape[:2]) < SAME_PERSPECTIVE else "homography"
    return ParsedPoints(to_map.inverse().apply(on_map), on_map, 0, dict(sizes), model)


def thinned(parsed: ParsedPoints, photo_shape: Shape | None, map_shape: Shape | None) -> ParsedPoints:
    """Return the landmarks of a spline, or four pairs if they are many and all lie on one perspective.

    This program writes a perspective as a spline through a grid where a format has no perspective.

    Parameters
    ----------
    parsed : ParsedPoints
    photo_shape, map_shape : (height, width) or more, or None
    """
    spline = replace(parsed, model="thin-plate-spline")
    if len(parsed.src) < MIN_PAIRS_TO_THIN:
        return spline
    turns = np.linalg.lstsq(parsed.src - parsed.src.mean(axis=0), parsed.dst, rcond=None)[0]
    try:
        some = slice(None, None, max(1, len(parsed.src) // MAX_FITTED))
        fitted = homography(parsed.dst[some], parsed.src[some], mirrored=bool(np.linalg.det(turns) < 0))
        far = np.hypot(*(fitted.apply(parsed.dst) - parsed.src).T).max()
        if far <= SAME_PERSPECTIVE * np.ptp(parsed.src, axis=0).max():
            return of_transform(fitted.inverse(), photo_shape, map_shape, parsed.sizes)
    except RegistrationError:
        pass  # no perspective at all
    return spline


def _shared_corners(photo_on_map: np.ndarray, map_corners: np.ndarray) -> np.ndarray | None:
    """Return four corners of the area that both quadrangles share, a little inside; None if there is none."""
    quad = [corners.astype(np.float32) for corners in (photo_on_map, map_corners)]
    area, shared = cv2.intersectConvexConvex(cv2.convexHull(quad[0]), cv2.convexHull(quad[1]))
    if shared is None or area < 1:
        return None
    shared = shared.reshape(-1, 2).astype(np.float64)
    diagonals = shared @ np.array([[1, -1, -1, 1], [1, 1, -1, -1]])
    corners = shared[[diagonals[:, 2].argmax(), diagonals[:, 3].argmax(), diagonals[:, 0].argmax(),
                      diagonals[:, 1].argmax()]]  # fmt: skip
    if len(np.unique(corners.round(3), axis=0)) < len(corners):  # they share a triangle
        return map_corners
    return corners + INSET * (corners.mean(axis=0) - corners)
