"""Extents: the position of an image of any resolution on the map, and the pixel at a position.

An extent holds the outer edges in map pixels. `maxrf_core.transform.coordinates` describes the convention and
exports these names too.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _

Extent = tuple[float, float, float, float]


def image_extent(height: int, width: int) -> Extent:
    """Return the outer edges of an image as matplotlib's and Plotly's extent.

    Parameters
    ----------
    height, width : int
        Size in pixels.

    Returns
    -------
    (left, right, bottom, top) : tuple of float
        In pixels; half a pixel beyond the outermost pixel centres.

    Examples
    --------
    >>> image_extent(height=24, width=20)
    (-0.5, 19.5, 23.5, -0.5)
    """
    return (-0.5, width - 0.5, height - 0.5, -0.5)


def corners_of(shape: Sequence[int]) -> np.ndarray:
    """Return the centres of an image's corner pixels, clockwise from the top left.

    Parameters
    ----------
    shape : (height, width) or more
        Of the image.

    Returns
    -------
    ndarray, (4, 2), float64
        x, y in pixels.

    Examples
    --------
    >>> corners_of((24, 20)).tolist()
    [[0.0, 0.0], [19.0, 0.0], [19.0, 23.0], [0.0, 23.0]]
    """
    bottom, right = (length - 1.0 for length in shape[:2])
    return np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]])


def outer_corners_of(shape: Sequence[int]) -> np.ndarray:
    """Return the corners of an image's outer edge, clockwise from the top left.

    Parameters
    ----------
    shape : (height, width) or more
        Of the image.

    Returns
    -------
    ndarray, (4, 2), float64
        x, y in pixels; half a pixel beyond the centres that `corners_of` returns.

    Examples
    --------
    >>> outer_corners_of((24, 20)).tolist()
    [[-0.5, -0.5], [19.5, -0.5], [19.5, 23.5], [-0.5, 23.5]]
    """
    height, width = shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]]) - 0.5


def check_map_shape(shape: Sequence[int]) -> None:
    """Check that a map has an area.

    Parameters
    ----------
    shape : sequence of int
        (height, width), or that of the whole cube.

    Raises
    ------
    RegistrationError
        If there is no height or width, or one is below one pixel.
    """
    if len(shape) < 2 or min(shape[:2]) < 1:
        raise RegistrationError(
            _("A map has rows and columns, not the shape {map_shape}.").format(map_shape=tuple(shape))
        )


def map_to_image(points: Any, extent: Sequence[float], shape: Sequence[int]) -> np.ndarray:
    """Convert map coordinates to the pixels of an image that lies on the map.

    Parameters
    ----------
    points : array_like, (n, 2)
        x, y in map pixels.
    extent : (left, right, bottom, top)
        The image's outer edges in map pixels, as `maxrf_core.transform.warp.warp` returns them.
    shape : (height, width) or more
        Shape of the image, which may have any resolution.

    Returns
    -------
    ndarray, (n, 2), float64
        x, y in the image's own pixels; not clipped.

    Raises
    ------
    RegistrationError
        If the extent has no area or is not finite.

    Examples
    --------
    A photograph with 3 × 3 pixels per map pixel; the centre of the first map pixel is that of the nine:

    >>> map_to_image([[0, 0], [19, 23]], image_extent(24, 20), (72, 60))
    array([[ 1.,  1.],
           [58., 70.]])
    """
    corner, pixel = _pixels_of(extent, shape)
    return (np.asarray(points, dtype=np.float64) - corner) / pixel - 0.5


def image_to_map(points: Any, extent: Sequence[float], shape: Sequence[int]) -> np.ndarray:
    """Convert pixels of an image that lies on the map to map coordinates; the inverse of `map_to_image`.

    Parameters
    ----------
    points : array_like, (n, 2)
        x, y in the image's own pixels.
    extent, shape
        As in `map_to_image`.

    Returns
    -------
    ndarray, (n, 2), float64
        x, y in map pixels.

    Raises
    ------
    RegistrationError
        If the extent has no area or is not finite.

    Examples
    --------
    >>> image_to_map([[1, 1], [0, 0]], image_extent(24, 20), (72, 60)).round(3)
    array([[ 0.   ,  0.   ],
           [-0.333, -0.333]])
    """
    corner, pixel = _pixels_of(extent, shape)
    return (np.asarray(points, dtype=np.float64) + 0.5) * pixel + corner


def pixel_at(x: float, y: float, shape: Sequence[int]) -> tuple[int, int] | None:
    """Return the pixel at a position.

    Parameters
    ----------
    x, y : float
        In map pixels.
    shape : (height, width) or more
        Of the map.

    Returns
    -------
    column, row : tuple of int, or None
        None outside the map. On the edge between two pixels the later one is returned.

    Examples
    --------
    >>> pixel_at(2.49, -0.5, (24, 20)), pixel_at(2.5, 0.4, (24, 20)), pixel_at(19.5, 0, (24, 20))
    ((2, 0), (3, 0), None)
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    column, row = math.floor(x + 0.5), math.floor(y + 0.5)
    return (column, row) if 0 <= column < shape[1] and 0 <= row < shape[0] else None


def pixels_within(
    x: Sequence[float], y: Sequence[float], shape: Sequence[int]
) -> tuple[int, int, int, int] | None:
    """Return the pixels whose centres lie in a rectangle.

    Parameters
    ----------
    x, y : (float, float)
        Its edges in map pixels, in any order.
    shape : (height, width) or more
        Of the map.

    Returns
    -------
    x0, y0, x1, y1 : tuple of int, or None
        First and last column and row; None if the rectangle holds no pixel centre.

    Examples
    --------
    >>> pixels_within((3.6, 1.2), (-9, 0.7), (24, 20))
    (2, 0, 3, 0)
    """
    (left, right), (top, bottom) = sorted(x), sorted(y)
    if not all(math.isfinite(edge) for edge in (left, right, top, bottom)):
        return None
    x0, x1 = max(0, math.ceil(left)), min(shape[1] - 1, math.floor(right))
    y0, y1 = max(0, math.ceil(top)), min(shape[0] - 1, math.floor(bottom))
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def _pixels_of(extent: Sequence[float], shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the top-left corner of an image on the map and its pixel size, both as x, y."""
    left, right, bottom, top = (float(edge) for edge in extent)
    size = np.array([right - left, bottom - top])
    if not np.isfinite(size).all() or not size.all() or min(shape[:2]) < 1:
        raise RegistrationError(
            _(
                "An image of shape {shape} cannot lie on the map within {extent}: its edges left, "
                "right, bottom and top must be finite and enclose an area."
            ).format(shape=tuple(shape), extent=tuple(extent))
        )
    return np.array([left, top]), size / (shape[1], shape[0])
