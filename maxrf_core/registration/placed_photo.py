"""A registered photograph with its place on the map: read in parts, and laid on a grid of the map.

A photograph may be too large to be read whole: parts of it are read some rows at a time, as means of blocks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import PictureError
from maxrf_core.imaging.display import display_limits, to_display
from maxrf_core.imaging.resample import block_averages
from maxrf_core.language import _
from maxrf_core.names import Entry
from maxrf_core.registration.compare import resample_to_map
from maxrf_core.registration.stored import RegisteredPhoto, registered_photos
from maxrf_core.transform.coordinates import Extent, image_extent, image_to_map, map_to_image

AT_ONCE = 16_000_000  # bytes that are read at a time
OVERVIEW = 1600  # pixels to a side, at most, of the copy that tells what is black and white


@dataclass(frozen=True, eq=False)
class PlacedPhoto:
    """A photograph that was registered on the maps of a scan.

    Attributes
    ----------
    ds : DataStack
    name : str
        Of the array, exactly.
    shape : (height, width)
        In its own pixels.
    extent : (left, right, bottom, top)
        Its outer edges in map pixels.
    arrays : RegisteredPhoto
        The arrays of its registration.
    """

    ds: DataStack
    name: str
    shape: tuple[int, int]
    extent: Extent
    arrays: RegisteredPhoto

    @property
    def fineness(self) -> float:
        """Its pixels to a map pixel, across."""
        return self.shape[1] / abs(self.extent[1] - self.extent[0])

    @cached_property
    def limits(self) -> tuple[float, float] | None:
        """What is shown as black and white; None for 8 bits, which are shown as they are."""
        if np.dtype(_entry(self.ds, self.name).dtype) in (np.uint8, np.bool_):
            return None
        height, width = self.shape
        block = math.ceil(max(height, width) / OVERVIEW)
        return display_limits(self.read(slice(0, height), slice(0, width), block))

    def read(self, rows: slice, columns: slice, block: int = 1, array: Any = None) -> np.ndarray:
        """Read a part, its blocks averaged.

        Parameters
        ----------
        rows, columns : slice
            From the first pixel to the one after the last.
        block : int
            Pixels to a side of a block; the last ones are filled up with the pixels at the edge.
        array : array_like, optional
            The photograph's pixels, where they are known already.

        Returns
        -------
        ndarray, (ceil(rows / block), ceil(columns / block)) or more
            Of the photograph's dtype and channels.
        """
        entry = _entry(self.ds, self.name)
        if array is None:  # only colours can be read in parts
            array = self.ds.read(self.name, latest=False, compute=len(entry.shape) == 2)
        row = math.prod(entry.shape[1:]) * np.dtype(entry.dtype).itemsize
        step = max(1, AT_ONCE // (row * block)) * block
        tops = range(rows.start, rows.stop, step)
        bands = (np.asarray(array[top : min(top + step, rows.stop), columns]) for top in tops)
        return np.concatenate([block_averages(band, block) for band in bands])

    def on_map(self, left: float, top: float, scale: float, shape: tuple[int, int]) -> np.ndarray:
        """Return its pixels on a grid of the map.

        Parameters
        ----------
        left, top : float
            Outer edges of the grid, in map pixels.
        scale : float
            Pixels of the grid to a map pixel, along a side.
        shape : (height, width)
            Of the grid.

        Returns
        -------
        ndarray, (height, width, 4), uint8
            Red, green, blue, and opacity: 0 where the photograph does not reach.
        """
        height, width = shape
        edges = [[left, top], [left + width / scale, top + height / scale]]
        first, last = np.sort(map_to_image(edges, self.extent, self.shape), axis=0) + 0.5
        block = max(1, math.floor(self.fineness / scale))
        (x0, x1), (y0, y1) = (
            _blocks(first[axis], last[axis], self.shape[1 - axis], block) for axis in (0, 1)
        )
        if x0 >= x1 or y0 >= y1:
            return np.zeros((*shape, 4), np.uint8)
        shown = to_display(self.read(slice(y0, y1), slice(x0, x1), block), self.limits)
        return lay_on_grid(shown, self.part_extent(x0, y0, block, shown.shape), (left, top), scale, shape)

    def part_extent(self, left: int, top: int, block: int, shape: Sequence[int]) -> Extent:
        """Return the outer edges, in map pixels, of a part that was read; its last blocks may reach further.

        Parameters
        ----------
        left, top : int
            Its first pixel.
        block : int
        shape : (height, width) or more
            Of what was read.
        """
        return part_extent(self.extent, self.shape, (left, top), block, shape)


def part_extent(
    extent: Extent, whole: Sequence[int], first: tuple[int, int], block: int, shape: Sequence[int]
) -> Extent:
    """Return the outer edges, in map pixels, of a part of a picture whose blocks were averaged.

    Parameters
    ----------
    extent : (left, right, bottom, top)
        Of the whole picture, in map pixels.
    whole : (height, width)
        Of the whole picture.
    first : (left, top)
        First pixel of the part.
    block : int
        Pixels to a side of a block.
    shape : (height, width) or more
        Of the part, in blocks.

    Examples
    --------
    >>> part_extent((-0.5, 9.5, 4.5, -0.5), (10, 20), (4, 2), 2, (3, 5))
    (1.5, 6.5, 3.5, 0.5)
    """
    left, top = first[0] - 0.5, first[1] - 0.5
    corners = [[left, top], [left + shape[1] * block, top + shape[0] * block]]
    (left, top), (right, bottom) = image_to_map(corners, extent, whole).tolist()
    return left, right, bottom, top


def lay_on_grid(
    image: np.ndarray, extent: Extent, origin: tuple[float, float], scale: float, shape: tuple[int, int]
) -> np.ndarray:
    """Resample a picture that lies on the map to a grid of the map.

    Parameters
    ----------
    image : ndarray, (height, width, 3), uint8
    extent : (left, right, bottom, top)
        Its outer edges in map pixels.
    origin : (left, top)
        Outer edges of the grid, in map pixels.
    scale : float
        Pixels of the grid to a map pixel, along a side.
    shape : (height, width)
        Of the grid.

    Returns
    -------
    ndarray, (height, width, 4), uint8
        Red, green, blue, and opacity: 0 where the picture does not reach.
    """
    left, top = origin
    placed = ((np.array(extent) - np.array([left, left, top, top])) * scale - 0.5).tolist()
    pixels = np.zeros((*shape, 4), np.uint8)
    for number, band in enumerate(np.moveaxis(image, 2, 0)):
        laid = resample_to_map(band, placed, shape)
        exists = np.isfinite(laid)
        pixels[..., number] = np.rint(np.where(exists, laid, 0))
    pixels[..., 3] = np.where(exists, 255, 0)
    pixels[~exists] = 0
    return pixels


def placed_photos(ds: DataStack) -> dict[str, RegisteredPhoto]:
    """Return the registered photographs of a scan by name, see `registered_photos`."""
    return {photo.name: photo for photo in registered_photos(ds)}


def placed_photo(ds: DataStack, name: str) -> PlacedPhoto:
    """Return a registered photograph with its place on the maps.

    Raises
    ------
    PictureError
        If the scan has none of that name.
    """
    found = placed_photos(ds)
    if name not in found:
        words = _("The scan has no registered photograph {name!r:.60}; it has: {listed}.")
        raise PictureError(words.format(name=name, listed=", ".join(found) or "–"))
    height, width = _entry(ds, name).shape[:2]
    return PlacedPhoto(ds, name, (height, width), _extent_of(ds, found[name]), found[name])


def _extent_of(ds: DataStack, arrays: RegisteredPhoto) -> Extent:
    """Read its extent; without a valid one it was warped onto the whole map."""
    kept = None if arrays.extent is None else _entry(ds, arrays.extent)
    if kept is not None and kept.shape == (4,) and kept.dtype != "text":
        left, right, bottom, top = (float(edge) for edge in ds.read(kept.name, latest=False))
        if math.isfinite((right - left) * (bottom - top)) and left != right and bottom != top:
            return left, right, bottom, top
    return image_extent(*ds.shape[:2])


def _entry(ds: DataStack, name: str) -> Entry:
    return next(entry for entry in ds.entries() if entry.name == name)


def _blocks(first: float, last: float, length: int, block: int) -> tuple[int, int]:
    """Return the pixels of whole blocks that hold a range, and of one block more to each side."""
    start = max(0, (math.floor(first) // block - 1) * block)
    stop = min(length, (math.ceil(last / block) + 1) * block)
    return start, max(start, stop) if last > 0 and first < length else start
