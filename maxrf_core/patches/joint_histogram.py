"""Two maps against each other: how many pixels have which pair of values, and the pixels of a selection."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.errors import PatchError
from maxrf_core.language import _
from maxrf_core.patches.patch import as_rings

BINS = 128
TAILS = 0.001  # of the pixels at each end, which are counted in the outermost bins


@dataclass(frozen=True, eq=False)
class JointHistogram:
    """Number of pixels in each bin of two maps.

    Attributes
    ----------
    counts : ndarray, shape (bins of y, bins of x), int64
    x_edges, y_edges : ndarray, shape (bins + 1,), float64
        Edges of the bins, rising. The outermost bins hold what lies beyond them, too.
    """

    counts: np.ndarray
    x_edges: np.ndarray
    y_edges: np.ndarray


def joint_histogram(
    x: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, *, like: JointHistogram | None = None
) -> JointHistogram:
    """Return the joint histogram of two maps.

    Parameters
    ----------
    x, y : ndarray, shape (height, width)
        Pixels where one of them is missing are left out.
    mask : ndarray, shape (height, width), bool, optional
        Count only these pixels, such as those of a patch.
    like : JointHistogram, optional
        Use its bins.

    Raises
    ------
    PatchError
        If the maps differ in shape or have no pixel with both values.
    """
    if x.shape != y.shape or (mask is not None and mask.shape != x.shape):
        raise PatchError(_("Two maps of one scan are needed."))
    present = np.isfinite(x) & np.isfinite(y)
    if like is None and not present.any():
        raise PatchError(_("No pixel has a value in both maps."))
    edges = [_edges(values[present]) for values in (x, y)] if like is None else [like.x_edges, like.y_edges]
    if mask is not None:
        present &= mask
    bins = [
        np.clip(np.searchsorted(edge, values[present], side="right") - 1, 0, len(edge) - 2)
        for edge, values in zip(edges, (x, y), strict=True)
    ]
    across, down = (len(edge) - 1 for edge in edges)
    counts = np.bincount(bins[1] * across + bins[0], minlength=across * down).reshape(down, across)
    return JointHistogram(counts.astype(np.int64), *edges)


def pixels_in_polygon(x: np.ndarray, y: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Return the pixels whose pairs of values lie inside a polygon drawn in the joint histogram.

    Parameters
    ----------
    x, y : ndarray, shape (height, width)
    polygon : array_like, shape (n, 2)
        Corners, in values of x and y. The even-odd rule applies.

    Returns
    -------
    ndarray, shape (height, width), bool

    Raises
    ------
    PatchError
        If it has fewer than three corners.

    Examples
    --------
    >>> x, y = np.array([[1.0, 5.0]]), np.array([[1.0, 1.0]])
    >>> pixels_in_polygon(x, y, [(0, 0), (2, 0), (2, 2), (0, 2)])
    array([[ True, False]])
    """
    (ring,) = as_rings(polygon)
    low, high = ring.min(axis=0), ring.max(axis=0)
    with np.errstate(invalid="ignore"):
        near = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    to_x, to_y = (values.ravel()[near].astype(np.float64) for values in (x, y))
    inside: np.ndarray = np.zeros(len(near), bool)
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        crossed = np.flatnonzero((min(y0, y1) < to_y) & (to_y <= max(y0, y1)))
        share = (to_y[crossed] - y0) / (y1 - y0)  # of the side: a slope of a nearly level one would overflow
        inside[crossed] ^= x0 + share * (x1 - x0) <= to_x[crossed]
    found: np.ndarray = np.zeros(x.shape, bool)
    found.ravel()[near] = inside
    return found


def _edges(values: np.ndarray) -> np.ndarray:
    """Return the edges of bins over the values without their tails."""
    low, high = np.quantile(values.astype(np.float64), [TAILS, 1 - TAILS])
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)
