"""Checks of pairs of points from which a transform is to be fitted; solvers do not report bad ones."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _, marked
from maxrf_core.transform.coordinates import as_pairs

MIN_FLATNESS = 0.02  # height over base of any triangle of four points
MIN_CLEAR_FLATNESS = 0.1  # of triangles whose orientation is known in spite of imprecise clicks
MIN_SPREAD = 0.5  # pixels along an axis; points with less lie on a line
SAME_SPOT = 1e-6  # part of the largest distance
MAX_COMPARED = 48  # points of which all triangles are compared
MAX_EXCHANGED = 12  # points of which all exchanges are tried

SOURCE, DESTINATION = marked("in the photograph"), marked("on the map")
IN_WORDS = {2: marked("two"), 3: marked("three"), 4: marked("four")}

INSIDE_OUT = marked(
    "The points turn the photograph inside out: either it is mirrored, as X-ray films and versos often are "
    "(register it mirrored), or two points opposite each other are exchanged."
)
NOT_MIRRORED = marked(
    "The photograph is to be registered mirrored, but the points do not mirror it; register it as it is."
)
FOLDED = marked(
    "The points do not lie round each other in the same order in both images, which would fold the "
    "photograph over itself; check that equal numbers mark equal places."
)

Check = Callable[[np.ndarray, str], None]


def as_points(points: Any, where: str) -> np.ndarray:
    """Copy points to a float64 array, and check that they are finite.

    Parameters
    ----------
    points : array_like or iterable, (n, 2)
    where : str
        The image they belong to, for the message.

    Returns
    -------
    ndarray, (n, 2), float64

    Raises
    ------
    RegistrationError
        If they are not pairs of finite numbers.
    """
    pairs = as_pairs(points, _("The points {where}").format(where=_(where))).astype(np.float64)
    if not np.isfinite(pairs).all():
        bad = int(np.argmin(np.isfinite(pairs).all(axis=1))) + 1
        raise RegistrationError(
            _("Point {bad} {where} is not a pair of finite numbers; set it again.").format(
                bad=bad, where=_(where)
            )
        )
    return pairs


def matching(src: Any, dst: Any) -> tuple[np.ndarray, np.ndarray]:
    """Copy the points of both images, and check that each has its partner.

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
        If they are not pairs of finite numbers, or not equally many in both images.
    """
    source, destination = as_points(src, SOURCE), as_points(dst, DESTINATION)
    if len(source) != len(destination):
        raise RegistrationError(
            _(
                "There are {count} points {source} and {destination_count} {destination}; "
                "each point needs its partner."
            ).format(
                count=len(source),
                source=_(SOURCE),
                destination_count=len(destination),
                destination=_(DESTINATION),
            )
        )
    return source, destination


def mirrored_points(points: np.ndarray) -> np.ndarray:
    """Return points with left and right exchanged about x = 0: (n, 2) float64."""
    return points * [-1.0, 1.0]


def checked_pairs(
    src: Any, dst: Any, min_pairs: int, purpose: str, flat: Check | None = None, mirrored: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Copy the points of both images, and refuse those that fix no sensible transform.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels, in the photograph and on the map.
    min_pairs : int
        Number of pairs needed, from 2 to 4.
    purpose : str
        For the message, such as "a perspective transform".
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
        If they are too few, not equally many in both images, not finite, on one spot, on a line, exchanged,
        or mirrored other than `mirrored` says.
    """
    source, destination = matching(src, dst)
    if len(source) < min_pairs:
        raise RegistrationError(
            _("{count} pairs of points are too few; {min_pairs} or more are needed for {purpose}.").format(
                count=len(source), min_pairs=_(IN_WORDS[min_pairs]), purpose=_(purpose)
            )
        )
    for points, where in ((source, SOURCE), (destination, DESTINATION)):
        _refuse_same_spot(points, where)
        if flat:
            flat(points, where)
    _refuse_wrong_order(source, destination, mirrored)
    return source, destination


