"""Can a transform follow from these pairs of points? What no solver says is looked for here."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.coordinates import as_pairs

FLATTEST = 0.02  # height over base of the flattest triangle that four points may form
CLEAR_TURN = 0.1  # the same, of triangles whose sense of rotation is told in spite of imprecise clicks
MIN_SPREAD = 0.5  # pixels: points that are spread less along an axis lie on a line
SAME_SPOT = 1e-6  # distance over the largest distance
MOST_TO_COMPARE = 48  # points of which all triangles are looked at
MOST_TO_EXCHANGE = 12  # points of which all exchanges are tried

SOURCE, DESTINATION = "in the photograph", "on the map"
IN_WORDS = {2: "two", 3: "three", 4: "four"}

INSIDE_OUT = (
    "The points turn the photograph inside out: either it is mirrored, as X-ray films and versos often are "
    "(register it mirrored), or two points opposite each other are exchanged."
)
NOT_MIRRORED = (
    "The photograph is to be registered mirrored, but the points do not mirror it; register it as it is."
)
FOLDED = (
    "The points do not lie round each other in the same order in both images, which would fold the "
    "photograph over itself; check that equal numbers mark equal places."
)

Check = Callable[[np.ndarray, str], None]


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


def matching(src: Any, dst: Any) -> tuple[np.ndarray, np.ndarray]:
    """Copy the points of both images, each of which must have its partner.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels, in the photograph and on the map.

    Returns
    -------
    src, dst : tuple of ndarray, (n, 2), float64

    Raises
    ------
    RegistrationError
        Where they are no pairs of finite numbers, or not as many in both.
    """
    source, destination = as_points(src, SOURCE), as_points(dst, DESTINATION)
    if len(source) != len(destination):
        raise RegistrationError(
            f"There are {len(source)} points {SOURCE} and {len(destination)} {DESTINATION}; "
            "each point needs its partner."
        )
    return source, destination


def mirrored_points(points: np.ndarray) -> np.ndarray:
    """Return points with left and right exchanged about x = 0: (n, 2) float64."""
    return points * [-1.0, 1.0]


def checked_pairs(
    src: Any, dst: Any, least: int, purpose: str, flat: Check | None = None, mirrored: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Copy the points of both images, and refuse those from which no sensible transform follows.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels, in the photograph and on the map.
    least : int
        How many pairs are needed, from 2 to 4.
    purpose : str
        What for: "a perspective transform".
    flat : callable, optional
        Refuses points that lie on a line: `refuse_triples_on_a_line` or `refuse_one_line`.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    src, dst : tuple of ndarray, (n, 2), float64

    Raises
    ------
    RegistrationError
        Where they are too few, not as many in both images, not finite, on one spot, on a line, exchanged, or
        mirrored other than `mirrored` tells.
    """
    source, destination = matching(src, dst)
    if len(source) < least:
        raise RegistrationError(
            f"{len(source)} pairs of points are too few; {IN_WORDS[least]} or more are needed for {purpose}."
        )
    for points, where in ((source, SOURCE), (destination, DESTINATION)):
        _refuse_same_spot(points, where)
        if flat:
            flat(points, where)
    _refuse_wrong_order(source, destination, mirrored)
    return source, destination


def evened(points: np.ndarray) -> np.ndarray:
    """Scale each axis by the spread of the points along it, so that a long strip is no line.

    Parameters
    ----------
    points : ndarray, (n, 2), float64

    Returns
    -------
    ndarray, (n, 2), float64
        As they were where they hardly spread along one of the axes: then they do lie on a line.

    Examples
    --------
    >>> evened(np.array([[0.0, 0], [49, 0], [49, 5999], [0, 5999]]))
    array([[0., 0.],
           [1., 0.],
           [1., 1.],
           [0., 1.]])
    """
    spread = np.ptp(points, axis=0)
    return points / spread if spread.min() >= MIN_SPREAD else points


def refuse_triples_on_a_line(points: np.ndarray, where: str) -> None:
    """Refuse four points of which three lie on a line; more than four may.

    Raises
    ------
    RegistrationError
    """
    if len(points) != 4:
        return
    triangles, heights = _triangles(points)
    flattest = int(np.abs(heights).argmin())
    if abs(heights[flattest]) < FLATTEST:
        one, two, three = triangles[flattest] + 1
        raise RegistrationError(
            f"Points {one}, {two} and {three} lie on one line {where}; move one of them away from it."
        )


