"""The grid of a picture: which pixels of the map it shows, and with how many pixels of its own."""

import math
from dataclasses import dataclass

import numpy as np

from maxrf_core.errors import PictureError
from maxrf_core.imaging.resample import area_average
from maxrf_core.language import _
from maxrf_core.transform.coordinates import Extent

MAX_TIMES = 8  # pixels of the picture to a pixel of the map, along a side, where a photograph is finer


@dataclass(frozen=True)
class Grid:
    """Pixels of a picture on the map.

    Attributes
    ----------
    left, top, right, bottom : int
        First column and row of the map, and those after the last.
    shape : (height, width)
        Of the picture: as many pixels as the map has there, a whole multiple, or fewer.
    """

    left: int
    top: int
    right: int
    bottom: int
    shape: tuple[int, int]

    @property
    def scale(self) -> float:
        """Pixels of the picture to a pixel of the map, across."""
        return self.shape[1] / (self.right - self.left)

    @property
    def times(self) -> int:
        """Pixels of the picture to a pixel of the map, along a side; 1 if there are fewer."""
        return max(1, round(self.scale))

    @property
    def extent(self) -> Extent:
        """Left, right, bottom and top edge in map coordinates."""
        return self.left - 0.5, self.right - 0.5, self.bottom - 0.5, self.top - 0.5

    @property
    def block(self) -> float:
        """Pixels of the map to a pixel of the picture, along a side; at least 1."""
        return max(1.0, 1 / self.scale)

    def of_map(self, values: np.ndarray) -> np.ndarray:
        """Return the values of a whole map in this part, (height, width) / `times`, float32.

        Where the picture has fewer pixels, each is the mean of the area that it covers.
        """
        part = np.asarray(values[self.top : self.bottom, self.left : self.right], np.float32)
        height, width = (length // self.times for length in self.shape)
        return part if part.shape == (height, width) else area_average(part, width, height)


def grid_for(
    shape: tuple[int, int],
    zoom: tuple[float, float, float, float] | None = None,
    size: tuple[int, int] | None = None,
    fineness: float = 1.0,
) -> Grid:
    """Return the grid of a picture.

    Parameters
    ----------
    shape : (height, width)
        Of the map.
    zoom : (left, right, bottom, top), optional
        The part that is seen, in map pixels; pixels of which a part is seen belong to it. None is all.
    size : (height, width), optional
        Pixels that are of use; of a larger map the means of areas are shown. None is a pixel for each.
    fineness : float
        Pixels of the finest photograph to a pixel of the map.

    Raises
    ------
    PictureError
        If nothing of the map is seen.

    Examples
    --------
    >>> grid_for((300, 200), (9.5, 19.5, 29.5, 9.5))
    Grid(left=10, top=10, right=20, bottom=30, shape=(20, 10))
    >>> grid_for((300, 200), None, (90, 90)).shape
    (90, 60)
    >>> grid_for((300, 200), None, (1000, 1000), fineness=2.5).times
    3
    """
    height, width = shape
    left, right, bottom, top = zoom or (-0.5, width - 0.5, height - 0.5, -0.5)
    (x0, x1), (y0, y1) = _seen(left, right, width), _seen(top, bottom, height)
    rows, columns = y1 - y0, x1 - x0
    factor = 1.0 if size is None else min(size[0] / rows, size[1] / columns)
    if factor < 1:
        return Grid(x0, y0, x1, y1, (max(1, round(rows * factor)), max(1, round(columns * factor))))
    times = min(math.ceil(factor), math.ceil(fineness), MAX_TIMES)
    return Grid(x0, y0, x1, y1, (rows * times, columns * times))


def _seen(first: float, last: float, length: int) -> tuple[int, int]:
    """Return the first pixel that is seen and the one after the last; edges of pixels lie at halves."""
    first, last = sorted((first, last))
    start, stop = max(0, math.floor(first + 0.5 + 1e-6)), min(length, math.ceil(last + 0.5 - 1e-6))
    if start >= stop:
        raise PictureError(_("The view shows nothing of the map: show all of it, or another part."))
    return start, stop