def scaled_per_axis(points: np.ndarray) -> np.ndarray:
    """Scale each axis by the spread of the points along it, so that a long strip is not taken for a line.

    Parameters
    ----------
    points : ndarray, (n, 2), float64

    Returns
    -------
    ndarray, (n, 2), float64
        Unchanged if the points hardly spread along one of the axes: then they lie on a line.

    Examples
    --------
    >>> scaled_per_axis(np.array([[0.0, 0], [49, 0], [49, 5999], [0, 5999]]))
    array([[0., 0.],
           [1., 0.],
           [1., 1.],
           [0., 1.]])
    """
    spread = np.ptp(points, axis=0)
    return points / spread if spread.min() >= MIN_SPREAD else points


def refuse_triples_on_a_line(points: np.ndarray, where: str) -> None:
    """Refuse four points of which three lie on a line; of more than four points three may.

    Raises
    ------
    RegistrationError
    """
    if len(points) != 4:
        return
    triangles, heights = _triangles(points)
    flattest = int(np.abs(heights).argmin())
    if abs(heights[flattest]) < MIN_FLATNESS:
        one, two, three = triangles[flattest] + 1
        raise RegistrationError(
            _(
                "Points {one}, {two} and {three} lie on one line {where}; move one of them away from it."
            ).format(one=one, two=two, three=three, where=_(where))
        )


def refuse_one_line(points: np.ndarray, where: str) -> None:
    """Refuse points that all lie on one line.

    Raises
    ------
    RegistrationError
    """
    placed = scaled_per_axis(points)
    along, across = np.linalg.svd(placed - placed.mean(axis=0), compute_uv=False)
    if across < MIN_FLATNESS * along:
        raise RegistrationError(
            _("All points lie nearly on one line {where}; move one of them away from it.").format(
                where=_(where)
            )
        )


def same_orientation(source: np.ndarray, destination: np.ndarray) -> np.ndarray:
    """Return for each triangle of points whether it has the same orientation in both images.

    Parameters
    ----------
    source, destination : ndarray, (n, 2), float64

    Returns
    -------
    ndarray, (triangles,), bool
        For the triangles that are not too flat in either image, of at most 48 points.
    """
    if len(source) < 3:
        return np.ones(1, dtype=bool)
    some = np.unique(np.linspace(0, len(source) - 1, MAX_COMPARED).astype(int))
    turns = _triangles(source[some])[1], _triangles(destination[some])[1]
    clear = np.minimum(np.abs(turns[0]), np.abs(turns[1])) >= (
        MIN_FLATNESS if len(source) == 4 else MIN_CLEAR_FLATNESS
    )
    return (turns[0] * turns[1] > 0)[clear]


def exchanges(count: int) -> Iterator[np.ndarray]:
    """Yield the orders in which two points are exchanged; none for more than 12 points.

    Parameters
    ----------
    count : int
        Number of points.

    Yields
    ------
    ndarray, (count,), int
    """
    for one, two in combinations(range(count if count <= MAX_EXCHANGED else 0), 2):
        order = np.arange(count)
        order[[one, two]] = two, one
        yield order


def similarity_params(source: np.ndarray, destination: np.ndarray) -> tuple[complex, complex]:
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
        raise RegistrationError(
            _("Points {pair} lie on the same spot {where}; move one of them.").format(
                pair=pair, where=_(where)
            )
        )


def _refuse_wrong_order(source: np.ndarray, destination: np.ndarray, mirrored: bool) -> None:
    """Refuse pairs whose triangles have different orientations in the photograph as viewed and on the map.

    A transform that folds or mirrors the image can fit four such pairs exactly.
    """
    source = mirrored_points(source) if mirrored else source
    agrees = same_orientation(source, destination)
    if agrees.all():
        return
    if not agrees.any():
        raise RegistrationError(_(NOT_MIRRORED if mirrored else INSIDE_OUT))
    for order in exchanges(len(source)):
        if same_orientation(source, destination[order]).all():
            one, two = np.flatnonzero(order != np.arange(len(order))) + 1
            raise RegistrationError(
                _("Points {one} and {two} look exchanged in one of the images; swap them there.").format(
                    one=one, two=two
                )
            )
    raise RegistrationError(_(FOLDED))


def _triangles(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List all triangles of points, with their signed height over their longest side, scaled per axis."""
    points = scaled_per_axis(points)
    triangles = np.array(list(combinations(range(len(points)), 3)))
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    longest = np.max([np.sum((p - q) ** 2, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    return triangles, (ux * vy - uy * vx) / np.maximum(longest, np.finfo(float).tiny)
