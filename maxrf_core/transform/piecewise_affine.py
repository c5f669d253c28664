"""Piecewise affine transform, in which each pair of points acts only on the triangles around it.

The points on the map are the nodes of a Delaunay triangulation; each triangle has its own affine transform. A
frame of four more nodes around them follows the affine transform that fits all points best, so that the
transform is continuous beyond the outermost points.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

EDGE_TOLERANCE = -1e-9  # smallest barycentric coordinate of a point that belongs to a triangle


@dataclass(frozen=True, eq=False)
class PiecewiseAffine:
    """A transform that is affine in each triangle, and continuous.

    Attributes
    ----------
    nodes : ndarray, (n + 4, 2), float64
        x, y in pixels; the last four are the corners of the frame.
    values : ndarray, (n + 4, k), float64
        Values of the transform at the nodes.
    triangles : ndarray, (m, 3), int
        Indices of the nodes of each triangle.
    affine : ndarray, (3, k), float64
        The transform beyond the frame: a constant, and the factors of x and y.
    """

    nodes: np.ndarray
    values: np.ndarray
    triangles: np.ndarray
    affine: np.ndarray

    @classmethod
    def fit(cls, nodes: np.ndarray, values: np.ndarray) -> "PiecewiseAffine":
        """Triangulate nodes with given values.

        Parameters
        ----------
        nodes : ndarray, (n, 2), float64
            Three or more, on different spots and not all on one line.
        values : ndarray, (n, k), float64
            Values at the nodes; (n, 2) for a transform of the plane.

        Returns
        -------
        PiecewiseAffine

        Examples
        --------
        >>> corners = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [4, 4]])
        >>> moved = np.array([[0.0, 0], [8, 0], [0, 8], [8, 8], [5, 4]])
        >>> bent = PiecewiseAffine.fit(corners, moved)
        >>> np.round(bent.apply([[4, 4], [2, 2], [8, 0], [7, 0]]), 9)
        array([[5. , 4. ],
               [2.5, 2. ],
               [8. , 0. ],
               [7. , 0. ]])
        """
        from scipy.spatial import Delaunay  # imported late: it takes 0.2 s, and few photographs need it

        middle = nodes.mean(axis=0)
        affine = np.linalg.lstsq(_flat(nodes - middle), values, rcond=None)[0]
        affine[0] -= middle @ affine[1:]
        low, high = nodes.min(axis=0), nodes.max(axis=0)
        (left, top), (right, bottom) = 2 * low - high, 2 * high - low
        frame = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        all_nodes = np.vstack([nodes, frame])
        all_values = np.vstack([values, _flat(frame) @ affine])
        return cls(all_nodes, all_values, Delaunay(all_nodes).simplices.astype(np.int64), affine)

    def apply(self, points: Any) -> np.ndarray:
        """Transform points, (m, 2) to (m, k) float64."""
        flat = _flat(np.asarray(points, dtype=np.float64).reshape(-1, 2))
        bent = flat @ self.affine
        for barycentric, corners in zip(self._barycentric(), self.triangles, strict=True):
            weights = flat @ barycentric
            inside = (weights >= EDGE_TOLERANCE).all(axis=1)
            bent[inside] = weights[inside] @ self.values[corners]
        return bent

    def on_grid(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Transform all points of a grid.

        Parameters
        ----------
        x, y : ndarray, (columns,) and (rows,), float64
            Ascending.

        Returns
        -------
        ndarray, (rows, columns, k), float64
        """
        bent = _plane(self.affine, x, y)
        for barycentric, corners in zip(self._barycentric(), self.triangles, strict=True):
            low, high = self.nodes[corners, 1].min(), self.nodes[corners, 1].max()
            rows = slice(int(np.searchsorted(y, low)), int(np.searchsorted(y, high, side="right")))
            left, right = _inside(barycentric, y[rows])
            first, end = np.searchsorted(x, left), np.searchsorted(x, right, side="right")
            constant, along, down = barycentric @ self.values[corners]
            begins = constant + y[rows, None] * down
            for row in np.flatnonzero(first < end):
                columns = slice(int(first[row]), int(end[row]))
                bent[rows.start + row, columns] = begins[row] + x[columns, None] * along
        return bent

    def inverse(self) -> "PiecewiseAffine":
        """Return the inverse transform: the same triangles with nodes and values exchanged.

        Returns
        -------
        PiecewiseAffine
            Correct if all triangles are turned over, or none is, see `folded_triangles`.
        """
        back = np.linalg.inv(self.affine[1:])
        affine = np.vstack([-self.affine[:1] @ back, back])
        return PiecewiseAffine(self.values, self.nodes, self.triangles, affine)

    def folded_triangles(self, mirrored: bool = False) -> np.ndarray:
        """Return the triangles that the transform turns over: (m, 3) int, the nodes of each.

        Parameters
        ----------
        mirrored : bool
            Whether all are meant to be turned over; then those that are not are returned.
        """
        turns = [_doubled_areas(points[self.triangles]) for points in (self.nodes, self.values)]
        return self.triangles[turns[0] * turns[1] * (-1 if mirrored else 1) <= 0]

    def scale_at(self, point: Any) -> float:
        """Return the local scale, see `PlaneTransform.scale_at`."""
        flat = _flat(np.asarray(point, dtype=np.float64).reshape(1, 2))
        barycentric = self._barycentric()
        at = np.flatnonzero(((flat @ barycentric)[:, 0] >= EDGE_TOLERANCE).all(axis=1))
        linear = barycentric[at[0], 1:] @ self.values[self.triangles[at[0]]] if len(at) else self.affine[1:]
        return float(np.sqrt(abs(np.linalg.det(linear))))

    def params(self) -> dict[str, list]:
        """Return the parameters as they are stored beside the points: triangles and frame as lists."""
        frame = np.stack([self.nodes[-4:], self.values[-4:]], axis=1)
        return {"triangles": self.triangles.tolist(), "frame": frame.tolist()}

    def _barycentric(self) -> np.ndarray:
        """Return for each triangle the matrix from (1, x, y) to barycentric coordinates: (m, 3, 3)."""
        return np.linalg.inv(_flat(self.nodes)[self.triangles])


def _flat(points: np.ndarray) -> np.ndarray:
    return np.hstack([np.ones((len(points), 1)), points])


def _plane(coefficients: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Evaluate ``coefficients · (1, x, y)`` on a grid: (rows, columns, k)."""
    constant, along, down = coefficients
    return (constant + y[:, None] * down)[:, None] + x[:, None] * along


def _inside(barycentric: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the range of x in which no barycentric coordinate of a triangle is negative, for each row."""
    constant, along, down = barycentric
    rest = (
        constant - EDGE_TOLERANCE + y[:, None] * down
    )  # the coordinate is not negative if x · along ≥ -rest
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = -rest / along
    left = np.where(along > 0, crossings, -np.inf).max(axis=1)
    right = np.where(along < 0, crossings, np.inf).min(axis=1)
    right[((along == 0) & (rest < 0)).any(axis=1)] = -np.inf
    return left, right


def _doubled_areas(triangles: np.ndarray) -> np.ndarray:
    (ux, uy), (vx, vy) = (triangles[:, 1] - triangles[:, 0]).T, (triangles[:, 2] - triangles[:, 0]).T
    return ux * vy - uy * vx
