"""Robust fit of a homography to matches and clicks, with its uncertainty."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from maxrf_core.autoalign.patch_matching import Matches
from maxrf_core.transform.homography import Homography

ITERATIONS = 10
MAX_CORRELATION = 0.95  # above it the weight of a patch stays the same
GRID = 7  # landmarks along each side of the map, at which the error is computed
BORDER = 0.03  # distance of the landmarks from the map's border, relative to its size
SCATTER_FACTOR = 2.0  # true error over the scatter of overlapping patches, see the benchmark


@dataclass(frozen=True, eq=False)
class Clicks:
    """Matching points set by the user.

    Parameters
    ----------
    src, dst : ndarray, (n, 2), float64
        In the photograph and on the map.
    error : float
        Possible error, in map pixels.
    """

    src: np.ndarray
    dst: np.ndarray
    error: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A homography and its uncertainty.

    Parameters
    ----------
    transform : Homography
        From photograph to map.
    uncertainty : float
        Error over the map estimated from the scatter of the patches, in map pixels, root mean square over the
        landmarks.
    inner : Homography or None
        The same fit without the patches at the map's border; None if not computed.
    border_shift : float
        Mean distance between the landmarks under the two fits, in map pixels.
    """

    transform: Homography
    uncertainty: float
    inner: Homography | None = None
    border_shift: float = float("inf")

    @property
    def expected_error(self) -> float:
        """Error estimated from scatter and border shift together, in map pixels."""
        return float(np.hypot(self.uncertainty, self.border_shift))


def landmarks_of(shape: tuple[int, int]) -> np.ndarray:
    """Return points spread over a map, at which the error of a transform is computed: (49, 2) float64."""
    along = np.linspace(BORDER, 1 - BORDER, GRID)
    x, y = np.meshgrid(along * (shape[1] - 1), along * (shape[0] - 1))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def max_shift(before: Homography, after: Homography, points: np.ndarray) -> float:
    """Return the largest distance that points of the map move if one transform replaces another.

    Parameters
    ----------
    before, after : Homography
        From photograph to map.
    points : ndarray, (n, 2)
        On the map, under `before`.

    Returns
    -------
    float
        In map pixels; infinite if a point moves beyond the horizon.

    Examples
    --------
    >>> max_shift(Homography(np.eye(3)), Homography([[1, 0, 3], [0, 1, 4], [0, 0, 1]]), np.zeros((1, 2)))
    5.0
    """
    source = before.inverse().apply(points)
    depth = after.depth(source)
    if not np.isfinite(source).all() or depth.min() <= 0 <= depth.max():
        return float("inf")
    return float(np.hypot(*(after.apply(source) - points).T).max())


def distances(one: Homography, other: Homography, shape: tuple[int, int]) -> np.ndarray:
    """Return the distances between landmarks of a map under two transforms: (49,) float64, in map pixels."""
    places = landmarks_of(shape)
    return np.hypot(*(other.apply(one.inverse().apply(places)) - places).T)


def mean_distance(one: Homography, other: Homography, shape: tuple[int, int]) -> float:
    """Return the mean of `distances`."""
    return float(distances(one, other, shape).mean())


def fit_magsac(
    transform: Homography, matches: Matches, tolerance: float, min_inliers: int
) -> Homography | None:
    """Estimate the homography that most matches agree on (MAGSAC++, Barath et al. 2020, CVPR).

    Parameters
    ----------
    transform : Homography
        Current estimate, from photograph to map.
    matches : Matches
    tolerance : float
        In map pixels.
    min_inliers : int
        Number of matches that must agree.

    Returns
    -------
    Homography or None
        The same for the same matches; None if too few agree.
    """
    if len(matches) < min_inliers:
        return None
    here = transform.apply(matches.on_photo)
    matrix, agreeing = cv2.findHomography(
        here, matches.on_map, cv2.USAC_MAGSAC, tolerance, maxIters=5000, confidence=0.999
    )
    if matrix is None or int(agreeing.sum()) < min_inliers or not np.linalg.det(matrix) > 0:
        return None
    return Homography(matrix) @ transform


