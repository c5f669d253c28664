"""How good is a registration, as far as its points can tell? Residuals, and what they hide.

A homography meets four pairs exactly, however badly they were set, and hides much of a wrong one among six.
So each pair is also left out and predicted from the others, and a pair is suspected when the others agree so
much better without it that chance does not explain it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.registration.uncertainty import (
    click_error_of,
    corners_of,
    further_places,
    sensitivity,
    worst_corner,
)
from maxrf_core.transform.homography import residuals
from maxrf_core.transform.models import MODELS, Model, Transform, affine, find_model
from maxrf_core.transform.point_pairs import DESTINATION, MIN_FLATNESS, matching, mirrored_points

MIN_TO_LEAVE_OUT = 6  # pairs; a fit to fewer is so loose that what it predicts tells nothing
MOST_TO_LEAVE_OUT = 150  # pairs of which each is left out in turn
CHANCE = 0.01  # probability that chance explains a suspicion, below which it is uttered
WORTH_TELLING = 1.0  # map pixels by which a pair must be off to be suspected at all


@dataclass(frozen=True, eq=False)
class Quality:
    """What the points of a registration tell about its precision.

    Attributes
    ----------
    model : Model
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map, fitted to all pairs.
    vectors : ndarray, (n, 2), float64
        Residuals in map pixels: from each point on the map to where the transform puts its partner.
    left_out : ndarray, (n, 2), float64
        The same with each pair left out of the fit in turn; NaN where the other pairs fix no transform, and
        for fewer than 6 or more than 150 pairs.
    affine_rms : float or None
        Root mean square in map pixels of what an affine transform leaves of four pairs, the only check that
        four have; None for other numbers of pairs and other models.
    corner_errors : ndarray, (4,), float64
        How far off in map pixels (root mean square) clicks that are one map pixel off put the map's corners,
        clockwise from the top left; to first order, by the Jacobian.
    worst_corner : float
        How far off the worst of them usually is: the median over seeded draws of all clicks.
    coverage : float
        Part of the map's area within the convex hull of the points.
    click_error : float or None
        Length of a click's error in map pixels, root mean square, estimated from the pairs; None where they
        tell nothing of it, see `maxrf_core.registration.uncertainty.click_error_of`.
    suspect : int or None
        Index of the pair that is probably wrong.
    further : ndarray, (up to 2, 2), float64
        Where on the map one or two further pairs would help most.
    pixel_size : float or None
        Millimetres of a map pixel, where known.
    """

    model: Model
    transform: Transform
    vectors: np.ndarray
    left_out: np.ndarray
    affine_rms: float | None
    corner_errors: np.ndarray
    worst_corner: float
    coverage: float
    click_error: float | None
    suspect: int | None
    further: np.ndarray
    pixel_size: float | None

    @property
    def lengths(self) -> np.ndarray:
        """Residual of each pair in map pixels: (n,) float64."""
        return np.hypot(*self.vectors.T)

    @property
    def rms(self) -> float:
        """Root mean square of the residuals in map pixels."""
        return _rms(self.lengths)

    @property
    def leave_one_out(self) -> np.ndarray:
        """How far off in map pixels the others predict each pair: (n,) float64, NaN where they cannot."""
        return np.hypot(*self.left_out.T)

    def in_mm(self, pixels: float) -> float | None:
        """Turn map pixels into millimetres; None where the size of a pixel is not known."""
        return None if self.pixel_size is None else pixels * self.pixel_size


def assess(
    src: Any,
    dst: Any,
    map_shape: Sequence[int],
    *,
    model: str = "homography",
    pixel_size: float | None = None,
    mirrored: bool = False,
) -> Quality:
    """Tell how precise a registration is, from its points alone.

    Parameters
    ----------
    src, dst : array_like, (n, 2)
        Matching points x, y, in the photograph and on the map.
    map_shape : (height, width) or more
    model : str
        Name of the model, see `maxrf_core.transform.models`.
    pixel_size : float, optional
        Millimetres of a map pixel.
    mirrored : bool
        Whether the map shows the photograph's mirror image.

    Returns
    -------
    Quality

    Raises
    ------
    RegistrationError
        Where no sensible transform follows from the points, the map has no area, or the size is not positive.

    Notes
    -----
    A pair is suspected by the outlier test of a shifted mean (Cook and Weisberg 1982, Residuals and Influence
    in Regression, 2.2): without it the sum of squares falls from S to s; for normal errors and ν numbers to
    spare, chance does this with the probability (s / S)^(ν / 2), times the number of pairs that are tried.

    Examples
    --------
    >>> src = np.array([[x, y] for y in (0, 90, 180) for x in (0, 80, 160)])
    >>> dst = src / 2 + np.sin(np.arange(18).reshape(9, 2)) / 4
    >>> dst[4] += [0, 8]  # a click that went wrong
    >>> quality = assess(src, dst, (100, 90))
    >>> quality.suspect, round(quality.rms, 1), round(quality.coverage, 2)
    (4, 2.4, 0.8)
    """
    kind = find_model(model)
    _check_sizes(map_shape, pixel_size)
    source, destination = matching(src, dst)
    if kind.min_pairs > 2:  # a similarity needs no more than a line
        _check_spread(destination, map_shape)
    fitted = kind.fit(source, destination, mirrored)
    vectors = fitted.apply(source) - destination
    seen = mirrored_points(source) if mirrored else source  # as the map shows it
    left_out, rest = _left_out(kind, fitted, source, destination, mirrored)
    effect = sensitivity(kind, fitted, source, destination, corners_of(map_shape))
    exact_four = kind.name == "homography" and len(source) == 4
    return Quality(
        model=kind,
        transform=fitted,
        vectors=vectors,
        left_out=left_out,
        affine_rms=_rms(residuals(affine(seen, destination), seen, destination)) if exact_four else None,
        corner_errors=np.sqrt(np.sum(effect**2, axis=(1, 2, 3)) / 2),
        worst_corner=worst_corner(effect),
        coverage=_coverage(destination, map_shape),
        click_error=click_error_of(kind, source, destination, vectors, left_out),
        suspect=_suspect(kind, vectors, left_out, rest)
        if kind.n_params
        else _suspect_of_flat(seen, destination),
        further=further_places(kind, fitted, source, destination, map_shape),
        pixel_size=pixel_size,
    )


def _left_out(
    model: Model, fitted: Transform, source: np.ndarray, destination: np.ndarray, mirrored: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Leave out each pair in turn: give its prediction's error, and the sum of squares of the others."""
    count = len(source)
    errors, rest = np.full((count, 2), np.nan), np.full(count, np.inf)
    for number in range(count if MIN_TO_LEAVE_OUT <= count <= MOST_TO_LEAVE_OUT else 0):
        others = np.arange(count) != number
        try:
            if count - 1 == model.min_pairs:
                without: Transform = model.fit(source[others], destination[others], mirrored)
            else:
                without = model.refit(fitted, source[others], destination[others])
        except (RegistrationError, np.linalg.LinAlgError):
            continue
        vectors = without.apply(source) - destination
        errors[number], rest[number] = vectors[number], np.sum(vectors[others] ** 2)
    return errors, rest


