"""Rendering of an image of any size through an elastic transform, a band of rows at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.large_array import large_array, let_go
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Elastic

MAX_PIXELS_AT_ONCE = 1_000_000  # of the result
FOLD_GRID = 64  # cells along each side of the map, checked for folds


@dataclass(frozen=True, eq=False)
class RescaledTransform:
    """An elastic transform between resized copies of its two images.

    Attributes
    ----------
    before : Homography
        From the copy of the source to the source: scale and shift only.
    elastic : InverseThinPlateSpline, PiecewiseAffine, or their inverses
        From the source to the destination.
    after : Homography
        From the destination to its copy: scale and shift only.
    """

    before: Homography
    elastic: Any
    after: Homography

    def __matmul__(self, first: Homography) -> "RescaledTransform":
        return RescaledTransform(self.before @ first, self.elastic, self.after)

    def apply(self, points: Any) -> np.ndarray:
        """Transform points: (n, 2) to (n, 2)."""
        return self.after.apply(self.elastic.apply(self.before.apply(points)))

    def on_grid(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Transform all points of equally spaced columns and rows: (rows, columns, 2)."""
        (wide, _, right), (_, high, down), _ = self.before.matrix
        places = self.elastic.on_grid(wide * x + right, high * y + down)
        for axis in (0, 1):
            places[:, :, axis] *= self.after.matrix[axis, axis]
            places[:, :, axis] += self.after.matrix[axis, 2]
        return places

    def inverse(self) -> "RescaledTransform":
        """Return the inverse transform."""
        return RescaledTransform(self.after.inverse(), self.elastic.inverse(), self.before.inverse())


def remap(
    image: np.ndarray, transform: RescaledTransform, size: tuple[int, int], covered: np.ndarray
) -> np.ndarray:
    """Render an image through a transform, with linear interpolation.

    Parameters
    ----------
    image : ndarray, (height, width) or (height, width, channels)
        Of uint8, uint16 or float32 and 1, 3 or 4 channels, see `maxrf_core.imaging.resample`.
    transform : RescaledTransform
        From the image to the result.
    size : (width, height)
        Of the result.
    covered : ndarray, (height, width), bool
        Is filled: True for pixels of the result whose centre lies inside the image's outer edges.

    Returns
    -------
    ndarray, (height, width) or (height, width, channels)
        Of the image's dtype; the border is replicated beyond the edges.
    """
    height, width = image.shape[:2]
    rendered = large_array((size[1], size[0], *image.shape[2:]), image.dtype)
    for rows, places in _bands(transform, size):
        x, y = places[:, :, 0], places[:, :, 1]
        covered[rows] = (x >= -0.5) & (y >= -0.5) & (x < width - 0.5) & (y < height - 0.5)
        x, y = np.clip(x, -1, width), np.clip(y, -1, height)  # beyond it the border is replicated
        left, top = (max(0, int(axis.min()) - 1) for axis in (x, y))
        part = image[top : int(y.max()) + 2, left : int(x.max()) + 2]
        there = cv2.remap(
            part,
            (x - left).astype(np.float32),
            (y - top).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        rendered[rows] = there.reshape(rendered[rows].shape)
        let_go(rendered, covered, image)
    return rendered


def folds(transform: Elastic, map_shape: tuple[int, ...]) -> bool:
    """Return True if the transform folds the photograph over itself on the map.

    Then its orientation differs between parts of the map.

    Parameters
    ----------
    transform : InverseThinPlateSpline or PiecewiseAffine
        From photograph to map.
    map_shape : (height, width) or more

    Returns
    -------
    bool
        Checked in 64 × 64 cells.
    """
    x, y = (np.linspace(-0.5, length - 0.5, FOLD_GRID + 1) for length in (map_shape[1], map_shape[0]))
    grid = np.stack(np.meshgrid(x, y), axis=2)
    places = transform.inverse().apply(grid).reshape(grid.shape)
    (ux, uy), (vx, vy) = (
        side.transpose(2, 0, 1)
        for side in (places[:-1, 1:] - places[:-1, :-1], places[1:, :-1] - places[:-1, :-1])
    )
    areas = ux * vy - uy * vx
    return bool(not (areas > 0).all() and not (areas < 0).all())


def _bands(transform: RescaledTransform, size: tuple[int, int]) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield bands of rows of the result, with the position in the image of each of their pixels."""
    back = transform.inverse()
    width, height = size
    columns = np.arange(width, dtype=np.float64)
    count = max(1, MAX_PIXELS_AT_ONCE // width)
    for first in range(0, height, count):
        rows = slice(first, min(first + count, height))
        yield rows, back.on_grid(columns, np.arange(rows.start, rows.stop, dtype=np.float64))
