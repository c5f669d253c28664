"""Which homography do matches and clicks agree on, and how precisely is it known?"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from maxrf_core.autoalign.patch_matching import Matches
from maxrf_core.transform.homography import Homography

ITERATIONS = 10
LARGEST_CORRELATION = 0.95  # above it a patch weighs no more
GRID = 7  # landmarks along each side of the map, where the precision is told
BORDER = 0.03  # of the map's size, which the landmarks keep from its border
UNDERSTATED = 2.0  # the true error over what the scatter of overlapping patches tells, see the benchmark


@dataclass(frozen=True, eq=False)
class Clicks:
    """Pairs of points that somebody set.

    Parameters
    ----------
    src, dst : ndarray, (n, 2), float64
        In the photograph and on the map.
    error : float
        How far they may be off, in map pixels.
    """

    src: np.ndarray
    dst: np.ndarray
    error: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A homography and how well it is known.

    Parameters
    ----------
    transform : Homography
        From photograph to map.
    uncertainty : float
        What the scatter of the patches tells of the error over the map, in map pixels, root mean square of
        landmarks spread over it.
    inner : Homography or None
        The same fit without the patches at the map's border; None where that was not tried.
    contested : float
        By how much the landmarks move, on average, from the one to the other.
    """

    transform: Homography
    uncertainty: float
    inner: Homography | None = None
    contested: float = float("inf")

    @property
    def expected_error(self) -> float:
        """What scatter and contest tell together, in map pixels."""
        return float(np.hypot(self.uncertainty, self.contested))


def corners_of(shape: tuple[int, int]) -> np.ndarray:
    """Give the centres of a map's corner pixels, clockwise from the top left: (4, 2) float64."""
    height, width = shape
    right, bottom = width - 1.0, height - 1.0
    return np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]])


def landmarks_of(shape: tuple[int, int]) -> np.ndarray:
    """Give places spread over a map, at which the error of a transform is told: (49, 2) float64."""
    along = np.linspace(BORDER, 1 - BORDER, GRID)
    x, y = np.meshgrid(along * (shape[1] - 1), along * (shape[0] - 1))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def moved(before: Homography, after: Homography, points: np.ndarray) -> float:
    """Tell how far, at the most, places of the map move when one transform replaces another.

    Parameters
    ----------
    before, after : Homography
        From photograph to map.
    points : ndarray, (n, 2)
        On the map, as `before` has it.

    Returns
    -------
    float
        In map pixels; infinite where a point comes to lie beyond the horizon.

    Examples
    --------
    >>> moved(Homography(np.eye(3)), Homography([[1, 0, 3], [0, 1, 4], [0, 0, 1]]), np.zeros((1, 2)))
    5.0
    """
    source = before.inverse().apply(points)
    depth = after.depth(source)
    if not np.isfinite(source).all() or depth.min() <= 0 <= depth.max():
        return float("inf")
    return float(np.hypot(*(after.apply(source) - points).T).max())


def distances(one: Homography, other: Homography, shape: tuple[int, int]) -> np.ndarray:
    """Give how far apart two transforms put landmarks spread over a map: (49,) float64, in map pixels."""
    places = landmarks_of(shape)
    return np.hypot(*(other.apply(one.inverse().apply(places)) - places).T)


def mean_distance(one: Homography, other: Homography, shape: tuple[int, int]) -> float:
    """Give the mean of these distances."""
    return float(distances(one, other, shape).mean())


def vote(transform: Homography, matches: Matches, tolerance: float, least: int) -> Homography | None:
    """Find the homography that most matches agree on (MAGSAC++, Barath et al. 2020, CVPR).

    Parameters
    ----------
    transform : Homography
        From photograph to map, so far.
    matches : Matches
    tolerance : float
        In map pixels.
    least : int
        So many must agree.

    Returns
    -------
    Homography or None
        The same for the same matches; None where too few agree.
    """
    if len(matches) < least:
        return None
    here = transform.apply(matches.on_photo)
    matrix, agreeing = cv2.findHomography(
        here, matches.on_map, cv2.USAC_MAGSAC, tolerance, maxIters=5000, confidence=0.999
    )
    if matrix is None or int(agreeing.sum()) < least or not np.linalg.det(matrix) > 0:
        return None
    return Homography(matrix) @ transform


