"""Transforms one after the other, and their positions on the grid of a picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core.transform.homography import Homography
from maxrf_core.transform.lattice import interpolated_on_grid
from maxrf_core.transform.plane_transform import PlaneTransform

IDENTITY = Homography(np.eye(3))
MAX_GRID_ERROR = 0.002  # pixels of the result, of interpolated positions
DERIVATIVE_STEP = 0.5  # pixels to both sides


@dataclass(frozen=True, eq=False)
class Composed:
    """Several transforms of the plane, one after the other.

    Attributes
    ----------
    steps : tuple of PlaneTransform
        The first is applied first.
    """

    steps: tuple[PlaneTransform, ...]

    def apply(self, points: Any) -> np.ndarray:
        """Transform points, (n, 2) to (n, 2) float64; NaN where one of the steps has no value."""
        places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        for step in self.steps:
            places = step.apply(places)
        return places

    def inverse(self) -> "Composed":
        """Return the inverse transform."""
        return Composed(tuple(step.inverse() for step in reversed(self.steps)))

    def scale_at(self, point: Any) -> float:
        """Return the local scale, see `PlaneTransform.scale_at`."""
        place, scale = np.asarray(point, dtype=np.float64).reshape(1, 2), 1.0
        for step in self.steps:
            scale *= step.scale_at(place[0])
            place = step.apply(place)
        return scale


def compose(*steps: PlaneTransform) -> PlaneTransform:
    """Return one transform that applies others, the first one first.

    Parameters
    ----------
    *steps : PlaneTransform

    Returns
    -------
    PlaneTransform
        A `Homography` if all steps are homographies, which compose exactly; else a `Composed`, in which
        homographies beside each other are one step; the transform itself if there is one only.

    Examples
    --------
    >>> double = Homography([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    >>> compose(double, double).apply([[0, 0]])
    array([[1.5, 1.5]])
    """
    merged: list[PlaneTransform] = []
    for step in _flat(steps):
        before = merged[-1] if merged else None
        if isinstance(step, Homography) and isinstance(before, Homography):
            merged[-1] = step @ before
        else:
            merged.append(step)
    if not merged:
        return IDENTITY
    return merged[0] if len(merged) == 1 else Composed(tuple(merged))


def on_grid(transform: PlaneTransform, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Transform all points of equally spaced columns and rows.

    Parameters
    ----------
    transform : PlaneTransform
    x, y : ndarray, (columns,) and (rows,), float64

    Returns
    -------
    ndarray, (rows, columns, 2), float64
        Exact for homographies and piecewise affine transforms, else within 0.01 pixels of what the spline's
        `apply` returns (0.002 for inverse splines and composed transforms).

    Examples
    --------
    >>> on_grid(Homography(np.diag([2.0, 3.0, 1.0])), np.arange(2.0), np.arange(2.0))[1].tolist()
    [[0.0, 3.0], [2.0, 3.0]]
    """
    if isinstance(transform, Homography):
        return _flat_grid(transform.matrix, x, y)
    own = getattr(transform, "on_grid", None)
    if own is not None:
        positions: np.ndarray = own(x, y)
        return positions
    return interpolated_on_grid(transform.apply, x, y, MAX_GRID_ERROR)


def jacobians(transform: PlaneTransform, points: Any) -> np.ndarray:
    """Compute the derivatives of any transform at points, by central differences over one pixel.

    Parameters
    ----------
    transform : PlaneTransform
    points : array_like, (n, 2)

    Returns
    -------
    ndarray, (n, 2, 2), float64
        Of the transformed x and y, by x and by y.

    Examples
    --------
    >>> jacobians(Homography(np.diag([2.0, 3.0, 1.0])), [[5, 5]]).round(9).tolist()
    [[[2.0, 0.0], [0.0, 3.0]]]
    """
    places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    columns = [
        (transform.apply(places + step) - transform.apply(places - step)) / (2 * DERIVATIVE_STEP)
        for step in DERIVATIVE_STEP * np.eye(2)
    ]
    return np.stack(columns, axis=2)


def _flat(steps: tuple[PlaneTransform, ...]) -> list[PlaneTransform]:
    return [part for step in steps for part in (_flat(step.steps) if isinstance(step, Composed) else [step])]


def _flat_grid(matrix: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Transform a grid by a homography; a row and a column at a time are cheaper than all points."""
    across = matrix[:, :1] * x + matrix[:, 2:]  # (3, columns)
    down = matrix[:, 1:2] * y  # (3, rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 / (down[2][:, None] + across[2])
        places = np.empty((len(y), len(x), 2))
        for axis in (0, 1):
            np.multiply(down[axis][:, None] + across[axis], share, out=places[:, :, axis])
    return places
