"""Verdict on whether photograph and maps show the same artwork under a registration.

The points alone cannot show it: four corners of any two pictures fit each other exactly. So the evidence that
*Refine* uses is collected, first at the registered position, then nearby. The limits were measured on right
and wrong photographs, see docs/registration.md.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from maxrf_core.autoalign.evidence import Evidence, find_evidence
from maxrf_core.autoalign.pyramid import Pyramid, rescaling, shrink, stack_maps
from maxrf_core.autoalign.refine import (
    CLICK_ERROR,
    MAX_UNCERTAINTY,
    MIN_MAP_SIDE,
    move_limit,
    shows_same,
)
from maxrf_core.autoalign.rivals import MIN_HINT, Rival, find_rival
from maxrf_core.autoalign.robust_fit import Clicks, Fit, mean_distance
from maxrf_core.autoalign.search import Search
from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.progress import Progress, silent
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Transform
from maxrf_core.transform.warp import warp_onto
from maxrf_core.workers import one_thread_each

MAX_SIDE = 640  # pixels of the compared maps: enough patches, and fast
MIN_HINT_WEIGHT = 0.25  # weight below which nothing is in common, as below the significance MIN_HINT

Kind = Literal["same", "unclear", "nothing"]


@dataclass(frozen=True)
class Verdict:
    """Agreement of photograph and maps.

    Attributes
    ----------
    kind : {"same", "unclear", "nothing"}
    evidence : Evidence
        The patches of the maps found in the photograph: at the registered position if enough are found there,
        else at the best position nearby.
    distance : float
        Mean distance over the map, in map pixels, between the registered position of the photograph and the
        position of best agreement; NaN unless they show the same.
    uncertainty : float
        Expected error of that distance, in map pixels; NaN unless they show the same.
    rival : Rival or None
        Another place nearby at which they show the same equally well.
    """

    kind: Kind
    evidence: Evidence
    distance: float = float("nan")
    uncertainty: float = float("nan")
    rival: Rival | None = None


def smaller_maps(maps: Any) -> np.ndarray:
    """Shrink maps to the size at which they are compared with a photograph.

    Parameters
    ----------
    maps : array_like (height, width), or sequence of such

    Returns
    -------
    ndarray, (rows, columns, number of maps), float32
        Their longer side has 640 pixels at most.

    Raises
    ------
    RegistrationError
        If they are not images of the same shape.
    """
    return shrink(stack_maps(maps), MAX_SIDE)[0]


@one_thread_each()
def judge_agreement(
    photo: Any,
    maps: np.ndarray,
    transform: Transform,
    map_shape: tuple[int, ...],
    *,
    click_error: float = CLICK_ERROR,
    progress: Progress | None = None,
) -> Verdict | None:
    """Judge whether photograph and maps show the same under a transform.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Grey, RGB or RGBA; a smaller copy is enough, with the transform from its own pixels.
    maps : ndarray, (rows, columns, number of maps)
        From `smaller_maps`.
    transform : Homography, InverseThinPlateSpline or PiecewiseAffine
        From photograph to map, in the pixels of the measured map.
    map_shape : (height, width) or more
        Of the measured map.
    click_error : float
        Possible error of the points, in map pixels, which limits the search.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Verdict or None
        The same for the same input; None if the map is too small to be compared.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> maps = smaller_maps(rng.poisson(20, (80, 100)))
    >>> judge_agreement(rng.normal(size=(80, 100)), maps, Homography(np.eye(3)), (80, 100)).kind
    'nothing'
    """
    report = progress or silent
    shape = maps.shape[0], maps.shape[1]
    if min(shape) < MIN_MAP_SIDE:
        return None
    report(0.0, _("preparing the pictures"))
    pixel = max(map_shape[:2]) / max(shape)
    try:
        search = _search(photo, maps, transform, map_shape, click_error / pixel)
    except RegistrationError:  # the photograph does not touch the map
        return Verdict("nothing", Evidence(0, 0, 0.0, 0.0))
    fit, evidence = _found(search, report)
    kind = _kind(evidence, fit)
    if kind != "same":
        return Verdict(kind, evidence)
    distance = mean_distance(search.origin, fit.transform, shape)
    rival = _rival(search, fit, pixel)
    report(1.0, _("done"))
    return Verdict(kind, evidence, pixel * distance, pixel * fit.expected_error, rival)


def _rival(search: Search, fit: Fit, pixel: float) -> Rival | None:
    """Return a place nearby that fits equally well, with its shift in pixels of the measured map."""
    rival = find_rival(search.pyramid, fit.transform, search.limit, turned=False)
    if rival is None or rival.is_beaten:
        return None
    return replace(rival, shift=(pixel * rival.shift[0], pixel * rival.shift[1]))


def _search(
    photo: Any, maps: np.ndarray, transform: Transform, map_shape: tuple[int, ...], click_error: float
) -> Search:
    """Prepare the search around a transform; the map's corners constrain it where the pictures do not."""
    shape = maps.shape[0], maps.shape[1]
    if isinstance(transform, Homography):
        picture, laid = photo, rescaling(map_shape, shape) @ transform
    else:  # warped onto the map first, since only homographies are searched
        picture, laid = _warped(photo, transform, map_shape, shape), Homography(np.eye(3))
    corners = corners_of(shape)
    clicks = Clicks(laid.inverse().apply(corners), corners, click_error)
    limit = move_limit(click_error)
    stack = [maps[:, :, number] for number in range(maps.shape[2])]
    return Search(Pyramid(picture, stack, laid, limit), clicks, laid, limit)


def _found(search: Search, report: Progress) -> tuple[Fit, Evidence]:
    """Collect evidence at the registered position; search nearby, which is slower, only if it is little."""
    level = search.pyramid.level(1)
    here = find_evidence(level, search.origin)
    if shows_same(here):
        fit = search.polish(search.origin)
        polished = find_evidence(level, fit.transform)
        if _kind(polished, fit) == "same":
            return fit, polished
    fit, evidence = search.find([search.origin], lambda fraction, doing: report(0.1 + 0.9 * fraction, doing))
    if evidence.significance >= here.significance:
        return fit, evidence
    return search.polish(search.origin), here


def _kind(evidence: Evidence, fit: Fit) -> Kind:
    if shows_same(evidence) and fit.uncertainty <= MAX_UNCERTAINTY:
        return "same"
    is_hint = evidence.significance >= MIN_HINT and evidence.weight >= MIN_HINT_WEIGHT
    return "unclear" if is_hint else "nothing"


def _warped(
    photo: Any, transform: Transform, map_shape: tuple[int, ...], shape: tuple[int, int]
) -> np.ndarray:
    """Warp a photograph onto the map by a non-projective transform, at the size of the comparison."""
    height, width = (int(length) for length in map_shape[:2])
    picture = np.asarray(photo)
    warped, covered = warp_onto(picture, transform, (height, width), shape)
    if covered.all():
        return warped
    grey = warped.reshape(*shape, -1)[:, :, :3].astype(np.float32)
    grey[~covered] = np.nan
    return grey
