"""GeoTIFF tags that place a picture on the element maps.

The model space is a local one, not on the earth: the plane in which QGIS shows the element maps, see
`maxrf_core.registration.exchange.world_file`. Raster coordinates are those of the type "pixel is area", in
which the outer corner of the first pixel is at (0, 0) and its centre at (0.5, 0.5); a program that takes the
type "pixel is point" counts from the centre.

A picture that lies straight or affine on the map has a ModelTransformation. A photograph in perspective has
its pairs of points as tie points, which programs call ground control points.
"""

import io
import os
from typing import Any

import numpy as np
import tifffile

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import of_transform
from maxrf_core.registration.exchange.world_file import TO_PLANE
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_formats import ParsedPoints, Shape
from maxrf_core.transform.coordinates import Extent, image_to_map
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import affine

PIXEL_SCALE, TIE_POINTS, TRANSFORMATION = 33550, 33922, 34264
GEO_KEYS, GEO_ASCII = 34735, 34737
MODEL_TYPE, RASTER_TYPE, CITATION = 1024, 1025, 1026
USER_DEFINED, PIXEL_IS_AREA, PIXEL_IS_POINT = 32767, 1, 2
PLANE_IN_WORDS = "Element map in pixels: x right, y up, 0 0 at the upper left corner, not on the earth"
FROM_CORNER = Homography(np.array([[1.0, 0, -0.5], [0, 1, -0.5], [0, 0, 1]]))  # raster, area to pixel centres
MAX_TIE_POINTS = 10_000

Tag = tuple[int, int, int, Any, bool]


def tags_of_extent(shape: Shape, extent: Extent) -> list[Tag]:
    """Return the tags of a picture that lies straight on the map.

    Parameters
    ----------
    shape : (height, width) or more
        Of the picture.
    extent : (left, right, bottom, top)
        Its outer edges in map pixels.

    Returns
    -------
    list of tuple
        As `tifffile.imwrite` takes them, ``extratags``.
    """
    corners = corners_of(shape)
    return _tags(transformation=affine(corners, image_to_map(corners, extent, shape[:2]), _flips(extent)))


def tags_of_photo(placed: PhotoTransform) -> list[Tag]:
    """Return the tags of a photograph: a transformation if it is affine, otherwise its points.

    Parameters
    ----------
    placed : PhotoTransform

    Returns
    -------
    list of tuple
        As `tifffile.imwrite` takes them, ``extratags``.
    """
    if placed.is_affine:
        return _tags(transformation=placed.affine_part()[0])
    on_plane = TO_PLANE.apply(placed.dst)
    rows = np.zeros((len(placed.src), 6))
    rows[:, :2], rows[:, 3:5] = placed.src + 0.5, on_plane
    return _tags(tie_points=rows)


def parse_geotiff(
    source: bytes | os.PathLike[str], photo_shape: Shape | None, map_shape: Shape | None
) -> ParsedPoints:
    """Read the points of a photograph that was placed on an element map in QGIS's plane.

    Parameters
    ----------
    source : bytes or path
        A TIFF file; its pixels are not read.
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand.

    Returns
    -------
    ParsedPoints
        Its tie points, or four control pairs of its transformation.

    Raises
    ------
    RegistrationError
        If it is no TIFF file, has no such tags, or does not lie on the map.
    """
    try:
        with tifffile.TiffFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            page = file.pages.first
            shape = (int(page.imagelength), int(page.imagewidth))
            found = {code: _numbers(page, code) for code in (PIXEL_SCALE, TIE_POINTS, TRANSFORMATION)}
            keys = _numbers(page, GEO_KEYS)
    except Exception as error:  # tifffile raises nearly anything on damaged files
        raise RegistrationError(_("it is no TIFF file that can be read.")) from error
    to_centre = FROM_CORNER if _raster_type(keys) == PIXEL_IS_AREA else Homography(np.eye(3))
    sizes = {"photo_shape": list(shape)}
    ties = found[TIE_POINTS][: len(found[TIE_POINTS]) // 6 * 6].reshape(-1, 6)
    if len(found[TRANSFORMATION]) == 16 or (len(found[PIXEL_SCALE]) >= 2 and len(ties)):
        to_map = TO_PLANE.inverse() @ _to_plane(found, ties) @ to_centre.inverse()
        return of_transform(to_map, photo_shape, map_shape, sizes)
    if not 0 < len(ties) <= MAX_TIE_POINTS or not np.isfinite(ties).all():
        raise RegistrationError(_("it has no GeoTIFF tags that place it."))
    return ParsedPoints(to_centre.apply(ties[:, :2]), TO_PLANE.inverse().apply(ties[:, 3:5]), 0, sizes)


def _tags(transformation: Homography | None = None, tie_points: np.ndarray | None = None) -> list[Tag]:
    """Return the tags of a transform from pixels to the map, or of tie points in the plane."""
    text = PLANE_IN_WORDS + "|"
    keys = [1, 1, 0, 3, MODEL_TYPE, 0, 1, USER_DEFINED, RASTER_TYPE, 0, 1, PIXEL_IS_AREA,
            CITATION, GEO_ASCII, len(text), 0]  # fmt: skip
    tags: list[Tag] = [(GEO_KEYS, 3, len(keys), keys, True), (GEO_ASCII, 2, 0, text, True)]
    if transformation is not None:
        plane = (TO_PLANE @ transformation @ FROM_CORNER).matrix
        numbers = np.diag([0.0, 0, 0, 1])
        numbers[:2, :2], numbers[:2, 3] = plane[:2, :2], plane[:2, 2]
        tags.append((TRANSFORMATION, 12, 16, numbers.ravel().tolist(), True))
    if tie_points is not None:
        tags.append((TIE_POINTS, 12, tie_points.size, tie_points.ravel().tolist(), True))
    return tags


def _to_plane(found: dict[int, np.ndarray], ties: np.ndarray) -> Homography:
    """Return the affine transform from raster coordinates to the plane."""
    matrix = np.eye(3)
    if len(found[TRANSFORMATION]) == 16:
        numbers = found[TRANSFORMATION].reshape(4, 4)
        matrix[:2, :2], matrix[:2, 2] = numbers[:2, :2], numbers[:2, 3]
    else:
        across, down = found[PIXEL_SCALE][:2]
        column, row, _level, x, y, _height = ties[0]
        matrix[:2] = [[across, 0, x - across * column], [0, -down, y + down * row]]
    return Homography(matrix)


def _raster_type(keys: np.ndarray) -> int:
    """Return the raster type that the keys tell, "pixel is area" by default."""
    entries = keys[4 : 4 + (len(keys) - 4) // 4 * 4].reshape(-1, 4)
    told = entries[entries[:, 0] == RASTER_TYPE, 3]
    return int(told[0]) if len(told) else PIXEL_IS_AREA


def _numbers(page: tifffile.TiffPage, code: int) -> np.ndarray:
    """Return a tag as numbers; empty if there is none."""
    tag = page.tags.get(code)
    return np.atleast_1d(np.array(() if tag is None else tag.value, dtype=np.float64)).ravel()


def _flips(extent: Extent) -> bool:
    left, right, bottom, top = extent
    return (right < left) != (bottom < top)
