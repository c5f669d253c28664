"""Pixels inside polygons."""

from collections.abc import Sequence

import numpy as np

from maxrf_core.errors import DatastackError
from maxrf_core.language import _

MAX_CROSSINGS = 100_000_000  # of outlines with rows of pixels; more would take minutes
CROSSINGS_AT_A_TIME = 1_000_000


def pixels_inside(rings: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Return the pixels whose centres lie inside an outline, by the even-odd rule.

    Centres on an upper or a left edge are inside, those on a lower or a right edge are not, so that polygons
    that share an edge share no pixel and leave none out.

    Parameters
    ----------
    rings : sequence of ndarray, shape (n, 2)
        Corners x, y, finite; the last one of each ring is joined to its first. A ring inside another is a
        hole.
    shape : tuple of int
        Height and width of the scan.

    Returns
    -------
    ndarray, shape (height, width), bool

    Raises
    ------
    DatastackError
        If the outline is too long.

    Examples
    --------
    >>> square = np.array([[0.0, 0], [2, 0], [2, 2], [0, 2]])
    >>> pixels_inside([square], (3, 3)).astype(int)
    array([[1, 1, 0],
           [1, 1, 0],
           [0, 0, 0]])
    """
    height, width = shape
    # Each edge toggles all pixels to its right; as uint8 the number of edges overflows, its parity does not.
    flips = np.zeros(height * (width + 1), np.uint8)
    starts = np.concatenate(rings)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    upwards = (starts[:, 1] > ends[:, 1])[:, np.newaxis]
    tops, bottoms = np.where(upwards, ends, starts), np.where(upwards, starts, ends)
    first, last = (np.clip(np.ceil(y), 0, height).astype(np.int64) for y in (tops[:, 1], bottoms[:, 1]))
    crossed = np.flatnonzero(last > first)
    total = np.cumsum(last[crossed] - first[crossed])
    if len(total) and total[-1] > MAX_CROSSINGS:
        raise DatastackError(_("The outline is too long: draw it with fewer corners."))
    cuts = np.searchsorted(total, np.arange(CROSSINGS_AT_A_TIME, total[-1] if len(total) else 0,
                                            CROSSINGS_AT_A_TIME))  # fmt: skip
    for edges in np.split(crossed, cuts):
        rows_of_each = last[edges] - first[edges]
        edge = np.repeat(edges, rows_of_each)
        begins = np.cumsum(rows_of_each) - rows_of_each
        row = np.arange(len(edge)) - np.repeat(begins, rows_of_each) + first[edge]
        (x0, y0), (x1, y1) = tops[edge].T, bottoms[edge].T
        crossing = x0 + (x1 - x0) * ((row - y0) / (y1 - y0))  # the last part is at most 1, however flat
        column = np.clip(np.ceil(crossing), 0, width).astype(np.int64)
        np.add.at(flips, row * (width + 1) + column, np.uint8(1))
    parity = np.bitwise_xor.accumulate(flips.reshape(height, width + 1) & 1, axis=1)
    return parity[:, :width].astype(bool)
