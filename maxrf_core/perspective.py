"""Which perspective transform carries the points of one image onto those of another, and can it be trusted?

The transform between two pictures of a flat object is a homography: eight numbers, fixed by four pairs of
points. No solver says when the points cannot fix it, so every way in which they fail is looked for here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from maxrf_core.coordinates import as_pairs
from maxrf_core.errors import RegistrationError

FLATTEST = 0.02  # height over base of the flattest triangle that four points may form
CLEAR_TURN = 0.1  # the same, of triangles whose sense of rotation is told in spite of imprecise clicks
SAME_SPOT = 1e-6  # distance over the largest distance
LOOSEST = 0.003  # smallest over largest singular value at which five or more points hold the transform
MOST_TO_COMPARE = 48  # points of which all triangles are looked at
MOST_TO_EXCHANGE = 12  # points of which all exchanges are tried

SOURCE, DESTINATION = "in the photograph", "on the map"


@dataclass(frozen=True, eq=False)
class Homography:
    """A perspective transform of the plane.

    Parameters
    ----------
    matrix : array_like, (3, 3)
        What multiplies (x, y, 1); kept as read-only float64.

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
            raise RegistrationError("A homography is a 3×3 matrix of finite numbers that has an inverse.")
        matrix.flags.writeable = False
        object.__setattr__(self, "matrix", matrix)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.matrix, dtype=dtype)

    def __matmul__(self, other: "Homography") -> "Homography":
        return Homography(_normalised(self.matrix @ other.matrix))

    def apply(self, points: Any) -> np.ndarray:
        """Transform points.

        Parameters
        ----------
        points : array_like, (n, 2)
            x, y in pixels.

        Returns
        -------
        ndarray, (n, 2), float64
            Infinite for points on the horizon.
        """
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        transformed = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            return transformed[:, :2] / transformed[:, 2:]

    def depth(self, points: Any) -> np.ndarray:
        """Give the third homogeneous coordinate of transformed points; its sign changes at the horizon.

        Parameters
        ----------
        points : array_like, (n, 2)
            x, y in pixels.

        Returns
        -------
        ndarray, (n,), float64
        """
        return np.asarray(points, dtype=np.float64).reshape(-1, 2) @ self.matrix[2, :2] + self.matrix[2, 2]

    def inverse(self) -> "Homography":
        """Give the transform back.

        Returns
        -------
        Homography
        """
        return Homography(_normalised(np.linalg.inv(self.matrix)))

    def scale_at(self, point: Any) -> float:
        """Give the local scale: destination pixels per source pixel, geometric mean of all directions.

        It is the square root of the Jacobian's determinant, for a homography |det H| / |w|³.

        Parameters
        ----------
        point : array_like, (2,)
            x, y in source pixels.

        Returns
        -------
        float
        """
        return float(np.sqrt(abs(np.linalg.det(self.matrix)) / abs(self.depth(point)[0]) ** 3))


def homography(src: Any, dst: Any) -> Homography:
    """Find the perspective transform that carries `src` onto `dst`.

    Four pairs fix it exactly. More are fitted by least squares of the distances in the destination, starting
    from the normalised direct linear transform (Hartley 1997, IEEE PAMI 19, 580). The pairs may come in any
    order, the same in both images.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; four or more matching points.

    Returns
    -------
    Homography
        Its matrix normalised to 1 in the last corner.

    Raises
    ------
    RegistrationError
        With the reason, where the points fix no sensible transform: fewer than four, not as many in one
        image as in the other, not finite, on one spot, on one line, exchanged, mirrored, or beyond the
        horizon of a perspective.

    Examples
    --------
    >>> h = homography([[0, 0], [40, 0], [0, 40], [40, 40]], [[1, 1], [21, 1], [1, 21], [21, 21]])
    >>> h.apply([[20, 20]])
    array([[11., 11.]])
    """
    source, destination = as_points(src, SOURCE), as_points(dst, DESTINATION)
    if len(source) != len(destination):
        raise RegistrationError(
            f"There are {len(source)} points {SOURCE} and {len(destination)} {DESTINATION}; "
            "each point needs its partner."
        )
    if len(source) < 4:
        raise RegistrationError(
            f"{len(source)} pairs of points are too few; four or more are needed for a perspective transform."
        )
    for points, where in ((source, SOURCE), (destination, DESTINATION)):
        _check_spread(points, where)
    _check_order(source, destination)
    found = Homography(_normalised(_solve(source, destination)))
    depth = found.depth(source) * found.depth(source.mean(axis=0))
    if depth.min() <= 0:
        raise RegistrationError(
            f"The points put point {int(depth.argmin()) + 1} beyond the horizon; check that each pair marks "
            "the same place in both images."
        )
    return found


