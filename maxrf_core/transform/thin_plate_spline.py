"""How is a photograph bent smoothly onto the map of a warped panel or a cockled sheet of paper?

The thin-plate spline is fitted from the map to the photograph, since every pixel of the result asks for its
place in the photograph. The way from the photograph to the map is the way back through it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from scipy.interpolate import RBFInterpolator

COARSEST = 16  # pixels between the nodes from which the spline is interpolated
EXACT_ENOUGH = 0.01  # photograph pixels by which the interpolated spline may be off
AT_A_TIME = 5_000  # points
NEWTON_STEPS = 60
ARRIVED = 1e-12  # part of the largest coordinate within which the way back is found


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
        What the plate does far away: a constant, and what x and y are multiplied by.
    """

    nodes: np.ndarray
    weights: np.ndarray
    affine: np.ndarray

    @classmethod
    def through(cls, nodes: np.ndarray, values: np.ndarray) -> "ThinPlateSpline":
        """Lay the plate through values.

        Parameters
        ----------
        nodes : ndarray, (n, 2), float64
            Three or more, on different spots and not all on one line.
        values : ndarray, (n, k), float64
            What the spline gives at the nodes; (n, 2) for a transform of the plane.

        Returns
        -------
        ThinPlateSpline

        Examples
        --------
        >>> corners = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [4, 4]])
        >>> moved = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [5, 4]])
        >>> plate = ThinPlateSpline.through(corners, moved)
        >>> np.round(plate.apply([[4, 4], [4, 2]]), 3)
        array([[5.   , 4.   ],
               [4.756, 2.   ]])
        """
        from scipy.interpolate import RBFInterpolator  # takes 0.5 s, and most photographs need none of it

        solved = RBFInterpolator(nodes, values, kernel="thin_plate_spline", degree=1)
        return cls(nodes, *_coefficients(solved))

    def apply(self, points: Any) -> np.ndarray:
        """Transform points.

        Parameters
        ----------
        points : array_like, (m, 2)

        Returns
        -------
        ndarray, (m, k), float64
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        bent = self.affine[0] + points @ self.affine[1:]
        for first in range(0, len(points), AT_A_TIME):
            some = slice(first, first + AT_A_TIME)
            bent[some] += _bending(points[some], self.nodes) @ self.weights
        return bent

    def jacobian(self, points: np.ndarray) -> np.ndarray:
        """Give the derivatives at points.

        Parameters
        ----------
        points : ndarray, (m, 2), float64

        Returns
        -------
        ndarray, (m, k, 2), float64
            Of each value, along x and along y.
        """
        away = points[:, None] - self.nodes
        steepness = 1 + np.log(np.maximum(np.sum(away**2, axis=2), np.finfo(float).tiny))
        return self.affine[1:].T + np.einsum("mn,mnd,nk->mkd", steepness, away, self.weights)

    def on_grid(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Transform all points of a grid, interpolated between nodes as far apart as precision allows.

        Parameters
        ----------
        x, y : ndarray, (columns,) and (rows,), float64
            Equally spaced, one pixel apart or so.

        Returns
        -------
        ndarray, (rows, columns, k), float64
            Within 0.01 of what `apply` gives.
        """
        step = COARSEST
        nodes, lattice = self._lattice(x, y, step)
        while step > 1 and self._misses(nodes, lattice) > EXACT_ENOUGH:
            step //= 2
            nodes, lattice = self._lattice(x, y, step)
        fine = cv2.resize(
            lattice, (lattice.shape[1] * step, lattice.shape[0] * step)
        )  # linear, exact in float64
        return fine[step : step + len(y), step : step + len(x)]

    def inverse(self) -> "WayBack":
        """Give the transform back.

        Returns
        -------
        WayBack
        """
        return WayBack(self)

    def scale_at(self, point: Any) -> float:
        """Give the local scale, the geometric mean of all directions.

        Parameters
        ----------
        point : array_like, (2,)

        Returns
        -------
        float
        """
        where = np.asarray(point, dtype=np.float64).reshape(1, 2)
        return float(np.sqrt(abs(np.linalg.det(self.jacobian(where)[0]))))

    def numbers(self) -> dict[str, list]:
        """Give what tells the spline besides its nodes, as lists: its weights and its affine part."""
        return {"spline_weights": self.weights.tolist(), "spline_affine": self.affine.tolist()}

    def _lattice(self, x: np.ndarray, y: np.ndarray, step: int) -> tuple[list[np.ndarray], np.ndarray]:
        """Transform nodes in the middle of every `step` columns and rows, and one more all around."""
        nodes = []
        for axis in (x, y):
            apart = axis[1] - axis[0] if len(axis) > 1 else 1.0
            count = -(-len(axis) // step) + 2
            nodes.append(axis[0] + ((np.arange(count) - 0.5) * step - 0.5) * apart)
        return nodes, self._at(*nodes)

    def _misses(self, nodes: list[np.ndarray], lattice: np.ndarray) -> float:
        """Tell how far off the interpolation is in the middle between nodes, along and down together."""
        across, down = ((axis[1:] + axis[:-1]) / 2 for axis in nodes)
        between = self._at(across, nodes[1]), self._at(nodes[0], down)
        guessed = (lattice[:, 1:] + lattice[:, :-1]) / 2, (lattice[1:] + lattice[:-1]) / 2
        return sum(float(np.abs(one - other).max()) for one, other in zip(between, guessed, strict=True))

    def _at(self, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        places = np.stack(np.meshgrid(columns, rows), axis=2)
        return self.apply(places).reshape(len(rows), len(columns), -1)


@dataclass(frozen=True, eq=False)
class WayBack:
    """The way back through a thin-plate spline, found by Newton's method.

    Attributes
    ----------
    spline : ThinPlateSpline
        From the map to the photograph, if this is the way from the photograph to the map.
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
            NaN where there is no way back, since the spline folds there.

        Examples
        --------
        >>> corners = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [4, 4]])
        >>> moved = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [5, 4]])
        >>> back = ThinPlateSpline.through(corners, moved).inverse()
        >>> np.round(back.apply([[5, 4], [8, 8]]), 9)
        array([[4., 4.],
               [8., 8.]])
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        parts = [self._found(points[first : first + AT_A_TIME]) for first in range(0, len(points), AT_A_TIME)]
        return np.concatenate(parts) if parts else np.empty((0, 2))

    def inverse(self) -> ThinPlateSpline:
        """Give the spline itself."""
        return self.spline

    def scale_at(self, point: Any) -> float:
        """Give the local scale, the geometric mean of all directions.

        Parameters
        ----------
        point : array_like, (2,)

        Returns
        -------
        float
        """
        return 1 / self.spline.scale_at(self.apply(point)[0])

    def numbers(self) -> dict[str, list]:
        """Give what tells the spline besides its nodes, as lists."""
        return self.spline.numbers()

    def _found(self, wanted: np.ndarray) -> np.ndarray:
        """Walk from where the affine part alone would lead; a step that leads astray is made smaller."""
        affine = self.spline.affine
        here = np.linalg.solve(affine[1:].T, (wanted - affine[0]).T).T
        missed = self.spline.apply(here) - wanted
        share = np.ones(len(wanted))
        near = ARRIVED * max(1.0, float(np.abs(wanted).max(initial=0)))
        for _ in range(NEWTON_STEPS):
            far = np.flatnonzero(np.hypot(*missed.T) > near)
            if not len(far):
                break
            there = here[far] - share[far, None] * _solved(self.spline.jacobian(here[far]), missed[far])
            left = self.spline.apply(there) - wanted[far]
            nearer = np.hypot(*left.T) < np.hypot(*missed[far].T)
            here[far[nearer]], missed[far[nearer]] = there[nearer], left[nearer]
            share[far] = np.where(nearer, np.minimum(1, 2 * share[far]), share[far] / 4)
        here[np.hypot(*missed.T) > 1e3 * near] = np.nan
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


def _bending(points: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Give r² log r for the distance r of each point from each node: (points, nodes)."""
    squared = np.square(points[:, None, 0] - nodes[:, 0]) + np.square(points[:, None, 1] - nodes[:, 1])
    return 0.5 * squared * np.log(np.maximum(squared, np.finfo(float).tiny))


def _solved(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Solve for 2×2 matrices, some of which may be singular: (m, 2)."""
    (a, b), (c, d) = matrices.transpose(1, 2, 0)
    determinants = a * d - b * c
    determinants[determinants == 0] = np.finfo(float).tiny
    x, y = vectors.T
    return np.stack([d * x - b * y, a * y - c * x], axis=1) / determinants[:, None]
