"""Smooth bend of a warped panel, chosen by spatial cross-validation, and the error that is left.

The patches that hold a homography also tell what it leaves. A smooth field through that is only taken for a
bend if it predicts patches in held-out blocks of the map better than the homography does, by more than the
standard error of the difference (Roberts et al. 2017, Ecography 40, 913, on cross-validation in blocks;
Hastie, Tibshirani and Friedman 2009, The Elements of Statistical Learning, 7.10, on the standard error).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maxrf_core.autoalign.control_points import ControlPoints, place_control_points
from maxrf_core.autoalign.evidence import correlations
from maxrf_core.autoalign.patch_matching import match
from maxrf_core.autoalign.pyramid import Level
from maxrf_core.autoalign.robust_fit import Clicks, landmarks_of
from maxrf_core.autoalign.smooth_field import Field, FittedField, Kernel, Residuals, fit_field
from maxrf_core.autoalign.spatial_validation import Choice, choose_kernel, jackknife_variance
from maxrf_core.language import Note
from maxrf_core.registration.error_map import ErrorMap
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Transform

REACH = 8  # pixels to each side in which patches of a warped panel are searched
NEAR = 4  # the same where the bend is about known
BLURS = (1.0, 1.6)  # pixels, as in `search`
PATCH, OVERLAP = 32, 1.5
MIN_DISTINCTION = 3.0  # standard deviations, of a patch searched that far: others are often wrong
MIN_PATCHES = 40  # that are found
MIN_BEND = 0.3  # map pixels, root mean square: a smaller bend is not worth more pairs
MIN_GAIN = 0.25  # of the squares of held-out patches
MIN_RISE = 0.002  # of the correlation of edges
MIN_SIGNIFICANCE = 2.0  # of the bend over its own expected error
ROUNDS = 2  # of matching around the bend
REST = Kernel(1.2, 0.15)  # what is left of a bend that was not chosen
BENT_SCATTER = 1.4  # true error of a bend over that by its covariance, see the benchmark
MIN_ERROR = 0.02  # map pixels: the interpolation of peaks is no better


@dataclass(frozen=True, eq=False)
class Bend:
    """A smooth bend beyond a homography, as pairs of points for a thin-plate spline.

    Parameters
    ----------
    src, dst : ndarray, (n, 2), float64
        Pairs in the photograph and on the map, a grid over it: the spline through them is the bend.
    transform : InverseThinPlateSpline
        From photograph to map, through these pairs.
    rms, largest : float
        Displacement beyond the homography, in map pixels: root mean square over the map, and the largest.
    gain, gain_error : float
        Part of the squares of held-out patches that the bend takes away, and its standard error.
    length : float
        Over which the bend changes, in map pixels.
    error_map : ErrorMap
        Expected error with the bend.
    """

    src: np.ndarray
    dst: np.ndarray
    transform: Transform
    rms: float
    largest: float
    gain: float
    gain_error: float
    length: float
    error_map: ErrorMap

    def record(self) -> dict[str, Any]:
        """Return how the bend was chosen as JSON values."""
        return {
            "rms_px": self.rms,
            "largest_px": self.largest,
            "gain": self.gain,
            "gain_error": self.gain_error,
            "length_px": self.length,
        }

    def sentence(self, flat: float) -> str:
        """Say how a registration follows the panel whose expected error is `flat` map pixels without it."""
        return Note(
            "The panel is warped by up to {largest:.1f} pixels: a bend through {count} points follows it, "
            "and the error to be expected is {expected_error:.1f} map pixels instead of {flat:.1f}.",
            largest=self.largest,
            count=len(self.src),
            expected_error=max(self.error_map.rms, 0.05),
            flat=flat,
        )

    def changes(self, record: dict[str, Any], sentence: str) -> dict[str, Any]:
        """Return the fields of a registration that change with the bend, from its record without it."""
        return {
            "sentence": sentence,
            "src": self.src,
            "dst": self.dst,
            "uncertainty": self.error_map.rms,
            "record": {
                **record,
                "sentence": sentence,
                "bend": self.record(),
                "uncertainty": self.error_map.rms,
                "error_map": self.error_map.record(),
            },
            "error_map": self.error_map,
            "bend": None,
        }


@dataclass(frozen=True, eq=False)
class Leftover:
    """Expected error all over the map, and the bend if there is one, beyond a homography."""

    error_map: ErrorMap
    bend: Bend | None

    @property
    def told(self) -> float:
        """Expected error over the map, in map pixels, with the bend if there is one: root mean square."""
        return self.error_map.rms if self.bend is None else self.bend.error_map.rms


def find_leftover(
    level: Level, transform: Homography, clicks: Clicks, photo_shape: tuple[int, int]
) -> Leftover:
    """Find the smooth bend that a homography leaves, if there is one, and the error to be expected.

    Parameters
    ----------
    level : Level
        The pictures at the map's scale.
    transform : Homography
        From photograph to map, the best one.
    clicks : Clicks
        They hold the transform where nothing else does.
    photo_shape : (height, width)
        Of the photograph, within which the pairs of a bend lie.

    Returns
    -------
    Leftover
        Without a bend its error is what all patches near their place say together, and how far the distinct
        ones of a wider search say otherwise: what shows only at a border or in lines is uncertain.
    """
    shape = level.shape
    far = residuals_at(level, transform, transform, REACH, MIN_DISTINCTION)
    found = _find_bend(level, transform, far, clicks, photo_shape)
    if found is not None:  # it is known what the homography lacks
        bend, lacks = found

        def lacking(places: np.ndarray) -> np.ndarray:
            return np.sqrt(np.sum(lacks.at(places) ** 2, axis=1) + lacks.variance(places))

        return Leftover(ErrorMap.of(lacking, shape, MIN_ERROR), bend)
    near = residuals_at(level, transform, transform, NEAR)
    rest = fit_field(near, Field(shape, REST.length), REST.size, clicks)
    other = fit_field(far, Field(shape, REST.length), 0.0, clicks)

    def error(places: np.ndarray) -> np.ndarray:
        differs = np.sum(other.at(places) ** 2, axis=1) - other.variance(places)
        left_out = jackknife_variance(near, rest, REST.size, clicks, places)
        variance = np.maximum(rest.variance(places), left_out)  # neighbouring patches err alike
        return np.sqrt(np.sum(rest.at(places) ** 2, axis=1) + variance + np.maximum(0, differs))

    return Leftover(ErrorMap.of(error, shape, MIN_ERROR), None)


def _find_bend(
    level: Level, transform: Homography, far: Residuals, clicks: Clicks, photo_shape: tuple[int, int]
) -> tuple[Bend, FittedField] | None:
    shape = level.shape
    choice = choose_kernel(far, shape, clicks)
    for _round in range(ROUNDS):
        if choice is None or not _is_bend(choice, shape, 1.0):
            return None
        points = place_control_points(transform, choice.fitted.at, shape, photo_shape)
        if points is None:
            return None
        near = residuals_at(level, transform, points.transform, NEAR)
        choice = choose_kernel(near, shape, clicks, choice.fitted)
    if choice is None or not _is_bend(choice, shape, MIN_SIGNIFICANCE):
        return None
    points = place_control_points(transform, choice.fitted.at, shape, photo_shape)
    if points is None:
        return None
    before, after = correlations(level, [transform, points.transform])
    if after - before <= MIN_RISE:  # patches around a wrong bend may agree with it, the pictures do not
        return None
    return _bend(points, choice, shape), choice.fitted


def _bend(points: ControlPoints, choice: Choice, shape: tuple[int, int]) -> Bend:
    fitted = choice.fitted
    error = ErrorMap.of(lambda at: BENT_SCATTER * np.sqrt(fitted.variance(at)), shape, MIN_ERROR)
    lengths = np.hypot(*fitted.at(landmarks_of(shape)).T)
    return Bend(
        points.src,
        points.dst,
        points.transform,
        float(np.sqrt(np.mean(lengths**2))),
        float(lengths.max()),
        choice.gain,
        choice.error,
        choice.kernel.length * max(shape) / 2,
        error,
    )


def _is_bend(choice: Choice, shape: tuple[int, int], min_significance: float) -> bool:
    """Return True if a field predicts better than none, and is so many times larger than its own error."""
    places = landmarks_of(shape)
    rms = float(np.sqrt(np.mean(np.sum(choice.fitted.at(places) ** 2, axis=1))))
    own = float(np.sqrt(np.mean(choice.fitted.variance(places))))
    return (
        choice.kernel.size > 0
        and choice.gain > max(choice.error, MIN_GAIN)
        and rms > max(MIN_BEND, min_significance * own)
    )


def residuals_at(
    level: Level, reference: Homography, around: Transform, reach: int, min_distinction: float = 0.0
) -> Residuals:
    """Match patches around a transform; return what a homography leaves of them.

    Parameters
    ----------
    level : Level
    reference : Homography
        Of which the residuals are.
    around : Homography or InverseThinPlateSpline
        Where the patches are searched.
    reach : int
        Pixels to each side.
    min_distinction : float
        See `Matches.distinction`.
    """
    matches = [match(level, around, reach, size=PATCH, overlap=OVERLAP, blur=blur) for blur in BLURS]
    return Residuals.of(reference, [each[each.distinction > min_distinction] for each in matches])