def refuse_one_line(points: np.ndarray, where: str) -> None:
    """Refuse points that all lie on one line.

    Raises
    ------
    RegistrationError
    """
    placed = evened(points)
    along, across = np.linalg.svd(placed - placed.mean(axis=0), compute_uv=False)
    if across < FLATTEST * along:
        raise RegistrationError(f"All points lie nearly on one line {where}; move one of them away from it.")


def agreement(source: np.ndarray, destination: np.ndarray) -> np.ndarray:
    """Tell for each clear triangle of points whether it turns the same way in both images.

    Parameters
    ----------
    source, destination : ndarray, (n, 2), float64

    Returns
    -------
    ndarray, (triangles,), bool
        Of the triangles that are not too flat in either image; of at most 48 points.
    """
    if len(source) < 3:
        return np.ones(1, dtype=bool)
    some = np.unique(np.linspace(0, len(source) - 1, MOST_TO_COMPARE).astype(int))
    turns = _triangles(source[some])[1], _triangles(destination[some])[1]
    clear = np.minimum(np.abs(turns[0]), np.abs(turns[1])) >= (FLATTEST if len(source) == 4 else CLEAR_TURN)
    return (turns[0] * turns[1] > 0)[clear]


def exchanges(count: int) -> Iterator[np.ndarray]:
    """Give the orders in which two points are exchanged; none where they are more than can be tried.

    Parameters
    ----------
    count : int
        How many points there are.

    Yields
    ------
    ndarray, (count,), int
    """
    for one, two in combinations(range(count if count <= MOST_TO_EXCHANGE else 0), 2):
        order = np.arange(count)
        order[[one, two]] = two, one
        yield order


def similarity_numbers(source: np.ndarray, destination: np.ndarray) -> tuple[complex, complex]:
    """Fit ``destination = turned · source + shift`` by least squares, points read as complex numbers x + iy.

    Parameters
    ----------
    source, destination : ndarray, (n, 2), float64
        Two or more pairs.

    Returns
    -------
    turned, shift : complex
        The size of `turned` is the scale, its angle the rotation.
    """
    z, w = source @ [1, 1j], destination @ [1, 1j]
    away = z - z.mean()
    turned = complex(np.vdot(away, w - w.mean()) / np.vdot(away, away))
    return turned, complex(w.mean() - turned * z.mean())


def _refuse_same_spot(points: np.ndarray, where: str) -> None:
    first, second = np.triu_indices(len(points), k=1)
    distances = np.hypot(*(points[first] - points[second]).T)
    nearest = int(distances.argmin())
    if distances[nearest] <= SAME_SPOT * distances.max():
        pair = f"{first[nearest] + 1} and {second[nearest] + 1}"
        raise RegistrationError(f"Points {pair} lie on the same spot {where}; move one of them.")


def _refuse_wrong_order(source: np.ndarray, destination: np.ndarray, mirrored: bool) -> None:
    """Refuse pairs whose triangles turn one way in the photograph as seen and the other way on the map.

    A transform that folds the image over, or mirrors it, can fit four such pairs without any error left.
    """
    source = mirrored_points(source) if mirrored else source
    agrees = agreement(source, destination)
    if agrees.all():
        return
    if not agrees.any():
        raise RegistrationError(NOT_MIRRORED if mirrored else INSIDE_OUT)
    for order in exchanges(len(source)):
        if agreement(source, destination[order]).all():
            one, two = np.flatnonzero(order != np.arange(len(order))) + 1
            raise RegistrationError(
                f"Points {one} and {two} look exchanged in one of the images; swap them there."
            )
    raise RegistrationError(FOLDED)


def _triangles(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List all triangles of points, with their signed height over their longest side, both evened."""
    points = evened(points)
    triangles = np.array(list(combinations(range(len(points)), 3)))
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    longest = np.max([np.sum((p - q) ** 2, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    return triangles, (ux * vy - uy * vx) / np.maximum(longest, np.finfo(float).tiny)