def settle(
    transform: Homography,
    matches: Sequence[Matches],
    clicks: Clicks,
    shape: tuple[int, int],
    tolerance: float,
) -> Fit:
    """Move a homography until all that holds it is in balance: patches, as stiff as each is sure, and clicks.

    A patch on a straight line holds across the line only, one with a sharp peak of correlation in all
    directions; one that lies far off has no say. The clicks hold as weakly as they are precise, which matters
    where there is nothing to match. Least squares with weights after Geman and McClure (1985).

    Parameters
    ----------
    transform : Homography
        From photograph to map, where to begin.
    matches : sequence of Matches
        Several sets may be given, such as of several blurs.
    clicks : Clicks
    shape : (height, width)
        Of the map.
    tolerance : float
        Distance, in pixels of what was compared, at which a match loses three quarters of its weight.

    Returns
    -------
    Fit
        Its uncertainty follows from how much the patches pull in different directions (the sandwich estimate
        of White 1980, Econometrica 48, 817).
    """
    for _ in range(ITERATIONS):
        held, pull, scatter = _held_by(clicks, transform, shape)
        for each in matches:
            more = _held_by_patches(each, transform, shape, tolerance)
            held, pull, scatter = held + more[0], pull + more[1], scatter + more[2]
        motion = np.linalg.solve(held, pull)
        transform = _moved_by(motion, shape) @ transform
        if np.abs(_fields(landmarks_of(shape), shape) @ motion).max() < 1e-3:
            break
    inverse = np.linalg.inv(held)
    fields = _fields(landmarks_of(shape), shape)
    variance = np.einsum("nij,jk,nik->n", fields, inverse @ scatter @ inverse, fields)
    return Fit(transform, float(UNDERSTATED * np.sqrt(variance.mean())))


def offsets(transform: Homography, matches: Matches) -> np.ndarray:
    """Measure how far off matches are, in the directions in which they are known: (n,) in pixels compared."""
    distance = transform.apply(matches.on_photo) - matches.on_map
    stiffest = np.linalg.eigvalsh(matches.stiffness)[:, 1]
    across = np.einsum("ni,nij,nj->n", distance, matches.stiffness, distance) / stiffest
    return np.sqrt(across) / matches.pixel


def _held_by(
    clicks: Clicks, transform: Homography, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    fields = _fields(clicks.dst, shape)
    distance = transform.apply(clicks.src) - clicks.dst
    held = np.einsum("nij,nik->jk", fields, fields) / (clicks.error**2 / 2)
    return held, np.einsum("nij,ni->j", fields, distance) / (clicks.error**2 / 2), held


def _held_by_patches(
    matches: Matches, transform: Homography, shape: tuple[int, int], tolerance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give what patches say of the eight numbers: their weight, their pull, and the scatter of the pulls."""
    fields = _fields(matches.on_map, shape)
    distance = transform.apply(matches.on_photo) - matches.on_map
    trust = 1 / (1 + (offsets(transform, matches) / tolerance) ** 2) ** 2
    correlation = np.clip(matches.correlation, 0, LARGEST_CORRELATION)
    weight = trust * correlation / (1 - correlation)
    stiff = weight[:, None, None] * np.einsum("nij,njk->nik", matches.stiffness, fields)
    held = np.einsum("nij,nik->jk", fields, stiff)
    held += 1e-9 * np.trace(held) * np.eye(8) + 1e-12 * np.eye(8)
    pulls = np.einsum("nij,ni->nj", stiff, distance)
    scatter = pulls.T @ pulls * (trust.sum() / max(1.0, trust.sum() - 8))
    # The stiffness of a peak is no inverse variance yet: the scatter of the pulls tells the factor.
    factor = max(1e-9, float(np.trace(np.linalg.solve(held, scatter))) / 8)
    return held / factor, pulls.sum(axis=0) / factor, scatter / factor**2


def _fields(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Give how points move with each of a homography's eight numbers, near the identity: (n, 2, 8)."""
    middle, half = _frame(shape)
    x, y = ((points - middle) / half).T
    nothing, one = np.zeros_like(x), np.ones_like(x)
    along_x = np.stack([x, y, one, nothing, nothing, nothing, x * x, x * y], axis=1)
    along_y = np.stack([nothing, nothing, nothing, x, y, one, x * y, y * y], axis=1)
    return half * np.stack([along_x, along_y], axis=1)


def _moved_by(motion: np.ndarray, shape: tuple[int, int]) -> Homography:
    """Give the homography that takes the motion of `_fields` back."""
    (x, y), half = _frame(shape)
    a, b, c, d, e, f, g, h = motion
    forth = Homography(np.array([[1 + a, b, c], [d, 1 + e, f], [-g, -h, 1]]))
    framed = Homography(np.array([[1, 0, -x], [0, 1, -y], [0, 0, half]]))
    return framed.inverse() @ forth.inverse() @ framed


def _frame(shape: tuple[int, int]) -> tuple[np.ndarray, float]:
    height, width = shape
    return np.array([(width - 1) / 2, (height - 1) / 2]), max(height, width) / 2
