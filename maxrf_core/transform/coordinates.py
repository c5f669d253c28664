"""Coordinates: one convention for points, extents, resized images, displayed pictures and lat–lon.

Points are (x, y) floats, x to the right and y down. The top-left pixel's centre is (0, 0), so its outer
corner is (−0.5, −0.5); docs/coordinates.md has a picture. Nothing here modifies its input.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.transform.extents import (
    Extent,
    image_extent,
    image_to_map,
    map_to_image,
    pixel_at,
    pixels_within,
)

__all__ = [
    "ORIENTATIONS",
    "Extent",
    "View",
    "as_pairs",
    "displayed_to_image",
    "image_extent",
    "image_to_displayed",
    "image_to_map",
    "latlon_to_xy",
    "map_to_image",
    "pixel_at",
    "pixels_within",
    "rescale_points",
    "xy_to_latlon",
]

FLIPPED_DECIMALS = 9  # to which flipped coordinates are rounded


def rescale_points(points: Any, scale: float | Sequence[float]) -> np.ndarray:
    """Convert points to the same image enlarged (or reduced) by `scale`.

    Parameters
    ----------
    points : array_like, (n, 2)
        x, y in pixels.
    scale : float or pair of float
        New size over old size; a pair is for x and y.

    Returns
    -------
    ndarray, (n, 2), float64

    Examples
    --------
    The centre of the top-left pixel is the centre of the 4×4 pixels that it becomes:

    >>> rescale_points([[0, 0]], 4)
    array([[1.5, 1.5]])
    """
    return (np.asarray(points, dtype=np.float64) + 0.5) * np.asarray(scale, dtype=np.float64) - 0.5


def displayed_to_image(
    x: float,
    y: float,
    displayed_width: float,
    displayed_height: float,
    image_width: int,
    image_height: int,
) -> tuple[float, float]:
    """Convert a click on a displayed copy of an image to image coordinates.

    A click stands for the centre of the displayed pixel that it hits.

    Parameters
    ----------
    x, y : float
        The click, in CSS pixels from the displayed copy's top-left corner.
    displayed_width, displayed_height : float
        Size of the displayed copy in CSS pixels.
    image_width, image_height : int
        Size of the image itself.

    Returns
    -------
    x, y : tuple of float
        In image pixels, clipped to the image: rounding always gives a pixel that exists.

    Raises
    ------
    RegistrationError
        If a size is not positive or a number is not finite.

    Examples
    --------
    >>> displayed_to_image(100, 50, 600, 600, 4400, 4800)
    (736.5, 403.5)
    """
    _check_sizes(x, y, displayed_width, displayed_height, image_width, image_height)
    return (
        _clamped((x + 0.5) * image_width / displayed_width - 0.5, image_width),
        _clamped((y + 0.5) * image_height / displayed_height - 0.5, image_height),
    )


def image_to_displayed(
    x: float,
    y: float,
    displayed_width: float,
    displayed_height: float,
    image_width: int,
    image_height: int,
) -> tuple[float, float]:
    """Convert image coordinates to a displayed copy of the image; the inverse of `displayed_to_image`.

    Parameters
    ----------
    x, y : float
        The point, in image pixels.
    displayed_width, displayed_height : float
        Size of the displayed copy in CSS pixels.
    image_width, image_height : int
        Size of the image itself.

    Returns
    -------
    x, y : tuple of float
        In pixels of the displayed copy, 0 being the centre of its first pixel; not clipped.

    Raises
    ------
    RegistrationError
        If a size is not positive or a number is not finite.

    Examples
    --------
    >>> image_to_displayed(736.5, 0, 600, 600, 4400, 4800)
    (100.0, -0.4375)
    """
    _check_sizes(x, y, displayed_width, displayed_height, image_width, image_height)
    return (
        (x + 0.5) * displayed_width / image_width - 0.5,
        (y + 0.5) * displayed_height / image_height - 0.5,
    )


def xy_to_latlon(imshape: Sequence[int], xy_points: Iterable[Any] | None = None) -> list[list[float]]:
    """Convert points to the latitudes and longitudes that map viewers such as Leaflet use.

    Latitude grows upwards, so that y is flipped within the image: lat = height − 1 − y, lon = x.

    Parameters
    ----------
    imshape : (height, width) or more
        Shape of the image.
    xy_points : iterable of (x, y), optional
        By default the centres of the four corner pixels: top left, top right, bottom left, bottom right.

    Returns
    -------
    list of [lat, lon]
        Integers stay integers. Other values are rounded to nine decimals, so that points with at most nine
        decimals come back from `latlon_to_xy` exactly.

    Raises
    ------
    RegistrationError
        If the points are not pairs of numbers.

    Examples
    --------
    >>> xy_to_latlon((24, 20))
    [[23, 0], [23, 19], [0, 0], [0, 19]]
    >>> latlon_to_xy((24, 20), xy_to_latlon((24, 20), [[2.1, 3.7]]))
    array([[2.1, 3.7]])
    """
    height, width = imshape[:2]
    if xy_points is None:
        xy_points = [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]]
    xy = as_pairs(xy_points)
    return np.stack([_flipped(xy[:, 1], height), xy[:, 0]], axis=1).tolist()


def latlon_to_xy(imshape: Sequence[int], locations: Iterable[Any]) -> np.ndarray:
    """Convert latitudes and longitudes to points; the inverse of `xy_to_latlon`.

    Parameters
    ----------
    imshape : (height, width) or more
        Shape of the image.
    locations : iterable of (lat, lon)

    Returns
    -------
    ndarray, (n, 2)
        x, y; int64 if all locations are of an integer type, else float64.

    Raises
    ------
    RegistrationError
        If the locations are not pairs of numbers.

    Examples
    --------
    >>> latlon_to_xy((24, 20), [[23, 0], [0, 19]])
    array([[ 0,  0],
           [19, 23]])
    """
    latlon = as_pairs(locations)
    return np.stack([latlon[:, 1], _flipped(latlon[:, 0], imshape[0])], axis=1)


@dataclass(frozen=True)
class View:
    """Rotation and mirroring of a picture: one of eight orientations.

    For viewing, points stay those of the picture itself; a conversion writes a scan in one of them.

    Parameters
    ----------
    turns : int
        Quarter turns clockwise.
    mirrored : bool
        Whether left and right are exchanged, before the rotation.

    Examples
    --------
    >>> view = View(turns=1)
    >>> view.turn(np.array([[1, 2, 3], [4, 5, 6]]))
    array([[4, 1],
           [5, 2],
           [6, 3]])
    >>> view.to_shown(2, 0, 3, 2)  # where the 3 is
    (1.0, 2.0)
    >>> view.points_to_shown([[2, 0], [0, 1]], 3, 2)
    array([[1., 2.],
           [0., 0.]])
    >>> view.from_shown(1, 2, 3, 2)
    (2.0, 0.0)
    """

    turns: int = 0
    mirrored: bool = False

    @classmethod
    def of_flips(cls, horizontal: bool, vertical: bool, quarter_turns: int = 0) -> "View":
        """Return the orientation after mirroring left and right, top and bottom, and then rotating clockwise.

        Examples
        --------
        >>> View.of_flips(True, True)  # a turn by 180°
        View(turns=2, mirrored=False)
        """
        return cls((quarter_turns + 2 * vertical) % 4, horizontal != vertical)

    def turn(self, picture: np.ndarray) -> np.ndarray:
        """Return a picture, (height, width, ...), rotated for viewing; a numpy view, nothing is copied."""
        return np.rot90(picture[:, ::-1] if self.mirrored else picture, -self.turns)

    def turn_back(self, shown: np.ndarray) -> np.ndarray:
        """Return a rotated picture as it was before `turn`; a numpy view, nothing is copied."""
        turned = np.rot90(shown, self.turns)
        return turned[:, ::-1] if self.mirrored else turned

    def shown_size(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height of the rotated picture."""
        return (height, width) if self.turns % 2 else (width, height)

    def to_shown(self, x: float, y: float, width: int, height: int) -> tuple[float, float]:
        """Convert a point of a picture of this size to the rotated picture."""
        x, y = float(width - 1 - x if self.mirrored else x), float(y)
        for _turn in range(self.turns % 4):
            x, y = height - 1 - y, x
            width, height = height, width
        return x, y

    def points_to_shown(self, points: Any, width: int, height: int) -> np.ndarray:
        """Convert points (n, 2) of a picture of this size to the rotated picture: (n, 2) float64."""
        places = [self.to_shown(x, y, width, height) for x, y in np.asarray(points, dtype=np.float64)]
        return np.array(places, dtype=np.float64).reshape(-1, 2)

    def part_from_shown(self, rows: slice, columns: slice, width: int, height: int) -> tuple[slice, slice]:
        """Convert a part of the rotated picture to the same part of a picture of this size.

        Parameters
        ----------
        rows, columns : slice
            Of the rotated picture, with a start and a stop.
        width, height : int
            Size of the picture itself.

        Returns
        -------
        rows, columns : slice
            Of the picture itself; rotating what is read there gives the part.

        Examples
        --------
        >>> View(turns=1).part_from_shown(slice(2, 3), slice(0, 2), 3, 2)
        (slice(0, 2, None), slice(2, 3, None))
        """
        corners = (columns.start, rows.start), (columns.stop - 1, rows.stop - 1)
        places = [self.from_shown(x, y, width, height) for x, y in corners]
        across, down = (sorted(int(at) for at in axis) for axis in zip(*places, strict=True))
        return slice(down[0], down[1] + 1), slice(across[0], across[1] + 1)

    def from_shown(self, x: float, y: float, width: int, height: int) -> tuple[float, float]:
        """Convert a point of the rotated picture to a picture of this size; the inverse of `to_shown`."""
        x, y = float(x), float(y)
        for earlier in reversed(range(self.turns % 4)):
            x, y = y, (width if earlier % 2 else height) - 1 - x
        return (width - 1 - x if self.mirrored else x), y


