"""In which order are points best set, and which was meant? A wrong one folds the photograph over itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.transform.point_pairs import (
    DESTINATION,
    FOLDED,
    exchanges,
    matching,
    same_orientation,
    similarity_params,
)

TURNS_TO_TRY = 24  # rotations of the photograph in which each point's nearest partner is looked for
LIKE_ENOUGH = (
    0.1  # difference in misfit over size that a slanting view explains as well as another order does
)


@dataclass(frozen=True, eq=False)
class Mended:
    """Pairs of points whose partners were put right.

    Attributes
    ----------
    src, dst : ndarray, (n, 2), float64
        The pairs as they now belong together; `src` is as it was given.
    order : ndarray, (n,), int
        Which of the given points on the map is now the partner of each point in the photograph.
    said : str
        What was done, in one sentence or two.
    """

    src: np.ndarray
    dst: np.ndarray
    order: np.ndarray
    said: str


def in_order(src: Any, dst: Any) -> bool:
    """Tell whether the points lie round each other in the same order in both images.

    Where they do not, no transform carries the one onto the other without folding or mirroring the
    photograph, however small its residuals are.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; of a mirrored photograph as it is seen, see `maxrf_core.transform.coordinates.View`.

    Returns
    -------
    bool

    Raises
    ------
    RegistrationError
        Where they are no pairs of finite numbers, or not as many in both.

    Examples
    --------
    >>> square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    >>> in_order(square, square), in_order(square, [[9, 0], [0, 0], [9, 9], [0, 9]])
    (True, False)
    """
    return bool(same_orientation(*matching(src, dst)).all())


def reversed_everywhere(src: Any, dst: Any) -> bool:
    """Return True if all points lie round each other in the opposite order, as those of a mirror image do.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels.

    Returns
    -------
    bool

    Raises
    ------
    RegistrationError
        Where they are no pairs of finite numbers, or not as many in both.

    Examples
    --------
    >>> square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    >>> reversed_everywhere(square, [[9, 0], [0, 0], [0, 9], [9, 9]])
    True
    >>> reversed_everywhere(square, [[9, 0], [0, 0], [9, 9], [0, 9]])
    False
    """
    agrees = same_orientation(*matching(src, dst))
    return bool(len(agrees)) and not agrees.any()


def mend(src: Any, dst: Any) -> Mended:
    """Give each point in the photograph its right partner, where the order of the points is wrong.

    The order is taken that fits a shifted, turned and enlarged photograph best; among equally good ones one
    that exchanges just two points, and then the one that turns the photograph least.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; three or more pairs. Of a photograph that is looked at turned or mirrored as it is
        seen, see `maxrf_core.transform.coordinates.View`.

    Returns
    -------
    Mended

    Raises
    ------
    RegistrationError
        Where no order that was tried makes sense, and where the points are no pairs of finite numbers.

    Examples
    --------
    >>> square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    >>> mended = mend(square, [[9, 0], [0, 0], [9, 9], [0, 9]])
    >>> mended.order
    array([1, 0, 2, 3])
    >>> mended.said
    'Points 1 and 2 on the map were exchanged.'
    """
    source, destination = matching(src, dst)
    agrees = same_orientation(source, destination)
    unchanged = np.arange(len(source))
    if agrees.all():
        said = "The points lie round each other in the same order in both images; nothing was changed."
        return Mended(source, destination, unchanged, said)
    orders = _orders(source, destination)
    sensible = [order for order in orders if same_orientation(source, destination[order]).all()]
    if not sensible:
        raise RegistrationError(FOLDED)
    best = _most_likely(source, destination, sensible)
    said = _told(np.flatnonzero(best != unchanged) + 1)
    if not agrees.any():
        said += " If the photograph is mirrored instead, undo this, and register it mirrored."
    return Mended(source, destination[best], best, said)


def _orders(source: np.ndarray, destination: np.ndarray) -> Iterator[np.ndarray]:
    """Give the orders worth a try: all of four points; of more, exchanges and the nearest partners."""
    if len(source) <= 4:
        yield from (np.array(order) for order in permutations(range(len(source))))
        return
    yield from exchanges(len(source))
    from scipy.optimize import linear_sum_assignment  # takes 0.3 s, and four points need none of it

    z, w = (_standing_alike(points) for points in (source, destination))
    for turned in np.exp(2j * np.pi * np.arange(TURNS_TO_TRY) / TURNS_TO_TRY):
        yield linear_sum_assignment(np.abs(turned * z[:, None] - w))[1]


def _standing_alike(points: np.ndarray) -> np.ndarray:
    """Move points round zero, with a mean distance of one from it: (n,) complex."""
    away = (points - points.mean(axis=0)) @ [1, 1j]
    return away / np.abs(away).mean()


def _most_likely(source: np.ndarray, destination: np.ndarray, orders: list[np.ndarray]) -> np.ndarray:
    """Choose among orders of the points on the map, as `mend` says."""
    size = np.abs((destination - destination.mean(axis=0)) @ [1, 1j]).mean()
    fits = []
    for order in orders:
        turned, shift = similarity_params(source, destination[order])
        misfit = np.abs(turned * (source @ [1, 1j]) + shift - destination[order] @ [1, 1j]).mean() / size
        moved = np.count_nonzero(order != np.arange(len(order)))
        fits.append((misfit, moved > 2, abs(float(np.angle(turned)))))
    least = min(misfit for misfit, _, _ in fits) + LIKE_ENOUGH
    chosen = min(range(len(fits)), key=lambda number: (fits[number][0] > least, *fits[number][1:]))
    return orders[chosen]


def _told(moved: np.ndarray) -> str:
    if len(moved) == 2:
        return f"Points {moved[0]} and {moved[1]} {DESTINATION} were exchanged."
    listed = ", ".join(map(str, moved[:-1]))
    return f"Points {listed} and {moved[-1]} {DESTINATION} were given other numbers."
