"""Pixel grid of a mosaic in the frame of its photograph, cut into tiles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.limits import MAX_PIXELS, max_pixels_text
from maxrf_core.language import _
from maxrf_core.mosaic.placed_scan import PlacedScan
from maxrf_core.transform.homography import Homography

TILE_SIDE = 512  # pixels

Tile = tuple[slice, slice]  # rows and columns of the grid


@dataclass(frozen=True)
class Grid:
    """Square pixels in the orientation of a photograph.

    Attributes
    ----------
    left, top : float
        Centre of the first pixel, in photograph pixels.
    scale : float
        Photograph pixels to a pixel of the grid, along a side.
    height, width : int
    """

    left: float
    top: float
    scale: float
    height: int
    width: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width

    @property
    def from_photo(self) -> Homography:
        """Transform from the photograph's pixels to those of the grid."""
        x, y = -self.left / self.scale, -self.top / self.scale
        return Homography(np.array([[1 / self.scale, 0, x], [0, 1 / self.scale, y], [0, 0, 1]]))

    def points(self, tile: Tile, parts: int = 1) -> np.ndarray:
        """Return the centres of a tile's pixels in the photograph.

        Parameters
        ----------
        tile : (slice, slice)
        parts : int
            Points along each side of a pixel.

        Returns
        -------
        ndarray, (rows · parts, columns · parts, 2), float64
            x, y in photograph pixels.

        Examples
        --------
        >>> Grid(10, 20, 2, 4, 4).points((slice(0, 1), slice(1, 3))).tolist()
        [[[12.0, 20.0], [14.0, 20.0]]]
        """
        inner = (np.arange(parts) + 0.5) / parts - 0.5
        y, x = ((np.arange(each.start, each.stop)[:, None] + inner).ravel() for each in tile)
        grid = np.stack(np.meshgrid(x, y), axis=2)
        return grid * self.scale + (self.left, self.top)

    def tiles(self, within: Tile | None = None, side: int = TILE_SIDE) -> Iterator[Tile]:
        """Yield tiles that cover a part of the grid, row by row."""
        rows, columns = within or (slice(0, self.height), slice(0, self.width))
        for top in range(rows.start, rows.stop, side):
            for left in range(columns.start, columns.stop, side):
                yield (
                    slice(top, min(top + side, rows.stop)),
                    slice(left, min(left + side, columns.stop)),
                )

    def box(self, outline: np.ndarray) -> Tile:
        """Return the smallest part of the grid that holds an outline in the photograph; it may be empty."""
        seen = self.from_photo.apply(outline)
        (x0, y0), (x1, y1) = np.floor(seen.min(axis=0) + 0.5), np.ceil(seen.max(axis=0) + 0.5)
        top, bottom = (int(np.clip(each, 0, self.height)) for each in (y0, y1))
        left, right = (int(np.clip(each, 0, self.width)) for each in (x0, x1))
        return slice(top, bottom), slice(left, right)


def grid_over(scans: Sequence[PlacedScan], pixel_mm: float | None = None) -> Grid:
    """Return the grid that holds all scans.

    Parameters
    ----------
    scans : sequence of PlacedScan
    pixel_mm : float, optional
        Millimetres of a pixel; by default a pixel is as large as one of the first scan.

    Raises
    ------
    RegistrationError
        If the first scan does not tell its pixel size and one is wanted, or the grid is too large.
    """
    first = scans[0]
    scale = first.scale
    if pixel_mm is not None:
        if first.pixel_size is None:
            words = _("{file} does not tell its pixel size, so that millimetres mean nothing; set it first.")
            raise RegistrationError(words.format(file=first.ds.path.name))
        if not 0 < pixel_mm < np.inf:
            raise RegistrationError(_("A pixel has a size above 0 mm, not {size}.").format(size=pixel_mm))
        scale *= pixel_mm / first.pixel_size
    outline = np.concatenate([scan.outline() for scan in scans])
    if not np.isfinite(outline).all():
        raise RegistrationError(_("One of the registrations has no finite place on the photograph."))
    (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
    width, height = (max(1, int(np.ceil(side / scale))) for side in (right - left, bottom - top))
    if width * height > MAX_PIXELS:
        words = _(
            "The mosaic has {width} × {height} pixels, and at most {limit} are made; choose larger ones."
        )
        raise RegistrationError(words.format(width=width, height=height, limit=max_pixels_text()))
    return Grid(float(left + scale / 2), float(top + scale / 2), float(scale), height, width)


def shared_box(one: Tile, other: Tile) -> Tile | None:
    """Return the part of a grid that two boxes share; None if there is none."""
    rows, columns = (
        slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(one, other, strict=True)
    )
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None