def residuals(h: Homography, src: Any, dst: Any) -> np.ndarray:
    """Measure how far from their partners the transformed points end up.

    With exactly four pairs this is zero by construction and tells nothing about their precision.

    Parameters
    ----------
    h : Homography
    src, dst : array_like, (n, 2)
        x, y in pixels.

    Returns
    -------
    ndarray, (n,), float64
        Distances in destination pixels.

    Examples
    --------
    >>> residuals(Homography(np.eye(3)), [[0, 0], [5, 5]], [[3, 4], [5, 5]])
    array([5., 0.])
    """
    source, destination = as_points(src, SOURCE), as_points(dst, DESTINATION)
    return np.hypot(*(h.apply(source) - destination).T)


def scale_of(h: Homography, map_shape: tuple[int, ...]) -> float:
    """Give the photograph's true scale: its pixels per map pixel at the middle of the map.

    The ratio of the two heights is not that scale, since a photograph shows more or less than the map.

    Parameters
    ----------
    h : Homography
        From photograph to map.
    map_shape : (height, width) or more

    Returns
    -------
    float

    Examples
    --------
    >>> half = Homography([[0.5, 0, 0], [0, 0.5, 0], [0, 0, 1]])
    >>> round(scale_of(half, (24, 20)), 9)
    2.0
    """
    height, width = map_shape[:2]
    return h.inverse().scale_at([(width - 1) / 2, (height - 1) / 2])


def as_points(points: Any, where: str) -> np.ndarray:
    """Copy points into a float64 array, or say what is wrong with them.

    Parameters
    ----------
    points : array_like or iterable, (n, 2)
    where : str
        For the message: which image they belong to.

    Returns
    -------
    ndarray, (n, 2), float64

    Raises
    ------
    RegistrationError
        Where they are no pairs of finite numbers.
    """
    pairs = as_pairs(points, f"The points {where}").astype(np.float64)
    if not np.isfinite(pairs).all():
        bad = int(np.argmin(np.isfinite(pairs).all(axis=1))) + 1
        raise RegistrationError(f"Point {bad} {where} is not a pair of finite numbers; set it again.")
    return pairs


def _check_spread(points: np.ndarray, where: str) -> None:
    """Refuse points on one spot or on one line."""
    first, second = np.triu_indices(len(points), k=1)
    distances = np.hypot(*(points[first] - points[second]).T)
    nearest = int(distances.argmin())
    if distances[nearest] <= SAME_SPOT * distances.max():
        pair = f"{first[nearest] + 1} and {second[nearest] + 1}"
        raise RegistrationError(f"Points {pair} lie on the same spot {where}; move one of them.")
    if len(points) == 4:
        triangles, heights = _triangles(points)
        flattest = int(np.abs(heights).argmin())
        if abs(heights[flattest]) < FLATTEST:
            one, two, three = triangles[flattest] + 1
            raise RegistrationError(
                f"Points {one}, {two} and {three} lie on one line {where}; move one of them away from it."
            )


