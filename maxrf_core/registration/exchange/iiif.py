"""Annotations of the IIIF Georeference Extension 1.0.

An annotation places a photograph by pairs of points: ``resourceCoords`` count from its upper left corner, in
pixels, and coordinates are longitude and latitude in WGS 84, since GeoJSON (RFC 7946, section 4) knows
nothing else without a prior arrangement. An element map lies nowhere on the earth. So it is laid at longitude
0 and latitude 0, where degrees are squares, with a fixed size of a map pixel; the annotation says so, and
tells the map's own pixels in the properties of every point. Of transforms the extension has polynomials and
the thin-plate spline; a perspective is written as a spline through a grid.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import thinned
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_formats import ParsedPoints, Shape, told_shape
from maxrf_core.transform.extents import corners_of, outer_corners_of

DEGREES = 1e-5  # of a map pixel; about 1.1 m at the equator
CONTEXT = [
    "http://iiif.io/api/extension/georef/1/context.json",
    "http://iiif.io/api/presentation/3/context.json",
]
MAP_COORDS = "mapCoords"  # property of a point: x, y on the map, 0, 0 at the centre of the first pixel
NOT_ON_EARTH = (
    "The target is an element map, not a place on the earth. It is laid at longitude 0 and latitude 0: "
    f"longitude is {DEGREES:g}° times (x + 0.5), latitude −{DEGREES:g}° times (y + 0.5), x to the right and "
    f"y down in map pixels with 0, 0 at the centre of the first pixel; {MAP_COORDS} are x and y."
)


def georeference_annotation(
    placed: PhotoTransform, source: str | None = None
) -> tuple[dict[str, Any], float]:
    """Return a transform as a Georeference Annotation.

    Parameters
    ----------
    placed : PhotoTransform
    source : str, optional
        Address of the photograph's IIIF image service; by default a name made of its SHA-256.

    Returns
    -------
    (dict, float)
        The annotation, as for JSON, and by how many photograph pixels a thin-plate spline through its
        points departs from the transform at most.
    """
    if placed.is_affine:
        dst, departure = corners_of(placed.map_shape), 0.0
        src, kind = placed.to_photo.apply(dst), {"type": "polynomial", "options": {"order": 1}}
    else:
        src, dst, departure = placed.spline_pairs()
        kind = {"type": "thinPlateSpline"}
    height, width = placed.photo_shape[:2]
    name = placed.attributes.get("photo_sha256")
    outline = np.clip(placed.to_photo.apply(_outline(placed)) + 0.5, 0, [width, height])
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in outline)
    annotation = {
        "@context": CONTEXT,
        "id": f"urn:maxrf4all:registration:{placed.attributes.get('registration', 'unnamed')}",
        "type": "Annotation",
        "motivation": "georeferencing",
        "label": {"en": [f"{placed.photo_name} on {placed.map_name}"]},
        "summary": {"en": [NOT_ON_EARTH]},
        "target": {
            "type": "SpecificResource",
            "source": {
                "id": source or f"urn:sha256:{name or 'unknown'}",
                "type": "Canvas" if source is None else "ImageService3",
                "height": height,
                "width": width,
            },
            "selector": {
                "type": "SvgSelector",
                "value": f'<svg width="{width}" height="{height}"><polygon points="{points}"/></svg>',
            },
        },
        "body": {
            "type": "FeatureCollection",
            "transformation": kind,
            "features": [_feature(*pair) for pair in zip(src.tolist(), dst.tolist(), strict=True)],
        },
    }
    return annotation, departure


def is_annotation(found: Any) -> bool:
    """Return True if something from JSON is a Georeference Annotation, or a page of them."""
    return isinstance(found, dict) and (
        found.get("motivation") == "georeferencing" or found.get("type") == "AnnotationPage"
    )


def parse_annotation(found: Any, photo_shape: Shape | None, map_shape: Shape | None) -> ParsedPoints:
    """Read a Georeference Annotation whose points tell their place on the element map.

    Parameters
    ----------
    found : dict
        From JSON: an annotation, or a page with one.
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand.

    Returns
    -------
    ParsedPoints

    Raises
    ------
    RegistrationError
        If its points lie on the earth, or are no points.
    """
    annotations = found.get("items") if found.get("type") == "AnnotationPage" else [found]
    if not isinstance(annotations, list) or len(annotations) != 1:
        raise RegistrationError(_("it has to hold one annotation of a photograph."))
    try:
        features = annotations[0]["body"]["features"]
        is_on_map = all(MAP_COORDS in each["properties"] for each in features)
        src = np.array([each["properties"]["resourceCoords"] for each in features], dtype=np.float64) - 0.5
        dst = np.array([each["properties"].get(MAP_COORDS, (0, 0)) for each in features], dtype=np.float64)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        is_on_map, src, dst = True, np.empty(0), np.empty(0)
    if not is_on_map:
        raise RegistrationError(_("its points lie on a map of the earth, not on the element map."))
    is_table = src.ndim == 2 and src.shape == dst.shape and src.shape[1] == 2
    if not is_table or not np.isfinite([src, dst]).all():
        raise RegistrationError(_("its features are no points of a photograph and a map."))
    parsed = ParsedPoints(src, dst, 0, _sizes(annotations[0]))
    kind = annotations[0]["body"].get("transformation")
    if isinstance(kind, dict) and kind.get("type") == "thinPlateSpline":
        return thinned(parsed, photo_shape, map_shape)
    return replace(parsed, model="affine")


def _feature(src: list[float], dst: list[float]) -> dict[str, Any]:
    (x, y), (map_x, map_y) = src, dst
    return {
        "type": "Feature",
        "properties": {"resourceCoords": [x + 0.5, y + 0.5], MAP_COORDS: dst},
        "geometry": {"type": "Point", "coordinates": [DEGREES * (map_x + 0.5), -DEGREES * (map_y + 0.5)]},
    }


def _outline(placed: PhotoTransform) -> np.ndarray:
    """Return the outer edge of the map, with points between its corners for what bends: (n, 2)."""
    steps = np.linspace(0, 1, 2 if placed.is_affine else 9)[:-1, None]
    corners = outer_corners_of(placed.map_shape)
    return np.concatenate(
        [
            one + steps * (other - one)
            for one, other in zip(corners, np.roll(corners, -1, axis=0), strict=True)
        ]
    )


def _sizes(annotation: Any) -> dict[str, list[int]]:
    """Return the size of the photograph that an annotation tells; empty if it does not."""
    try:
        shape = told_shape(annotation["target"]["source"])
    except (KeyError, TypeError):
        return {}
    return {} if shape is None else {"photo_shape": shape}
