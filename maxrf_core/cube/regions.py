"""Regions of pixels: rectangles, polygons and masks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.cube.shuffled_counts import mean_of_present
from maxrf_core.errors import DatastackError
from maxrf_core.language import _


def as_numbers(values: Any, what: str) -> np.ndarray:
    """Return an array of real numbers or booleans, or raise an error that begins with `what`."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        raise DatastackError(
            _("{what} is made of numbers, and this is not: {values!r:.200}").format(what=what, values=values)
        )
    return array


def whole_pixels(points: Any) -> np.ndarray:
    """Return pixels as integers, (n, 2), int64.

    Parameters
    ----------
    points : array_like, shape (n, 2) or (2,)
        Column x and row y of each pixel, whole numbers of any type.

    Raises
    ------
    DatastackError
        If they are not pairs of whole numbers: a position between pixels has no spectrum.

    Examples
    --------
    >>> whole_pixels([(3.0, 4)])
    array([[3, 4]])
    """
    pairs = as_numbers(points, _("A pixel"))
    if pairs.size == 0:
        return np.empty((0, 2), np.int64)
    if pairs.ndim not in (1, 2) or pairs.shape[-1] != 2 or pairs.dtype == bool:
        raise DatastackError(_("A pixel is a pair of numbers, its column x and its row y."))
    odd = ~(np.isfinite(pairs) & (np.abs(pairs) < 2**53) & (pairs == np.rint(pairs))).all(axis=-1)
    if odd.any():
        x, y = np.atleast_2d(pairs)[np.flatnonzero(odd)[0]].tolist()
        raise DatastackError(
            _(
                "A pixel's column and row are whole numbers, and ({x:g}, {y:g}) is between pixels: "
                "round them."
            ).format(x=x, y=y)
        )
    return np.atleast_2d(pairs).astype(np.int64)


def _is_mask(array: np.ndarray) -> bool:
    return array.dtype == bool or bool(array.size and np.isin(array, (0, 1)).all())