ORIENTATIONS = tuple(View(turns, mirrored) for mirrored in (False, True) for turns in range(4))
"""The eight orientations of a picture; the first is that of its file."""


def as_pairs(points: Iterable[Any], what: str = "Points") -> np.ndarray:
    """Copy points to an (n, 2) array of int64 or float64; `what` begins the error message."""
    try:
        pairs = np.array(points if isinstance(points, np.ndarray) else list(points))
    except (TypeError, ValueError):
        pairs = np.array("ragged")
    if pairs.size == 0:
        return np.empty((0, 2))
    if pairs.dtype.kind not in "iuf" or pairs.ndim != 2 or pairs.shape[1] != 2:
        raise RegistrationError(
            _("{what} must be pairs of two numbers, such as [[12.5, 3], [40, 7.25]].").format(what=what)
        )
    return pairs.astype(np.float64 if pairs.dtype.kind == "f" else np.int64)


def _flipped(coordinates: np.ndarray, height: int) -> np.ndarray:
    return np.round((int(height) - 1) - coordinates, FLIPPED_DECIMALS)


def _clamped(coordinate: float, size: int) -> float:
    """Clip a coordinate to the pixels of an axis; the far edge itself belongs to no pixel."""
    return min(max(coordinate, -0.5), math.nextafter(size - 0.5, 0.0))


def _check_sizes(x: float, y: float, *sizes: float) -> None:
    if not all(math.isfinite(number) for number in (x, y, *sizes)) or min(sizes) <= 0:
        raise RegistrationError(
            _(
                "The place {x}, {y} on a picture cannot be converted with the sizes {sizes}: all must "
                "be finite and the sizes positive."
            ).format(x=x, y=y, sizes=sizes)
        )
