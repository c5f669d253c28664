"""Order of matching points: check and correction. A wrong order folds the photograph over itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.transform.point_pairs import (
    DESTINATION,
    FOLDED,
    exchanges,
    matching,
    same_orientation,
    similarity_params,
)

N_ROTATIONS = 24  # of the photograph, in which the nearest partner of each point is searched
MISFIT_MARGIN = 0.1  # difference of misfit over size that a slanting view explains as well


@dataclass(frozen=True, eq=False)
class CorrectedOrder:
    """Pairs of points in corrected order.

    Attributes
    ----------
    src, dst : ndarray, (n, 2), float64
        The corrected pairs; `src` is unchanged.
    order : ndarray, (n,), int
        Index of the given point on the map that is now the partner of each point in the photograph.
    message : str
        What was changed, in one or two sentences.
    """

    src: np.ndarray
    dst: np.ndarray
    order: np.ndarray
    message: str


def same_order(src: Any, dst: Any) -> bool:
    """Return True if all triangles of points have the same orientation in both images.

    Otherwise every transform folds or mirrors the photograph, however small its residuals are.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; of a mirrored photograph as it is viewed, see `maxrf_core.transform.coordinates.View`.

    Returns
    -------
    bool

    Raises
    ------
    RegistrationError
        If they are not pairs of finite numbers, or not equally many in both images.

    Examples
    --------
    >>> square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    >>> same_order(square, square), same_order(square, [[9, 0], [0, 0], [9, 9], [0, 9]])
    (True, False)
    """
    return bool(same_orientation(*matching(src, dst)).all())


def is_reversed(src: Any, dst: Any) -> bool:
    """Return True if all triangles of points have opposite orientations, as in a mirror image.

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
        If they are not pairs of finite numbers, or not equally many in both images.

    Examples
    --------
    >>> square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    >>> is_reversed(square, [[9, 0], [0, 0], [0, 9], [9, 9]])
    True
    >>> is_reversed(square, [[9, 0], [0, 0], [9, 9], [0, 9]])
    False
    """
    agrees = same_orientation(*matching(src, dst))
    return bool(len(agrees)) and not agrees.any()


def correct_order(src: Any, dst: Any) -> CorrectedOrder:
    """Correct the order of points on the map.

    The order that fits a similarity transform best is chosen; among equally good ones an exchange of just two
    points, and then the one with the smallest rotation.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        x, y in pixels; three or more pairs. Of a photograph that is viewed rotated or mirrored as it is
        viewed, see `maxrf_core.transform.coordinates.View`.

    Returns
    -------
    CorrectedOrder

    Raises
    ------
    RegistrationError
        If no order gives a sensible transform, or the points are not pairs of finite numbers.

    Examples
    --------
    >>> square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    >>> mended = correct_order(square, [[9, 0], [0, 0], [9, 9], [0, 9]])
    >>> mended.order
    array([1, 0, 2, 3])
    >>> mended.message
    'Points 1 and 2 on the map were exchanged.'
    """
    source, destination = matching(src, dst)
    agrees = same_orientation(source, destination)
    unchanged = np.arange(len(source))
    if agrees.all():
        message = _("The points lie round each other in the same order in both images; nothing was changed.")
        return CorrectedOrder(source, destination, unchanged, message)
    orders = _orders(source, destination)
    sensible = [order for order in orders if same_orientation(source, destination[order]).all()]
    if not sensible:
        raise RegistrationError(_(FOLDED))
    best = _most_likely(source, destination, sensible)
    message = _message(np.flatnonzero(best != unchanged) + 1)
    if not agrees.any():
        message += _(" If the photograph is mirrored instead, undo this, and register it mirrored.")
    return CorrectedOrder(source, destination[best], best, message)


def _orders(source: np.ndarray, destination: np.ndarray) -> Iterator[np.ndarray]:
    """Yield candidate orders: all of up to four points; of more, exchanges and the nearest partners."""
    if len(source) <= 4:
        yield from (np.array(order) for order in permutations(range(len(source))))
        return
    yield from exchanges(len(source))
    # Imported late: it takes 0.3 s, and four points do not need it
    from scipy.optimize import linear_sum_assignment

    z, w = (_normalised(points) for points in (source, destination))
    for turned in np.exp(2j * np.pi * np.arange(N_ROTATIONS) / N_ROTATIONS):
        yield linear_sum_assignment(np.abs(turned * z[:, None] - w))[1]


def _normalised(points: np.ndarray) -> np.ndarray:
    """Return points with mean 0 and mean distance 1: (n,) complex."""
    away = (points - points.mean(axis=0)) @ [1, 1j]
    return away / np.abs(away).mean()


def _most_likely(source: np.ndarray, destination: np.ndarray, orders: list[np.ndarray]) -> np.ndarray:
    """Choose among orders of the points on the map as described in `correct_order`."""
    size = np.abs((destination - destination.mean(axis=0)) @ [1, 1j]).mean()
    fits = []
    for order in orders:
        turned, shift = similarity_params(source, destination[order])
        misfit = np.abs(turned * (source @ [1, 1j]) + shift - destination[order] @ [1, 1j]).mean() / size
        moved = np.count_nonzero(order != np.arange(len(order)))
        fits.append((misfit, moved > 2, abs(float(np.angle(turned)))))
    least = min(misfit for misfit, _, _ in fits) + MISFIT_MARGIN
    chosen = min(range(len(fits)), key=lambda number: (fits[number][0] > least, *fits[number][1:]))
    return orders[chosen]


def _message(moved: np.ndarray) -> str:
    if len(moved) == 2:
        return _("Points {one} and {two} {destination} were exchanged.").format(
            one=moved[0], two=moved[1], destination=_(DESTINATION)
        )
    listed = ", ".join(map(str, moved[:-1]))
    return _("Points {listed} and {last} {destination} were given other numbers.").format(
        listed=listed, last=moved[-1], destination=_(DESTINATION)
    )