@dataclass(frozen=True, eq=False)
class Region:
    """Several pixels of a scan: a bounding rectangle and a mask.

    Attributes
    ----------
    rows, columns : slice
        The bounding rectangle.
    mask : ndarray, shape (rows, columns), bool, or None
        Pixels of the rectangle that belong to the region; None for all.
    """

    rows: slice
    columns: slice
    mask: np.ndarray | None = None

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        if self.mask is not None:
            return int(np.count_nonzero(self.mask))
        return (self.rows.stop - self.rows.start) * (self.columns.stop - self.columns.start)

    @classmethod
    def rectangle(cls, x0: int, y0: int, x1: int, y1: int) -> "Region":
        """Return the pixels from (x0, y0) to (x1, y1), both included: any two opposite corners.

        Raises
        ------
        DatastackError
            If one of the numbers is not whole.

        Examples
        --------
        >>> Region.rectangle(3, 5, 1, 5).pixels
        3
        """
        ((x0, y0), (x1, y1)) = whole_pixels([(x0, y0), (x1, y1)]).tolist()
        (x0, x1), (y0, y1) = sorted((x0, x1)), sorted((y0, y1))
        return cls(slice(y0, y1 + 1), slice(x0, x1 + 1))

    @classmethod
    def of_mask(cls, mask: ArrayLike) -> "Region":
        """Return the pixels at which a mask (height, width) of a whole scan is true, or 1.

        Raises
        ------
        DatastackError
            If there are none, or the mask holds values other than true and false, or 1 and 0.
        """
        mask = np.asarray(mask)
        if mask.ndim != 2 or not _is_mask(mask):
            raise DatastackError(
                _(
                    "A mask of pixels is an array of true and false, or 1 and 0, with two axes, rows "
                    "and columns."
                )
            )
        mask = mask.astype(bool, copy=False)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not len(rows):
            raise DatastackError(_("The region holds no pixel."))
        box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
        inside = mask[box]
        return cls(*box, None if inside.all() else inside.copy())

    @classmethod
    def polygon(cls, points: ArrayLike, shape: tuple[int, int]) -> "Region":
        """Return the pixels of a scan of `shape` (height, width) whose centres lie inside a polygon.

        Parameters
        ----------
        points : array_like, shape (n, 2)
            Corners x, y in any direction; the last one is joined to the first. If the polygon crosses itself,
            the even-odd rule applies.
        shape : tuple of int

        Raises
        ------
        DatastackError
            If that is not a polygon, or it contains no pixel.

        Examples
        --------
        >>> Region.polygon([(0.5, 0.5), (2.5, 0.5), (2.5, 1.5), (0.5, 1.5)], (4, 4))
        Region(rows=slice(1, 2, None), columns=slice(1, 3, None), mask=None)
        """
        corners = np.asarray(points, dtype=np.float64)
        if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
            raise DatastackError(_("A polygon is three corners or more, each with an x and a y."))
        return cls.of_mask(pixels_inside([corners], shape))

    @classmethod
    def of(cls, region: Any, shape: tuple[int, int]) -> "Region":
        """Return a region, a mask (height, width) or a polygon's corners (n, 2), inside a scan of `shape`.

        An array of the scan's shape that holds only 0 and 1 is a mask, never a polygon's corners.

        Raises
        ------
        DatastackError
            If it is none of these, or exceeds the scan.
        """
        if not isinstance(region, cls):
            array = as_numbers(region, _("A region"))
            is_mask = array.dtype == bool or (array.ndim == 2 and _is_mask(array))
            if not is_mask or (array.shape != shape and array.dtype != bool and array.shape[1] == 2):
                return cls.polygon(array, shape)
            if array.shape != shape:
                raise DatastackError(
                    _("The mask has {mask} pixels, and the scan {scan} (rows × columns).").format(
                        mask=" × ".join(map(str, array.shape)), scan=" × ".join(map(str, shape))
                    )
                )
            return cls.of_mask(array)
        (height, width), rows, columns = shape, region.rows, region.columns
        if rows.start < 0 or columns.start < 0 or rows.stop > height or columns.stop > width:
            raise DatastackError(
                _(
                    "The pixels from ({first_column}, {first_row}) to ({last_column}, {last_row}) are not "
                    "all inside the scan, whose last pixel is ({width}, {height})."
                ).format(
                    first_column=columns.start,
                    first_row=rows.start,
                    last_column=columns.stop - 1,
                    last_row=rows.stop - 1,
                    width=width - 1,
                    height=height - 1,
                )
            )
        return region

    def within(self, rows: slice, columns: slice) -> tuple[slice, slice] | np.ndarray | None:
        """Return the pixels of a tile that are in the region, relative to the tile; None if there are none.

        Returns
        -------
        tuple of slice, or ndarray of bool (rows, columns), or None
        """
        top, bottom = max(rows.start, self.rows.start), min(rows.stop, self.rows.stop)
        left, right = max(columns.start, self.columns.start), min(columns.stop, self.columns.stop)
        if top >= bottom or left >= right:
            return None
        part = (
            slice(top - rows.start, bottom - rows.start),
            slice(left - columns.start, right - columns.start),
        )
        if self.mask is None:
            return part
        here = (slice(top - self.rows.start, bottom - self.rows.start),
                slice(left - self.columns.start, right - self.columns.start))  # fmt: skip
        inside = self.mask[here]
        if not inside.any():
            return None
        tile = np.zeros((rows.stop - rows.start, columns.stop - columns.start), bool)
        tile[part] = inside
        return tile


@dataclass(frozen=True, eq=False)
class RegionSpectrum:
    """Sum, mean and maximum of the spectra of several pixels.

    Missing values (NaN or infinite, in a cube of floats) are left out; if all are missing, the sum, the mean
    and the maximum are NaN.

    Attributes
    ----------
    pixels : int
        Number of pixels.
    sum : ndarray, shape (channels,)
        In 64 bits, exact; beyond 2**53 in a cube of 64-bit integers rounded to float64.
    mean : ndarray, shape (channels,), float64
        Counts per pixel, over the pixels with a value.
    max : ndarray, shape (channels,)
        The highest count, in the cube's dtype.
    missing : ndarray, shape (channels,), int64
        Number of pixels without a value.
    """

    pixels: int
    sum: np.ndarray
    mean: np.ndarray
    max: np.ndarray
    missing: np.ndarray

    @classmethod
    def of(cls, pixels: int, total: np.ndarray, highest: np.ndarray, missing: np.ndarray) -> "RegionSpectrum":
        """Return the spectrum of several pixels from their sum, maximum and number of missing values."""
        if not missing.any():
            return cls(pixels, total, total / pixels, highest, missing)
        total = np.where(missing == pixels, np.nan, total)
        return cls(pixels, total, mean_of_present(total, missing, pixels), highest, missing)

    def without(self, pixels: int) -> "RegionSpectrum":
        """Return the same spectrum if so many of its pixels were never measured, and hold no counts."""
        if not pixels:
            return self
        missing = np.minimum(self.missing + pixels, self.pixels)
        if (missing == self.pixels).any():
            return RegionSpectrum.of(self.pixels, self.sum, self.max, missing)
        mean = mean_of_present(self.sum, missing, self.pixels)
        return RegionSpectrum(self.pixels, self.sum, mean, self.max, missing)
