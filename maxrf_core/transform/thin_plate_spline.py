"""Thin-plate spline: a smooth elastic transform, for warped panels and cockled paper.

The spline is fitted from the map to the photograph, since rendering needs the position in the photograph of
every pixel of the result. The transform from the photograph to the map is its numerical inverse.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from maxrf_core.transform.lattice import interpolated_on_grid

if TYPE_CHECKING:
    from scipy.interpolate import RBFInterpolator

MAX_GRID_ERROR = 0.01  # photograph pixels, of an interpolated grid
MAX_INVERSE_ERROR = 0.002  # map pixels, which are larger
MAX_POINTS_AT_ONCE = 5_000
MAX_ITERATIONS = 60
TOLERANCE = 1e-12  # of the inverse, part of the largest coordinate


@dataclass(frozen=True, eq=False)
class ThinPlateSpline:
    """The surface of least bending through given values (Bookstein 1989, IEEE PAMI 11, 567).

    It is ``affine · (1, x, y) + Σ weights · r² log r``, r being the distance from each node in pixels.

    Attributes
    ----------
    nodes : ndarray, (n, 2), float64
        x, y in pixels.
    weights : ndarray, (n, k), float64
    affine : ndarray, (3, k), float64
        The affine part: a constant, and the factors of x and y.
    """

    nodes: np.ndarray
    weights: np.ndarray
    affine: np.ndarray

    @classmethod
    def fit(cls, nodes: np.ndarray, values: np.ndarray) -> "ThinPlateSpline":
        """Fit the spline through given values.

        Parameters
        ----------
        nodes : ndarray, (n, 2), float64
            Three or more, on different spots and not all on one line.
        values : ndarray, (n, k), float64
            Values at the nodes; (n, 2) for a transform of the plane.

        Returns
        -------
        ThinPlateSpline

        Examples
        --------
        >>> corners = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [4, 4]])
        >>> moved = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [5, 4]])
        >>> spline = ThinPlateSpline.fit(corners, moved)
        >>> np.round(spline.apply([[4, 4], [4, 2]]), 3)
        array([[5.   , 4.   ],
               [4.756, 2.   ]])
        """
        from scipy.interpolate import RBFInterpolator  # imported late: it takes 0.5 s

        solved = RBFInterpolator(nodes, values, kernel="thin_plate_spline", degree=1)
        return cls(nodes, *_coefficients(solved))

    def apply(self, points: Any) -> np.ndarray:
        """Transform points, (m, 2) to (m, k) float64."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        bent = self.affine[0] + points @ self.affine[1:]
        for first in range(0, len(points), MAX_POINTS_AT_ONCE):
            some = slice(first, first + MAX_POINTS_AT_ONCE)
            bent[some] += _kernel(points[some], self.nodes) @ self.weights
        return bent

    def jacobian(self, points: np.ndarray) -> np.ndarray:
        """Return the derivatives at points.

        Parameters
        ----------
        points : ndarray, (m, 2), float64

        Returns
        -------
        ndarray, (m, k, 2), float64
            Of each value, by x and by y.
        """
        away = points[:, None] - self.nodes
        steepness = 1 + np.log(np.maximum(np.sum(away**2, axis=2), np.finfo(float).tiny))
        return self.affine[1:].T + np.einsum("mn,mnd,nk->mkd", steepness, away, self.weights)

    def on_grid(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Transform all points of a grid, by linear interpolation between nodes.

        Parameters
        ----------
        x, y : ndarray, (columns,) and (rows,), float64
            Equally spaced, one pixel apart or so.

        Returns
        -------
        ndarray, (rows, columns, k), float64
            Within 0.01 of the result of `apply`.
        """
        return interpolated_on_grid(self.apply, x, y, MAX_GRID_ERROR)

    def inverse(self) -> "InverseThinPlateSpline":
        """Return the inverse transform."""
        return InverseThinPlateSpline(self)

    def scale_at(self, point: Any) -> float:
        """Return the local scale, see `PlaneTransform.scale_at`."""
        where = np.asarray(point, dtype=np.float64).reshape(1, 2)
        return float(np.sqrt(abs(np.linalg.det(self.jacobian(where)[0]))))

    def params(self) -> dict[str, list]:
        """Return the parameters as they are stored beside the nodes: weights and affine part as lists."""
        return {"spline_weights": self.weights.tolist(), "spline_affine": self.affine.tolist()}


@dataclass(frozen=True, eq=False)
class InverseThinPlateSpline:
    """The inverse of a thin-plate spline, computed by Newton's method.

    Attributes
    ----------
    spline : ThinPlateSpline
        From the map to the photograph, if this transform is from the photograph to the map.
    """

    spline: ThinPlateSpline

    def apply(self, points: Any) -> np.ndarray:
        """Transform points.

        Parameters
        ----------
        points : array_like, (m, 2)

        Returns
        -------
        ndarray, (m, 2), float64
            NaN where the spline has no inverse since it folds.

        Examples
        --------
        >>> corners = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [4, 4]])
        >>> moved = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [5, 4]])
        >>> back = ThinPlateSpline.fit(corners, moved).inverse()
        >>> np.round(back.apply([[5, 4], [8, 8]]), 9)
        array([[4., 4.],
               [8., 8.]])
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        parts = [
            self._solve(points[first : first + MAX_POINTS_AT_ONCE])
            for first in range(0, len(points), MAX_POINTS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty((0, 2))

    def on_grid(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Transform all points of a grid as `ThinPlateSpline.on_grid`, within 0.002 of `apply`."""
        return interpolated_on_grid(self.apply, x, y, MAX_INVERSE_ERROR)

    def inverse(self) -> ThinPlateSpline:
        """Return the spline itself."""
        return self.spline

    def scale_at(self, point: Any) -> float:
        """Return the local scale, see `PlaneTransform.scale_at`."""
        return 1 / self.spline.scale_at(self.apply(point)[0])

    def params(self) -> dict[str, list]:
        """Return the parameters of the spline as they are stored, see `ThinPlateSpline.params`."""
        return self.spline.params()

    def _solve(self, wanted: np.ndarray) -> np.ndarray:
        """Solve by damped Newton steps, starting from the inverse of the affine part."""
        affine = self.spline.affine
        here = np.linalg.solve(affine[1:].T, (wanted - affine[0]).T).T
        residual = self.spline.apply(here) - wanted
        share = np.ones(len(wanted))
        near = TOLERANCE * max(1.0, float(np.abs(wanted).max(initial=0)))
        for _ in range(MAX_ITERATIONS):
            far = np.flatnonzero(np.hypot(*residual.T) > near)
            if not len(far):
                break
            there = here[far] - share[far, None] * _solve_2x2(self.spline.jacobian(here[far]), residual[far])
            left = self.spline.apply(there) - wanted[far]
            nearer = np.hypot(*left.T) < np.hypot(*residual[far].T)
            here[far[nearer]], residual[far[nearer]] = there[nearer], left[nearer]
            share[far] = np.where(nearer, np.minimum(1, 2 * share[far]), share[far] / 4)
        here[np.hypot(*residual.T) > 1e3 * near] = np.nan
        return here


def _coefficients(solved: "RBFInterpolator") -> tuple[np.ndarray, np.ndarray]:
    """Return the weights and the affine part that scipy computed; it has no public access to them.

    They are stored in datastacks, and the Jacobian follows from them. requirements.txt bounds scipy for this.
    """
    count = len(solved.y)
    weights, affine = solved._coeffs[:count], solved._coeffs[count:]
    linear = affine[1:] / np.asarray(solved._scale)[:, None]  # scipy shifts and scales x and y to -1 … 1
    constant = affine[0] - np.asarray(solved._shift) @ linear
    return weights, np.vstack([constant, linear])


def _kernel(points: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Compute r² log r for the distance r of each point from each node: (points, nodes)."""
    squared = np.square(points[:, None, 0] - nodes[:, 0]) + np.square(points[:, None, 1] - nodes[:, 1])
    return 0.5 * squared * np.log(np.maximum(squared, np.finfo(float).tiny))


def _solve_2x2(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Solve equations with 2×2 matrices, some of which may be singular: (m, 2)."""
    (a, b), (c, d) = matrices.transpose(1, 2, 0)
    determinants = a * d - b * c
    determinants[determinants == 0] = np.finfo(float).tiny
    x, y = vectors.T
    return np.stack([d * x - b * y, a * y - c * x], axis=1) / determinants[:, None]