def _check_order(source: np.ndarray, destination: np.ndarray) -> None:
    """Refuse pairs whose triangles turn one way in the photograph and the other way on the map.

    A transform that folds the image over, or mirrors it, can fit four such pairs without any error left.
    """
    some = np.unique(np.linspace(0, len(source) - 1, MOST_TO_COMPARE).astype(int))
    least = FLATTEST if len(source) == 4 else CLEAR_TURN
    agrees = _turns_agree(source[some], destination[some], least)
    if agrees.all():
        return
    if not agrees.any():
        raise RegistrationError(
            "The points turn the photograph inside out: either the map is mirrored (flip it when converting "
            "the scan) or two points opposite each other are exchanged."
        )
    for one, two in _exchanges(len(source)):
        exchanged = np.arange(len(source))
        exchanged[[one, two]] = two, one
        if _turns_agree(source, destination[exchanged], least).all():
            raise RegistrationError(
                f"Points {one + 1} and {two + 1} look exchanged in one of the images; swap them there."
            )
    raise RegistrationError(
        "The points do not lie round each other in the same order in both images, which would fold the "
        "photograph over itself; check that equal numbers mark equal places."
    )


def _turns_agree(source: np.ndarray, destination: np.ndarray, least: float) -> np.ndarray:
    """Tell for each triangle that is clear in both images whether it turns the same way in both."""
    turns = _triangles(source)[1], _triangles(destination)[1]
    clear = np.minimum(np.abs(turns[0]), np.abs(turns[1])) >= least
    return (turns[0] * turns[1] > 0)[clear]


def _triangles(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List all triangles of points, with their signed height over their longest side."""
    triangles = np.array(list(combinations(range(len(points)), 3)))
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    longest = np.max([np.sum((p - q) ** 2, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    return triangles, (ux * vy - uy * vx) / longest


def _exchanges(count: int) -> Iterator[tuple[int, int]]:
    return combinations(range(count if count <= MOST_TO_EXCHANGE else 0), 2)


def _solve(source: np.ndarray, destination: np.ndarray) -> np.ndarray:
    """Solve for the matrix in coordinates of order one, where float64 holds it best."""
    to_source, to_destination = _centring(source), _centring(destination)
    p, q = Homography(to_source).apply(source), Homography(to_destination).apply(destination)
    matrix = _direct_linear_transform(p, q)
    if len(source) > 4:
        matrix = _refined(matrix, p, q)
    return np.linalg.inv(to_destination) @ matrix @ to_source


def _direct_linear_transform(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    ones, zeros = np.ones((len(p), 1)), np.zeros((len(p), 3))
    homogeneous = np.hstack([p, ones])
    equations = np.vstack(
        [
            np.hstack([homogeneous, zeros, -q[:, :1] * homogeneous]),
            np.hstack([zeros, homogeneous, -q[:, 1:] * homogeneous]),
        ]
    )
    _, singular, rows = np.linalg.svd(equations)
    if len(p) > 4 and singular[7] < LOOSEST * singular[0]:
        raise RegistrationError(
            "All points, or all but one, lie nearly on one line or on one spot, so that they do not hold the "
            "photograph; spread them towards the corners."
        )
    return rows[8].reshape(3, 3)


def _refined(matrix: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Move the eight numbers until the sum of squared distances in the destination is least."""
    from scipy.optimize import least_squares  # takes 0.3 s, and four points need none of it

    def distances(numbers: np.ndarray) -> np.ndarray:
        return (Homography(numbers.reshape(3, 3)).apply(p) - q).ravel()

    start = matrix.ravel() / np.linalg.norm(matrix)
    fit = least_squares(distances, start, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return fit.x.reshape(3, 3)


def _centring(points: np.ndarray) -> np.ndarray:
    """Give the matrix that moves points round zero, at a mean distance of √2."""
    centre = points.mean(axis=0)
    scale = np.sqrt(2) / np.mean(np.hypot(*(points - centre).T))
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _normalised(matrix: np.ndarray) -> np.ndarray:
    """Divide by the last corner, unless that is nothing: then the origin lies on the horizon."""
    corner = matrix[2, 2]
    return matrix / (corner if abs(corner) > 1e-12 * np.abs(matrix).max() else np.linalg.norm(matrix))
