"""Quality of a registration from its points: residuals, leave-one-out errors and outliers.

A homography fits four pairs exactly, however imprecise they are, and hides most of the error of one of six.
So each pair is also predicted from the others, and a pair is suspected if the others agree significantly
better without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.uncertainty import (
    estimate_click_error,
    sensitivity,
    suggested_places,
    worst_corner,
)
from maxrf_core.transform.extents import check_map_shape, corners_of
from maxrf_core.transform.models import MODELS, Model, Transform, affine, find_model
from maxrf_core.transform.plane_transform import residuals
from maxrf_core.transform.point_pairs import DESTINATION, MIN_FLATNESS, matching, mirrored_points

MIN_TO_LEAVE_OUT = 6  # pairs; predictions of a fit to fewer are too imprecise
MAX_TO_LEAVE_OUT = 150  # pairs
SIGNIFICANCE_LEVEL = 0.01  # of the outlier test
MIN_SUSPECT_ERROR = 1.0  # map pixels; pairs with smaller errors are not suspected


@dataclass(frozen=True, eq=False)
class Quality:
    """Precision of a registration, from its points.

    Attributes
    ----------
    model : Model
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map, fitted to all pairs.
    vectors : ndarray, (n, 2), float64
        Residuals in map pixels: from each point on the map to its transformed partner.
    left_out : ndarray, (n, 2), float64
        The same with each pair left out of the fit in turn; NaN if the other pairs fix no transform, and for
        fewer than 6 or more than 150 pairs.
    affine_rms : float or None
        Root mean square of the residuals of an affine transform in map pixels, the only check of four pairs;
        None for other numbers of pairs and other models.
    corner_errors : ndarray, (4,), float64
        Errors of the map's corners in map pixels (root mean square) for click errors of one map pixel,
        clockwise from the top left; to first order, by the Jacobian.
    worst_corner : float
        Typical error of the worst corner: the median over seeded draws of all clicks.
    coverage : float
        Part of the map's area inside the convex hull of the points.
    click_error : float or None
        Length of a click's error in map pixels, root mean square, estimated from the pairs; None if they
        say nothing about it, see `maxrf_core.registration.uncertainty.estimate_click_error`.
    suspect : int or None
        Index of the pair that is probably wrong.
    suggested : ndarray, (up to 2, 2), float64
        Positions on the map where one or two further pairs would help most.
    pixel_size : float or None
        Millimetres of a map pixel, if known.
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
    suggested: np.ndarray
    pixel_size: float | None

    @property
    def residuals(self) -> np.ndarray:
        """Residual of each pair in map pixels: (n,) float64."""
        return np.hypot(*self.vectors.T)

    @property
    def rms(self) -> float:
        """Root mean square of the residuals in map pixels."""
        return _rms(self.residuals)

    @property
    def leave_one_out(self) -> np.ndarray:
        """Error of predicting each pair from the others, in map pixels: (n,) float64, NaN if not possible."""
        return np.hypot(*self.left_out.T)

    def in_mm(self, pixels: float) -> float | None:
        """Convert map pixels to millimetres; None if the pixel size is not known."""
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
    """Estimate the precision of a registration from its points.

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
        If the points fix no sensible transform, the map has no area, or the size is not positive.

    Notes
    -----
    A pair is suspected by the outlier test of a shifted mean (Cook and Weisberg 1982, Residuals and Influence
    in Regression, 2.2): without it the sum of squares falls from S to s; for normal errors and ν degrees of
    freedom this happens by chance with the probability (s / S)^(ν / 2), times the number of pairs.

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
    seen = mirrored_points(source) if mirrored else source  # in the orientation of the map
    left_out, remaining = _left_out(kind, fitted, source, destination, mirrored)
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
        click_error=estimate_click_error(kind, source, destination, vectors, left_out),
        suspect=_suspect(kind, vectors, left_out, remaining)
        if kind.n_params
        else _suspect_of_flat(seen, destination),
        suggested=suggested_places(kind, fitted, source, destination, map_shape),
        pixel_size=pixel_size,
    )


def _left_out(
    model: Model, fitted: Transform, source: np.ndarray, destination: np.ndarray, mirrored: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Leave out each pair in turn: return its prediction error, and the sum of squares of the others."""
    count = len(source)
    errors, remaining = np.full((count, 2), np.nan), np.full(count, np.inf)
    for number in range(count if MIN_TO_LEAVE_OUT <= count <= MAX_TO_LEAVE_OUT else 0):
        others = np.arange(count) != number
        try:
            if count - 1 == model.min_pairs:
                without: Transform = model.fit(source[others], destination[others], mirrored)
            else:
                without = model.refit(fitted, source[others], destination[others])
        except (RegistrationError, np.linalg.LinAlgError):
            continue
        vectors = without.apply(source) - destination
        errors[number], remaining[number] = vectors[number], np.sum(vectors[others] ** 2)
    return errors, remaining


def _suspect(model: Model, vectors: np.ndarray, left_out: np.ndarray, remaining: np.ndarray) -> int | None:
    """Return the pair without which the others agree significantly better, if there is one."""
    count = len(vectors)
    redundancy = 2 * (count - 1) - model.n_params
    if redundancy < 2 or not np.isfinite(remaining).any():
        return None
    likely = int(remaining.argmin())
    if np.hypot(*left_out[likely]) < MIN_SUSPECT_ERROR:
        return None
    p_value = count * (remaining[likely] / np.sum(vectors**2)) ** (redundancy / 2)
    return likely if p_value < SIGNIFICANCE_LEVEL else None


def _suspect_of_flat(source: np.ndarray, destination: np.ndarray) -> int | None:
    """Return the suspected pair under a homography, for elastic models, which fit all pairs exactly."""
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
    check_map_shape(map_shape)
    if pixel_size is not None and not 0 < pixel_size < np.inf:
        raise RegistrationError(
            _("The size of a map pixel is a number of millimetres above 0, not {pixel_size}.").format(
                pixel_size=pixel_size
            )
        )


def _check_spread(points: np.ndarray, map_shape: Sequence[int]) -> None:
    """Refuse points that hardly spread along one side of the map, in proportion to that side."""
    sides = np.array([map_shape[1], map_shape[0]])
    if len(points) and (np.ptp(points, axis=0) < MIN_FLATNESS * sides).any():
        raise RegistrationError(
            _("All points lie nearly on one line {destination}; move one of them away from it.").format(
                destination=_(DESTINATION)
            )
        )


def _rms(lengths: np.ndarray) -> float:
    return float(np.sqrt(np.mean(lengths**2)))
