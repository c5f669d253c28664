"""Whether photograph and maps show the same artwork where a registration lays the one over the other.

The points alone cannot tell: four corners of any two pictures fit each other exactly. So the same evidence
that *Refine* rests on is looked for, first where the registration puts the photograph, then nearby. The
limits are measured on right and wrong photographs, see docs/registration.md.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maxrf_core.autoalign.evidence import Evidence, evidence_for
from maxrf_core.autoalign.pyramid import Pyramid, as_maps, averaged_to, rescaling
from maxrf_core.autoalign.refine import (
    CLICK_ERROR,
    FURTHEST,
    FURTHEST_MORE,
    LARGEST_UNCERTAINTY,
    SMALLEST_MAP,
    shows_same,
)
from maxrf_core.autoalign.robust_fit import Clicks, Fit, corners_of, mean_distance
from maxrf_core.autoalign.search import Search
from maxrf_core.errors import RegistrationError
from maxrf_core.progress import Progress, silent
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Transform
from maxrf_core.transform.warp import warp_onto

MAX_SIDE = 640  # pixels of the maps that are compared: enough patches, and quick
MIN_HINT, MIN_HINT_WEIGHT = 4.5, 0.25  # significance and weight below which nothing in common is seen

Kind = Literal["same", "unclear", "nothing"]


@dataclass(frozen=True)
class Verdict:
    """What photograph and maps show in common.

    Attributes
    ----------
    kind : {"same", "unclear", "nothing"}
    evidence : Evidence
        The patches of the maps that were found in the photograph: where the registration puts them if enough
        are found there, else where most are found nearby.
    distance : float
        Mean distance over the map, in map pixels, between where the registration puts the photograph and
        where it agrees best with the maps; NaN unless they show the same.
    uncertainty : float
        Expected error of that distance, in map pixels; NaN unless they show the same.
    """

    kind: Kind
    evidence: Evidence
    distance: float = float("nan")
    uncertainty: float = float("nan")


def smaller_maps(maps: Any) -> np.ndarray:
    """Average maps to the size at which they are compared with a photograph.

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
        Where they are no images of the same shape.
    """
    return averaged_to(as_maps(maps), MAX_SIDE)[0]


def judge_agreement(
    photo: Any,
    maps: np.ndarray,
    transform: Transform,
    map_shape: tuple[int, ...],
    *,
    click_error: float = CLICK_ERROR,
    progress: Progress | None = None,
) -> Verdict | None:
    """Judge whether photograph and maps show the same where a transform lays the one over the other.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Grey, RGB or RGBA; a smaller copy is enough, with the transform from its own pixels.
    maps : ndarray, (rows, columns, number of maps)
        From `smaller_maps`.
    transform : Homography, WayBack or PiecewiseAffine
        From photograph to map, in the pixels of the map as it was measured.
    map_shape : (height, width) or more
        Of the map as it was measured.
    click_error : float
        How far the points may be off, in map pixels: so far around the photograph is looked for.
    progress : callable, optional
        Called with a fraction and what is being done; whatever it raises stops the work.

    Returns
    -------
    Verdict or None
        The same for the same input; None where the map is too small to be compared.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> maps = smaller_maps(rng.poisson(20, (80, 100)))
    >>> judge_agreement(rng.normal(size=(80, 100)), maps, Homography(np.eye(3)), (80, 100)).kind
    'nothing'
    """
    report = progress or silent
    shape = maps.shape[0], maps.shape[1]
    if min(shape) < SMALLEST_MAP:
        return None
    report(0.0, "preparing the pictures")
    pixel = max(map_shape[:2]) / max(shape)
    try:
        search = _search(photo, maps, transform, map_shape, click_error / pixel)
    except RegistrationError:  # the photograph does not touch the map
        return Verdict("nothing", Evidence(0, 0, 0.0, 0.0))
    fit, evidence = _found(search, report)
    report(1.0, "done")
    kind = _kind(evidence, fit)
    if kind != "same":
        return Verdict(kind, evidence)
    distance = mean_distance(search.origin, fit.transform, shape)
    return Verdict(kind, evidence, pixel * distance, pixel * fit.expected_error)


def _search(
    photo: Any, maps: np.ndarray, transform: Transform, map_shape: tuple[int, ...], click_error: float
) -> Search:
    """Prepare the search around a transform; the corners of the map hold it where the pictures do not."""
    shape = maps.shape[0], maps.shape[1]
    if isinstance(transform, Homography):
        picture, laid = photo, rescaling(map_shape, shape) @ transform
    else:  # laid over the map first, since only homographies are searched
        picture, laid = _bent_onto(photo, transform, map_shape, shape), Homography(np.eye(3))
    corners = corners_of(shape)
    clicks = Clicks(laid.inverse().apply(corners), corners, click_error)
    limit = FURTHEST * click_error + FURTHEST_MORE
    stack = [maps[:, :, number] for number in range(maps.shape[2])]
    return Search(Pyramid(picture, stack, laid, limit), clicks, laid, limit)


def _found(search: Search, report: Progress) -> tuple[Fit, Evidence]:
    """Look where the photograph is laid; only if little is found there, look nearby, which takes longer."""
    level = search.pyramid.level(1)
    here = evidence_for(level, search.origin)
    if shows_same(here):
        fit = search.polish(search.origin)
        polished = evidence_for(level, fit.transform)
        if _kind(polished, fit) == "same":
            return fit, polished
    fit, evidence = search.find([search.origin], lambda fraction, doing: report(0.1 + 0.9 * fraction, doing))
    if evidence.significance >= here.significance:
        return fit, evidence
    return search.polish(search.origin), here


def _kind(evidence: Evidence, fit: Fit) -> Kind:
    if shows_same(evidence) and fit.uncertainty <= LARGEST_UNCERTAINTY:
        return "same"
    is_hint = evidence.significance >= MIN_HINT and evidence.weight >= MIN_HINT_WEIGHT
    return "unclear" if is_hint else "nothing"


def _bent_onto(
    photo: Any, transform: Transform, map_shape: tuple[int, ...], shape: tuple[int, int]
) -> np.ndarray:
    """Lay a photograph over the map by a transform that bends, at the size at which they are compared."""
    height, width = (int(length) for length in map_shape[:2])
    picture = np.asarray(photo)
    warped, covered = warp_onto(picture, transform, (height, width), shape)
    if covered.all():
        return warped
    grey = warped.reshape(*shape, -1)[:, :, :3].astype(np.float32)
    grey[~covered] = np.nan
    return grey
