"""Rendering of a picture onto the grid of another frame, tile by tile.

Any size of grid is rendered in bounded memory: a tile needs the part of the picture that it shows, no more.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.resample import resample
from maxrf_core.language import _
from maxrf_core.transform.composed import jacobians, on_grid
from maxrf_core.transform.extents import image_extent
from maxrf_core.transform.plane_transform import PlaneTransform

NEAREST, LINEAR, AREA = "nearest", "linear", "area"
METHODS = (NEAREST, LINEAR, AREA)
TILE = 512  # pixels to a side, as TIFF has them
MAX_SOURCE_PIXELS = 16_000_000  # of the picture, read at once; a tile that shows more is halved
SAMPLES_PER_PIXEL = 4  # of the picture, along each side, for means over areas
MAX_SAMPLES = 256  # along each side of a pixel of the grid
LATTICE = 17  # places along each side of the grid at which its step is measured


class OntoGrid:
    """Renders pictures of one size onto the grid of another frame.

    Parameters
    ----------
    back : PlaneTransform
        From pixels of the grid to pixels of the picture.
    picture_shape : (height, width) or more
    grid_shape : (height, width)
    method : {"nearest", "linear", "area"}
        The nearest pixel's value; linear interpolation; or the mean over the area that a pixel of the grid
        covers, where the grid is coarser than the picture (where it is finer, "area" is "linear").

    Attributes
    ----------
    step : float
        Pixels of the picture to a pixel of the grid, along a side: the median over what the grid shows.
    samples : int
        With "area", samples along each side of a pixel; 1 if the grid is finer.

    Raises
    ------
    RegistrationError
        If there is no such method, or the picture does not touch the grid.

    Examples
    --------
    >>> from maxrf_core.transform.homography import Homography
    >>> half = Homography(np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]]))
    >>> values, covered = OntoGrid(half, (2, 2), (4, 6), "nearest").part(np.array([[1.0, 2], [3, 4]]))
    >>> values[1].tolist(), covered[1].tolist()
    ([1.0, 1.0, 2.0, 2.0, nan, nan], [True, True, True, True, False, False])
    """

    def __init__(
        self,
        back: PlaneTransform,
        picture_shape: Sequence[int],
        grid_shape: Sequence[int],
        method: str = AREA,
    ) -> None:
        if method not in METHODS:
            words = _("There is no method {method!r:.40} of resampling; there are: {listed}.")
            raise RegistrationError(words.format(method=method, listed=", ".join(METHODS)))
        self.back, self.method = back, method
        self.picture_shape = int(picture_shape[0]), int(picture_shape[1])
        self.grid_shape = int(grid_shape[0]), int(grid_shape[1])
        steps = self._steps()
        if not len(steps):
            raise RegistrationError(_("With this registration the picture does not touch the other one."))
        self.step = float(np.median(np.sqrt(np.abs(np.linalg.det(steps)))))
        longest = float(np.linalg.norm(steps, axis=1).max())
        coarser = method == AREA and self.step > 1
        self.samples = min(MAX_SAMPLES, math.ceil(SAMPLES_PER_PIXEL * longest)) if coarser else 1

    def tiles(self, side: int = TILE) -> Iterator[tuple[slice, slice]]:
        """Yield the rows and columns of all tiles, row by row; those at the edges are smaller."""
        height, width = self.grid_shape
        for top in range(0, height, side):
            for left in range(0, width, side):
                yield slice(top, min(top + side, height)), slice(left, min(left + side, width))

    def part(
        self, picture: Any, rows: slice | None = None, columns: slice | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Render a part of the grid.

        Parameters
        ----------
        picture : array_like, (height, width) or (height, width, channels)
            Whatever has a shape, a dtype and slices of rows and columns: an array, or one on the disk.
        rows, columns : slice, optional
            By default all.

        Returns
        -------
        values : ndarray, (rows, columns) or (rows, columns, channels)
            Of the picture's dtype. Floats are NaN and others 0 where the picture has no value or does not
            reach; a missing value does not spread to others.
        covered : ndarray, (rows, columns), bool
            Whether the pixel's centre lies in the picture; with "area" at least half of the pixel.
        """
        rows = rows or slice(0, self.grid_shape[0])
        columns = columns or slice(0, self.grid_shape[1])
        x, y = (np.arange(part.start, part.stop, dtype=np.float64) for part in (columns, rows))
        first, last = self._corner_positions(x, y)
        box = self._box(first, last)
        if box is None:
            return self._blank(picture, len(y), len(x)), np.zeros((len(y), len(x)), bool)
        read, (left, top) = box
        if math.prod(part.stop - part.start for part in read) > MAX_SOURCE_PIXELS and len(x) * len(y) > 1:
            return self._halves(picture, rows, columns)
        pixels = np.asarray(picture[read])
        if self.samples > 1:
            return self._mean(pixels, x, y, left, top)
        return self._at(pixels, first, left, top)

    def _halves(self, picture: Any, rows: slice, columns: slice) -> tuple[np.ndarray, np.ndarray]:
        """Render the two halves of a part, which together show more than is read at once."""
        axis = 0 if rows.stop - rows.start >= columns.stop - columns.start else 1
        whole = (rows, columns)[axis]
        middle = (whole.start + whole.stop) // 2
        halves = slice(whole.start, middle), slice(middle, whole.stop)
        parts = [self.part(picture, *((half, columns) if axis == 0 else (rows, half))) for half in halves]
        values, covered = zip(*parts, strict=True)
        return np.concatenate(values, axis), np.concatenate(covered, axis)

    def _corner_positions(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the positions of the first and the last samples of all pixels; one array if they are one."""
        if self.samples == 1:
            places = on_grid(self.back, x, y)
            return places, places
        half = 0.5 - 0.5 / self.samples
        return on_grid(self.back, x - half, y - half), on_grid(self.back, x + half, y + half)

    def _box(self, first: np.ndarray, last: np.ndarray) -> tuple[tuple[slice, slice], tuple[int, int]] | None:
        """Return the part of the picture that is needed, with its left and top; None if there is none."""
        height, width = self.picture_shape
        margin = 1 + (math.ceil(self.step) if self.samples > 1 else 1)  # two of a pixel's corners are known
        bounds = []
        for axis, length in ((0, width), (1, height)):
            low, high = _range(*(places[:, :, axis] for places in (first, last)[: self.samples]))
            if not (high >= -0.5 and low < length - 0.5):
                return None
            start = max(0, math.floor(max(low, -1)) - margin)
            bounds.append((start, min(length, math.ceil(min(high, length)) + margin + 1)))
        (left, right), (top, bottom) = bounds
        return (slice(top, bottom), slice(left, right)), (left, top)

    def _inside(self, places: np.ndarray) -> np.ndarray:
        height, width = self.picture_shape
        x, y = places[:, :, 0], places[:, :, 1]
        with np.errstate(invalid="ignore"):
            return (x >= -0.5) & (y >= -0.5) & (x < width - 0.5) & (y < height - 0.5)

    def _at(
        self, pixels: np.ndarray, places: np.ndarray, left: int, top: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the values at positions, the nearest ones or interpolated."""
        inside = self._inside(places)
        x, y = _within(places, left, top, pixels.shape)
        if self.method == NEAREST:
            values = _nearest(pixels, x, y)
        else:
            x, y = x.astype(np.float32), y.astype(np.float32)
            values = resample(
                pixels, lambda part: cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            )
            values = values.reshape(*inside.shape, *pixels.shape[2:])
        values[~inside] = _missing(values.dtype)
        return values, inside

    def _mean(
        self, pixels: np.ndarray, x: np.ndarray, y: np.ndarray, left: int, top: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the means over the areas of the grid's pixels, from samples on a fine grid in each."""
        shape = (len(y), len(x))
        sums = np.zeros((*shape, *pixels.shape[2:]))
        weights, reached = np.zeros(sums.shape, np.int32), np.zeros(shape, np.int32)
        offsets = (np.arange(self.samples) + 0.5) / self.samples - 0.5
        for down in offsets:
            for across in offsets:
                places = on_grid(self.back, x + across, y + down)
                inside = self._inside(places)
                values = _nearest(pixels, *_within(places, left, top, pixels.shape)).astype(np.float64)
                exists = np.isfinite(values) & (inside if values.ndim == 2 else inside[:, :, None])
                sums += np.where(exists, values, 0)
                weights += exists
                reached += inside
        enough = 2 * weights >= self.samples**2
        means = np.where(enough, sums / np.maximum(weights, 1), np.nan)
        return _of_dtype(means, pixels.dtype), 2 * reached >= self.samples**2

    def _blank(self, picture: Any, height: int, width: int) -> np.ndarray:
        dtype = np.dtype(picture.dtype)
        return np.full((height, width, *picture.shape[2:]), _missing(dtype), dtype)

    def _steps(self) -> np.ndarray:
        """Return the Jacobians where the grid shows the picture: (n, 2, 2)."""
        left, right, bottom, top = image_extent(*self.grid_shape)
        axes = np.meshgrid(np.linspace(left, right, LATTICE), np.linspace(top, bottom, LATTICE))
        places = np.stack(axes, axis=2)
        shown = places[self._inside(self.back.apply(places).reshape(places.shape))]
        if not len(shown):  # it covers a small part of the grid, say
            left, right, bottom, top = image_extent(*self.picture_shape)
            axes = np.meshgrid(np.linspace(left, right, LATTICE), np.linspace(top, bottom, LATTICE))
            there = self.back.inverse().apply(np.stack(axes, axis=2).reshape(-1, 2))
            rows, columns = self.grid_shape
            x, y = there.T
            with np.errstate(invalid="ignore"):
                shown = there[(x >= -0.5) & (y >= -0.5) & (x < columns - 0.5) & (y < rows - 0.5)]
        found = jacobians(self.back, shown) if len(shown) else np.empty((0, 2, 2))
        return found[np.isfinite(found).all(axis=(1, 2))]


def _range(*positions: np.ndarray) -> tuple[float, float]:
    """Return the smallest and the largest position that is known; NaN if none is."""
    low = float(np.min([each.min() for each in positions]))  # NaN if one of them is
    high = float(np.max([each.max() for each in positions]))
    if math.isfinite(low - high):
        return low, high
    known = np.concatenate([each[np.isfinite(each)] for each in positions])
    return (float(known.min()), float(known.max())) if known.size else (math.nan, math.nan)


def _within(places: np.ndarray, left: int, top: int, shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns and rows of positions in a part of the picture; those outside are at its edge."""
    x, y = places[:, :, 0] - left, places[:, :, 1] - top
    for at, length in ((x, shape[1]), (y, shape[0])):
        np.clip(at, -0.5, length - 0.5, out=at)
        if np.isnan(at[0, 0]) or np.isnan(at.sum()):
            np.nan_to_num(at, copy=False)
    return x, y


def _nearest(pixels: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the values of the pixels in which positions lie."""
    column = np.minimum((x + 0.5).astype(np.intp), pixels.shape[1] - 1)  # positions are at least -0.5
    row = np.minimum((y + 0.5).astype(np.intp), pixels.shape[0] - 1)
    return pixels.reshape(-1, *pixels.shape[2:])[row * pixels.shape[1] + column]


def _missing(dtype: np.dtype) -> float:
    return math.nan if dtype.kind == "f" else 0


def _of_dtype(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return float64 values in a dtype: integers rounded, missing ones 0."""
    if dtype.kind == "f":
        return values.astype(dtype)
    rounded = np.nan_to_num(values)
    return rounded >= 0.5 if dtype.kind == "b" else np.rint(rounded).astype(dtype)