def fit_weighted(
    transform: Homography,
    matches: Sequence[Matches],
    clicks: Clicks,
    shape: tuple[int, int],
    tolerance: float,
) -> Fit:
    """Fit a homography to patches and clicks by least squares with the weights of Geman and McClure (1985).

    A patch is weighted in each direction by its stiffness: one on a straight line counts only across it, one
    with a sharp peak of correlation in all directions, an outlier not at all. The clicks are weighted by
    their error, and matter where there is nothing to match.

    Parameters
    ----------
    transform : Homography
        Start, from photograph to map.
    matches : sequence of Matches
        One or several sets, such as of several blurs.
    clicks : Clicks
    shape : (height, width)
        Of the map.
    tolerance : float
        Distance, in compared pixels, at which a match loses three quarters of its weight.

    Returns
    -------
    Fit
        Its uncertainty is the sandwich estimate (White 1980, Econometrica 48, 817) from the scatter of the
        patches' gradients.
    """
    for _ in range(ITERATIONS):
        normal, gradient, scatter = _click_equations(clicks, transform, shape)
        for each in matches:
            more = _patch_equations(each, transform, shape, tolerance)
            normal, gradient, scatter = normal + more[0], gradient + more[1], scatter + more[2]
        params = np.linalg.solve(normal, gradient)
        transform = _homography_of(params, shape) @ transform
        if np.abs(plane_jacobian(landmarks_of(shape), shape) @ params).max() < 1e-3:
            break
    inverse = np.linalg.inv(normal)
    jacobian = plane_jacobian(landmarks_of(shape), shape)
    variance = np.einsum("nij,jk,nik->n", jacobian, inverse @ scatter @ inverse, jacobian)
    return Fit(transform, float(SCATTER_FACTOR * np.sqrt(variance.mean())))


def offsets(transform: Homography, matches: Matches) -> np.ndarray:
    """Return the residuals of matches in the directions in which they are known: (n,) in compared pixels."""
    distance = transform.apply(matches.on_photo) - matches.on_map
    max_stiffness = np.linalg.eigvalsh(matches.stiffness)[:, 1]
    across = np.einsum("ni,nij,nj->n", distance, matches.stiffness, distance) / max_stiffness
    return np.sqrt(across) / matches.pixel


def _click_equations(
    clicks: Clicks, transform: Homography, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    jacobian = plane_jacobian(clicks.dst, shape)
    distance = transform.apply(clicks.src) - clicks.dst
    normal = np.einsum("nij,nik->jk", jacobian, jacobian) / (clicks.error**2 / 2)
    return normal, np.einsum("nij,ni->j", jacobian, distance) / (clicks.error**2 / 2), normal


def _patch_equations(
    matches: Matches, transform: Homography, shape: tuple[int, int], tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the patches' normal matrix, gradient and scatter of gradients for the eight parameters."""
    jacobian = plane_jacobian(matches.on_map, shape)
    distance = transform.apply(matches.on_photo) - matches.on_map
    trust = 1 / (1 + (offsets(transform, matches) / tolerance) ** 2) ** 2
    correlation = np.clip(matches.correlation, 0, MAX_CORRELATION)
    weight = trust * correlation / (1 - correlation)
    stiff = weight[:, None, None] * np.einsum("nij,njk->nik", matches.stiffness, jacobian)
    normal = np.einsum("nij,nik->jk", jacobian, stiff)
    normal += 1e-9 * np.trace(normal) * np.eye(8) + 1e-12 * np.eye(8)
    gradients = np.einsum("nij,ni->nj", stiff, distance)
    scatter = gradients.T @ gradients * (trust.sum() / max(1.0, trust.sum() - 8))
    # The stiffness of a peak is only proportional to the inverse variance: scale by the scatter.
    factor = max(1e-9, float(np.trace(np.linalg.solve(normal, scatter))) / 8)
    return normal / factor, gradients.sum(axis=0) / factor, scatter / factor**2


def plane_jacobian(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the derivatives of points by a homography's eight parameters at the identity: (n, 2, 8).

    Parameters
    ----------
    points : ndarray, (n, 2)
        On the map.
    shape : (height, width)
        Of the map.
    """
    middle, half = frame_of(shape)
    x, y = ((points - middle) / half).T
    nothing, one = np.zeros_like(x), np.ones_like(x)
    along_x = np.stack([x, y, one, nothing, nothing, nothing, x * x, x * y], axis=1)
    along_y = np.stack([nothing, nothing, nothing, x, y, one, x * y, y * y], axis=1)
    return half * np.stack([along_x, along_y], axis=1)


def _homography_of(params: np.ndarray, shape: tuple[int, int]) -> Homography:
    """Return the homography that undoes a displacement by `plane_jacobian @ params`."""
    (x, y), half = frame_of(shape)
    a, b, c, d, e, f, g, h = params
    forth = Homography(np.array([[1 + a, b, c], [d, 1 + e, f], [-g, -h, 1]]))
    framed = Homography(np.array([[1, 0, -x], [0, 1, -y], [0, 0, half]]))
    return framed.inverse() @ forth.inverse() @ framed


def frame_of(shape: tuple[int, int]) -> tuple[np.ndarray, float]:
    """Return the middle of a map, x and y, and half its longer side: the frame in which fits are computed."""
    height, width = shape
    return np.array([(width - 1) / 2, (height - 1) / 2]), max(height, width) / 2
