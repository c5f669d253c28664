"""How is an image of any size rendered through a transform that bends it? A band of rows at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Elastic

AT_A_TIME = 1_000_000  # pixels of the result
CELLS = 64  # along each side of the map, that are looked at for folds


@dataclass(frozen=True, eq=False)
class Reframed:
    """A bent transform between enlarged or shrunken copies of its two images.

    Attributes
    ----------
    first : Homography
        From the source's copy to the source; changes scale and shift only.
    bent : WayBack or PiecewiseAffine or the way back through them
        From the source to the destination.
    last : Homography
        From the destination to its copy; changes scale and shift only.
    """

    first: Homography
    bent: Any
    last: Homography

    def __matmul__(self, before: Homography) -> "Reframed":
        return Reframed(self.first @ before, self.bent, self.last)

    def apply(self, points: Any) -> np.ndarray:
        """Transform points: (n, 2) to (n, 2)."""
        return self.last.apply(self.bent.apply(self.first.apply(points)))

    def on_grid(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Transform all points of equally spaced columns and rows: (rows, columns, 2)."""
        (wide, _, right), (_, high, down), _ = self.first.matrix
        places = self.bent.on_grid(wide * x + right, high * y + down)
        for axis in (0, 1):
            places[:, :, axis] *= self.last.matrix[axis, axis]
            places[:, :, axis] += self.last.matrix[axis, 2]
        return places

    def inverse(self) -> "Reframed":
        """Give the transform back."""
        return Reframed(self.last.inverse(), self.bent.inverse(), self.first.inverse())


def remap(image: np.ndarray, onto: Reframed, size: tuple[int, int], covered: np.ndarray) -> np.ndarray:
    """Render an image through a transform, with linear interpolation.

    Parameters
    ----------
    image : ndarray, (height, width) or (height, width, channels)
        Of uint8, uint16 or float32 and 1, 3 or 4 channels, see `maxrf_core.imaging.resample`.
    onto : Reframed
        From the image to the result.
    size : (width, height)
        Of the result.
    covered : ndarray, (height, width), bool
        Is filled: which pixels of the result have their centre inside the image's outer edges.

    Returns
    -------
    ndarray, (height, width) or (height, width, channels)
        Of the image's dtype; its border is continued beyond its edges.
    """
    height, width = image.shape[:2]
    rendered = np.empty((size[1], size[0], *image.shape[2:]), dtype=image.dtype)
    for rows, places in _bands(onto, size):
        x, y = places[:, :, 0], places[:, :, 1]
        covered[rows] = (x >= -0.5) & (y >= -0.5) & (x < width - 0.5) & (y < height - 0.5)
        x, y = np.clip(x, -1, width), np.clip(y, -1, height)  # the border is all there is beyond
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
    return rendered


def folds(transform: Elastic, map_shape: tuple[int, ...]) -> bool:
    """Return True if a bent photograph would lie on some part of the map twice.

    It does where it is turned over on one part of the map and not on another.

    Parameters
    ----------
    transform : WayBack or PiecewiseAffine
        From photograph to map.
    map_shape : (height, width) or more

    Returns
    -------
    bool
        Looked for at 64 × 64 places.
    """
    x, y = (np.linspace(-0.5, length - 0.5, CELLS + 1) for length in (map_shape[1], map_shape[0]))
    places = transform.inverse().apply(np.stack(np.meshgrid(x, y), axis=2)).reshape(CELLS + 1, CELLS + 1, 2)
    (ux, uy), (vx, vy) = (
        side.transpose(2, 0, 1)
        for side in (places[:-1, 1:] - places[:-1, :-1], places[1:, :-1] - places[:-1, :-1])
    )
    areas = ux * vy - uy * vx
    return bool(not (areas > 0).all() and not (areas < 0).all())


def _bands(onto: Reframed, size: tuple[int, int]) -> Iterator[tuple[slice, np.ndarray]]:
    """Give bands of the result's rows, and for each of their pixels its place in the image."""
    back = onto.inverse()
    width, height = size
    columns = np.arange(width, dtype=np.float64)
    count = max(1, AT_A_TIME // width)
    for first in range(0, height, count):
        rows = slice(first, min(first + count, height))
        yield rows, back.on_grid(columns, np.arange(rows.start, rows.stop, dtype=np.float64))
