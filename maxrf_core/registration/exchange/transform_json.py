"""The transform of a photograph as JSON: a file of points that also tells both directions in full.

It is read as any JSON file of points; one with a matrix and no points is read, too.
"""

from typing import Any

import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import of_transform
from maxrf_core.registration.local_error import stored_error_map
from maxrf_core.registration.photo_transform import PhotoTransform, row_displacement_of
from maxrf_core.registration.points_formats import ParsedPoints, Shape, told_shape
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.piecewise_affine import PiecewiseAffine
from maxrf_core.transform.thin_plate_spline import ThinPlateSpline

TO_MAP, TO_PHOTO = "photo_to_map", "map_to_photo"
PIXEL_CONVENTION = {
    "words": "Points are x, y in pixels: x to the right, y down, 0, 0 at the centre of the top-left pixel. A "
    "matrix is multiplied by (x, y, 1); the first two numbers of the product are divided by the third. The "
    "photograph is upright: a turn that its camera noted (EXIF orientation) has been applied.",
    "x": "right",
    "y": "down",
    "origin": "centre of the top-left pixel",
    "unit": "pixel",
}
SPLINE_FORMULA = (
    "affine[0] + x affine[1] + y affine[2] + sum of weights r^2 log r, r the distance from a node"
)
TRIANGLES_FORMULA = (
    "affine in each triangle of nodes, whose values are given; beyond all triangles "
    "affine[0] + x affine[1] + y affine[2]"
)
KEPT = ("photo_sha256", "photo_page", "mirrored", "turned", "method", "created", "registration")


def as_json(placed: PhotoTransform) -> dict[str, Any]:
    """Return what is written beside the points.

    Parameters
    ----------
    placed : PhotoTransform

    Returns
    -------
    dict
        Plain numbers, texts and lists.
    """
    about = placed.attributes
    frames = {
        key: {"name": name, "width": int(shape[1]), "height": int(shape[0])}
        for key, name, shape in (
            ("photo", placed.photo_name, placed.photo_shape),
            ("map", placed.map_name, placed.map_shape),
        )
    }
    if "photo_sha256" in about:
        frames["photo"]["sha256"] = about["photo_sha256"]
    told = {key: _plain(about[key]) for key in KEPT if key in about}
    if shifted := row_displacement_of(placed):
        told["row_displacement_px"] = shifted
    if (error_map := stored_error_map(about)) is not None:
        told["error_map"] = error_map.record()
    return {
        "photo": placed.photo_name,
        **told,
        "model": placed.model,
        "pixel_convention": PIXEL_CONVENTION,
        "frames": frames,
        **_directions(placed),
        "expected_error": placed.errors(),
        "software": SOFTWARE,
    }


def pairs_of_json(found: dict[str, Any], photo_shape: Shape | None, map_shape: Shape | None) -> ParsedPoints:
    """Return control pairs of a transform that JSON tells by its matrix alone.

    Parameters
    ----------
    found : dict
        With ``photo_to_map`` or ``map_to_photo``, which hold a ``matrix``.
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand.

    Returns
    -------
    ParsedPoints

    Raises
    ------
    RegistrationError
        If there is no matrix of 3×3 numbers, or the photograph does not lie on the map.
    """
    for key in (TO_MAP, TO_PHOTO):
        told = found.get(key)
        matrix = told.get("matrix") if isinstance(told, dict) else None
        if matrix is None:
            continue
        try:
            transform = Homography(np.array(matrix, dtype=np.float64))
        except (TypeError, ValueError, OverflowError):
            raise RegistrationError(_("{key} holds no 3×3 matrix of numbers.").format(key=key)) from None
        return of_transform(
            transform if key == TO_MAP else transform.inverse(), photo_shape, map_shape, _sizes(found)
        )
    raise RegistrationError(_("{key} holds no 3×3 matrix of numbers.").format(key=TO_MAP))


def _directions(placed: PhotoTransform) -> dict[str, Any]:
    """Return the numbers of the transform in both directions."""
    to_map, to_photo = placed.transform, placed.to_photo
    if isinstance(to_map, Homography):
        return {
            key: {"type": placed.model, "matrix": each.matrix.tolist()}
            for key, each in ((TO_MAP, to_map), (TO_PHOTO, to_photo))
        }
    if isinstance(to_map, PiecewiseAffine):
        return {
            key: {
                "type": placed.model,
                "nodes": each.nodes.tolist(),
                "values": each.values.tolist(),
                "triangles": each.triangles.tolist(),
                "affine": each.affine.tolist(),
                "formula": TRIANGLES_FORMULA,
            }
            for key, each in ((TO_MAP, to_map), (TO_PHOTO, to_photo))
        }
    back = {"type": "inverse", "of": TO_PHOTO}
    if isinstance(to_photo, ThinPlateSpline):
        spline = {
            "type": placed.model,
            "nodes": to_photo.nodes.tolist(),
            "weights": to_photo.weights.tolist(),
            "affine": to_photo.affine.tolist(),
            "formula": SPLINE_FORMULA,
        }
        return {TO_PHOTO: spline, TO_MAP: back}
    return {TO_PHOTO: {"type": placed.model, **to_map.params()}, TO_MAP: back}


def _sizes(found: dict[str, Any]) -> dict[str, list[int]]:
    """Return the sizes of both pictures where they are told."""
    frames = found.get("frames")
    shapes = (
        {key: told_shape(frames.get(key)) for key in ("photo", "map")} if isinstance(frames, dict) else {}
    )
    return {f"{key}_shape": shape for key, shape in shapes.items() if shape is not None}


def _plain(value: Any) -> Any:
    """Return an attribute as JSON can hold it."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