def _suspect(model: Model, vectors: np.ndarray, left_out: np.ndarray, rest: np.ndarray) -> int | None:
    """Find the pair without which the others agree so much better that chance does not explain it."""
    count = len(vectors)
    spare = 2 * (count - 1) - model.n_params
    if spare < 2 or not np.isfinite(rest).any():
        return None
    likely = int(rest.argmin())
    if np.hypot(*left_out[likely]) < WORTH_TELLING:
        return None
    by_chance = count * (rest[likely] / np.sum(vectors**2)) ** (spare / 2)
    return likely if by_chance < CHANCE else None


def _suspect_of_flat(source: np.ndarray, destination: np.ndarray) -> int | None:
    """Find a pair that is off by more than the bending of a photograph whose transform meets all pairs."""
    flat = MODELS["homography"]
    try:
        fitted = flat.fit(source, destination)
    except RegistrationError:
        return None
    return _suspect(flat, fitted.apply(source) - destination, *_left_out(flat, fitted, source, destination))


def _coverage(points: np.ndarray, map_shape: Sequence[int]) -> float:
    hull = cv2.convexHull(points.astype(np.float32))
    return float(cv2.contourArea(hull)) / (map_shape[0] * map_shape[1])


def _check_sizes(map_shape: Sequence[int], pixel_size: float | None) -> None:
    if len(map_shape) < 2 or min(map_shape[:2]) < 1:
        raise RegistrationError(f"A map has rows and columns, not the shape {tuple(map_shape)}.")
    if pixel_size is not None and not 0 < pixel_size < np.inf:
        raise RegistrationError(
            f"The size of a map pixel is a number of millimetres above 0, not {pixel_size}."
        )


def _check_spread(points: np.ndarray, map_shape: Sequence[int]) -> None:
    """Refuse points that hardly spread along one side of the map; a long strip has short sides of its own."""
    sides = np.array([map_shape[1], map_shape[0]])
    if len(points) and (np.ptp(points, axis=0) < MIN_FLATNESS * sides).any():
        raise RegistrationError(
            f"All points lie nearly on one line {DESTINATION}; move one of them away from it."
        )


def _rms(lengths: np.ndarray) -> float:
    return float(np.sqrt(np.mean(lengths**2)))
