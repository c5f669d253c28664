"""Perspective transforms (homographies): fit, residuals, scale.

The transform between two pictures of a flat object is a homography: eight parameters, fixed by four pairs of
points. Solvers do not report points that cannot fix it; such points are refused here and in
`maxrf_core.transform.point_pairs`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _, marked
from maxrf_core.transform.point_pairs import MIN_SPREAD, checked_pairs, refuse_triples_on_a_line

MIN_SINGULAR_RATIO = (
    0.003  # smallest over largest singular value; below it the points do not fix the transform
)
MAX_ITERATIONS, TOLERANCE = (
    30,
    1e-10,
)  # of a fit that starts close; the tolerance for coordinates of order one
DEGENERATE = marked(
    "All points, or all but one, lie nearly on one line or on one spot, so that they do not hold the "
    "photograph; spread them towards the corners."
)


@dataclass(frozen=True, eq=False)
class Homography:
    """A perspective transform of the plane.

    Parameters
    ----------
    matrix : array_like, (3, 3)
        Multiplied by (x, y, 1); stored as read-only float64.

    Raises
    ------
    RegistrationError
        For a matrix that is not 3×3, not finite, or has no inverse.

    Examples
    --------
    >>> double = Homography([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    >>> double.apply([[0, 0], [10, 5]])
    array([[ 0.5,  0.5],
           [20.5, 10.5]])
    >>> (double @ double.inverse()).apply([[3, 4]])
    array([[3., 4.]])
    """

    matrix: np.ndarray

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all() or np.linalg.det(matrix) == 0:
            raise RegistrationError(_("A homography is a 3×3 matrix of finite numbers that has an inverse."))
        matrix.flags.writeable = False
        object.__setattr__(self, "matrix", matrix)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.matrix, dtype=dtype)

    def __matmul__(self, other: "Homography") -> "Homography":
        return Homography(_normalised(self.matrix @ other.matrix))

    def apply(self, points: Any) -> np.ndarray:
        """Transform points, (n, 2) to (n, 2) float64; points on the horizon become infinite."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        transformed = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            return transformed[:, :2] / transformed[:, 2:]

    def depth(self, points: Any) -> np.ndarray:
        """Return the third homogeneous coordinate of transformed points; its sign changes at the horizon.

        Parameters
        ----------
        points : array_like, (n, 2)
            x, y in pixels.

        Returns
        -------
        ndarray, (n,), float64
        """
        return np.asarray(points, dtype=np.float64).reshape(-1, 2) @ self.matrix[2, :2] + self.matrix[2, 2]

    def param_jacobian(self, points: Any) -> np.ndarray:
        """Compute the derivatives of transformed points by the elements of the matrix.

        Parameters
        ----------
        points : array_like, (n, 2)
            x, y in pixels.

        Returns
        -------
        ndarray, (n, 2, 9), float64
            Of x and y, by each element of the matrix, row by row.
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        flat = np.hstack([points, np.ones((len(points), 1))]) / self.depth(points)[:, None]
        zeros = np.zeros_like(flat)
        x, y = (place[:, None] * flat for place in self.apply(points).T)
        return np.stack([np.hstack([flat, zeros, -x]), np.hstack([zeros, flat, -y])], axis=1)

    def inverse(self) -> "Homography":
        """Return the inverse transform."""
        return Homography(_normalised(np.linalg.inv(self.matrix)))

    def params(self) -> dict[str, list]:
        """Return the parameters as they are stored in a datastack: the matrix as lists."""
        return {"homography": self.matrix.tolist()}

    def scale_at(self, point: Any) -> float:
        """Return the local scale: the square root of the Jacobian's determinant, |det H| / |w|³."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix)) / abs(self.depth(point)[0]) ** 3))


MIRROR = Homography(np.diag([-1.0, 1.0, 1.0]))  # exchanges left and right about x = 0


def homography(src: Any, dst: Any, mirrored: bool = False) -> Homography:
    """Fit the perspective transform from `src` to `dst`.

    Four pairs fix it exactly. More are fitted by least squares of the distances in the destination, starting
    from the normalised direct linear transform (Hartley 1997, IEEE PAMI 19, 580). The pairs may be in any
    order, the same in both images.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; four or more matching points.
    mirrored : bool
        Whether the map shows the photograph's mirror image; the matrix then has a negative determinant.

    Returns
    -------
    Homography
        Its matrix normalised to 1 in the last corner.

    Raises
    ------
    RegistrationError
        With the reason, if the points fix no sensible transform: fewer than four, not equally many in both
        images, not finite, on one spot, on one line, exchanged, mirrored other than `mirrored` says, or
        beyond the horizon of a perspective.

    Examples
    --------
    >>> h = homography([[0, 0], [40, 0], [0, 40], [40, 40]], [[1, 1], [21, 1], [1, 21], [21, 21]])
    >>> h.apply([[20, 20]])
    array([[11., 11.]])
    """
    source, destination = checked_pairs(
        src, dst, 4, marked("a perspective transform"), refuse_triples_on_a_line, mirrored
    )
    found = Homography(_normalised(_solve(source, destination)))
    depth = found.depth(source) * found.depth(source.mean(axis=0))
    if depth.min() <= 0:
        raise RegistrationError(
            _(
                "The points put point {number} beyond the horizon; check that each pair marks the same "
                "place in both images."
            ).format(number=int(depth.argmin()) + 1)
        )
    return found


def refit_homography(start: Homography, source: np.ndarray, destination: np.ndarray) -> Homography:
    """Fit a homography to nearly the same points as before, fast and without checks, by Gauss–Newton.

    Parameters
    ----------
    start : Homography
        A fit that is already close.
    source, destination : ndarray, (n, 2), float64
        Four or more matching points.

    Returns
    -------
    Homography
        The same least-squares fit as that of `homography`, within rounding.

    Raises
    ------
    RegistrationError
        If the points do not fix the transform.
    """
    to_source, to_destination = normalisation(source, per_axis=True), normalisation(destination)
    p, q = to_source.apply(source), to_destination.apply(destination)
    near = to_destination @ start @ to_source.inverse()
    for _step in range(MAX_ITERATIONS):
        slopes = near.param_jacobian(p).reshape(-1, 9)
        step, _residuals, _rank, singular = np.linalg.lstsq(slopes, (q - near.apply(p)).ravel(), rcond=1e-9)
        if singular[7] < MIN_SINGULAR_RATIO * singular[0]:
            raise RegistrationError(_(DEGENERATE))
        near = Homography(_normalised(near.matrix + step.reshape(3, 3)))
        if np.abs(step).max() < TOLERANCE:
            break
    return to_destination.inverse() @ near @ to_source


def normalisation(points: np.ndarray, per_axis: bool = False) -> Homography:
    """Return the transform that moves points to a mean of 0 and a mean distance of √2 (Hartley 1997).

    In these coordinates equations are best conditioned.

    Parameters
    ----------
    points : ndarray, (n, 2), float64
        Two or more points, not all on one spot.
    per_axis : bool
        Scale each axis separately, so that points of a long strip spread as those of a square.

    Returns
    -------
    Homography
    """
    sides = np.ones(2)
    if per_axis and np.ptp(points, axis=0).min() >= MIN_SPREAD:
        sides = 1 / np.ptp(points, axis=0)
    x, y = sides * np.sqrt(2) / np.mean(np.hypot(*(sides * (points - points.mean(axis=0))).T))
    centre = points.mean(axis=0)
    return Homography(np.array([[x, 0, -x * centre[0]], [0, y, -y * centre[1]], [0, 0, 1]]))


def _solve(source: np.ndarray, destination: np.ndarray) -> np.ndarray:
    """Solve for the matrix in normalised coordinates."""
    to_source, even = normalisation(source, per_axis=True), normalisation(destination, per_axis=True)
    p = to_source.apply(source)
    matrix = _direct_linear_transform(p, even.apply(destination))
    to_destination = normalisation(destination)  # in which distances are those on the map
    matrix = to_destination.matrix @ np.linalg.inv(even.matrix) @ matrix
    if len(source) > 4:
        matrix = _refined(matrix, p, to_destination.apply(destination))
    return np.linalg.inv(to_destination.matrix) @ matrix @ to_source.matrix


def _direct_linear_transform(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    ones, zeros = np.ones((len(p), 1)), np.zeros((len(p), 3))
    homogeneous = np.hstack([p, ones])
    equations = np.vstack(
        [
            np.hstack([homogeneous, zeros, -q[:, :1] * homogeneous]),
            np.hstack([zeros, homogeneous, -q[:, 1:] * homogeneous]),
        ]
    )
    singular, rows = np.linalg.svd(equations, full_matrices=len(equations) < 9)[1:]  # else the other is huge
    if len(p) > 4 and singular[7] < MIN_SINGULAR_RATIO * singular[0]:
        raise RegistrationError(_(DEGENERATE))
    return rows[8].reshape(3, 3)


def _refined(matrix: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Minimise the sum of squared distances in the destination over the eight parameters."""
    from scipy.optimize import least_squares  # imported late: it takes 0.3 s, and four points do not need it

    start = matrix.ravel() / np.linalg.norm(matrix)
    # Multiples of a matrix are the same transform. Steps are orthogonal to the start, since along it the
    # solver could reach the zero matrix.
    across = np.linalg.svd(start[None])[2][1:].T

    def moved(step: np.ndarray) -> Homography:
        return Homography((start + across @ step).reshape(3, 3))

    def distances(step: np.ndarray) -> np.ndarray:
        return (moved(step).apply(p) - q).ravel()

    def slopes(step: np.ndarray) -> np.ndarray:
        return moved(step).param_jacobian(p).reshape(-1, 9) @ across

    fit = least_squares(distances, np.zeros(8), slopes, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return moved(fit.x).matrix


def _normalised(matrix: np.ndarray) -> np.ndarray:
    """Divide by the last element, unless it is 0: then the origin lies on the horizon."""
    corner = matrix[2, 2]
    return matrix / (corner if abs(corner) > 1e-12 * np.abs(matrix).max() else np.linalg.norm(matrix))
