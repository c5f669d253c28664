"""How do rough points become precise ones, by what photograph and map show in common?

The method, and why it is this one, is told in docs/registration.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.autoalign.evidence import Evidence, correlations
from maxrf_core.autoalign.pyramid import Pyramid
from maxrf_core.autoalign.robust_fit import Clicks, Fit
from maxrf_core.autoalign.search import Search
from maxrf_core.errors import RegistrationError
from maxrf_core.progress import Progress, silent
from maxrf_core.transform.homography import Homography, homography
from maxrf_core.transform.models import similarity
from maxrf_core.transform.point_pairs import matching

METHOD = "patches of edges by normalised cross-correlation, MAGSAC homography, balance of all patches"
CLICK_ERROR = 15.0  # map pixels
SMALLEST_MAP = 48  # pixels along the shorter side

# The gate, see docs/registration.md
FURTHEST = 6.0  # click errors that a corner of the map may move,
FURTHEST_MORE = 10.0  # and map pixels
LEAST_GAIN = 0.01  # of the correlation of edges
LEAST_FOUND = 12  # patches that are found where they belong
LEAST_WEIGHT = 2.0  # of what they tell, for points to be moved,
MIN_WEIGHT = 1.0  # and for photograph and maps to show the same
MIN_SIGNIFICANCE = 6.0  # of their number
LARGEST_UNCERTAINTY = 0.75  # map pixels

KEPT = "the points are kept as they were."


@dataclass(frozen=True, eq=False)
class Refinement:
    """What became of rough points.

    Parameters
    ----------
    accepted : bool
        Whether the points were moved.
    sentence : str
        What was done and why, for people.
    before, after : Homography
        From photograph to map; the same where nothing was accepted.
    src, dst : ndarray, (n, 2), float64
        The points in the photograph as they were given, and the new ones on the map: exactly where `after`
        takes the former.
    score_before, score_after : float
        Correlation of the edges of photograph and maps, −1 to 1, over the area that both transforms share.
    inliers : int
        Patches of the maps that were found in the photograph where they belong.
    uncertainty : float
        Expected error of `after` over the map, in map pixels; infinite where nothing was accepted.
    record : dict
        How it was done, in what JSON holds, to be stored as attributes.
    """

    accepted: bool
    sentence: str
    before: Homography
    after: Homography
    src: np.ndarray
    dst: np.ndarray
    score_before: float
    score_after: float
    inliers: int
    uncertainty: float
    record: dict[str, Any]


def refine(
    photo: Any,
    maps: Any,
    src: Any,
    dst: Any,
    *,
    click_error: float = CLICK_ERROR,
    mirrored: bool = False,
    progress: Progress | None = None,
) -> Refinement:
    """Make rough points precise by what photograph and maps show in common; never make them worse.

    The points in the photograph stay, those on the map move: what somebody clicked on is recognised in the
    photograph, which is the sharper picture.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Grey, RGB or RGBA, any real numbers, any size.
    maps : array_like (height, width), or sequence of such
        One map, or several of the same shape that are used together.
    src, dst : array_like, (n, 2)
        Four or more matching points x, y, in the photograph and on the maps.
    click_error : float
        How far the points may be off, in map pixels.
    mirrored : bool
        Whether the map shows the photograph's mirror image.
    progress : callable, optional
        Called with a fraction and what is being done; whatever it raises stops the work.

    Returns
    -------
    Refinement
        The same for the same input.

    Raises
    ------
    RegistrationError
        Where no sensible transform follows from the points, the maps are no images of the same shape, or
        the photograph does not touch them.
    PictureError
        Where `photo` is no image.

    Examples
    --------
    >>> map_ = np.random.default_rng(0).poisson(20, (80, 100))
    >>> corners, rough = [[0, 0], [99, 0], [99, 79], [0, 79]], [[2, 1], [97, 2], [99, 77], [1, 79]]
    >>> result = refine(np.zeros((80, 100)), map_, corners, rough, click_error=3)
    >>> result.accepted, bool((result.dst == rough).all())
    (False, True)
    >>> print(result.sentence)
    Photograph and map have too little in common here; the points are kept as they were.
    """
    report = progress or silent
    if not np.isfinite(click_error) or click_error <= 0:
        raise RegistrationError(
            f"A click can be off by a number of map pixels above 0, not by {click_error}."
        )
    clicks = Clicks(*matching(src, dst), float(click_error))
    before = homography(clicks.src, clicks.dst, mirrored)
    limit = FURTHEST * clicks.error + FURTHEST_MORE
    report(0.0, "preparing the pictures")
    pyramid = Pyramid(photo, maps, before, limit)
    if min(pyramid.shape) < SMALLEST_MAP:
        height, width = pyramid.shape
        reason = f"A map of {width}×{height} pixels is too small to be compared with a photograph"
        return _kept(clicks, before, Outcome(reason, -1.0, -1.0, Evidence(0, 0, 0.0, 0.0)), pyramid)
    search = Search(pyramid, clicks, before, limit)
    fit, evidence = search.find(
        [
            before,
            similarity(clicks.src, clicks.dst, mirrored),
        ],  # the latter is nearer where clicks are far off
        lambda fraction, doing: report(0.1 + 0.8 * fraction, doing),
    )
    report(0.9, "checking the agreement")
    outcome = judge(search, fit, evidence)
    report(1.0, "done")
    if outcome.refusal:
        return _kept(clicks, before, outcome, pyramid)
    return _moved(clicks, before, fit, outcome, pyramid)


@dataclass(frozen=True)
class Outcome:
    """What the gate found: the reason to refuse, empty if there is none, and the numbers it rests on."""

    refusal: str
    score_before: float
    score_after: float
    evidence: Evidence


def judge(search: Search, fit: Fit, evidence: Evidence) -> Outcome:
    """Decide whether a fit is better than what there was; the distance, which needs no picture, comes first.

    Parameters
    ----------
    search : Search
        Its origin is what there was.
    fit : Fit
        What is to replace it.
    evidence : Evidence
        What speaks for the fit.

    Returns
    -------
    Outcome
    """
    if not search.allows(fit.transform):
        reason = f"A corner of the map would move by more than {search.limit:.0f} pixels"
        return Outcome(reason, -1.0, -1.0, evidence)
    scores = correlations(search.pyramid.level(1), [search.origin, fit.transform])
    return Outcome(_refusal(scores, evidence, fit), scores[0], scores[1], evidence)


def tells_enough(evidence: Evidence, uncertainty: float) -> bool:
    """Tell whether patches in place prove that photograph and maps show the same."""
    return shows_same(evidence) and evidence.weight >= LEAST_WEIGHT and uncertainty <= LARGEST_UNCERTAINTY


def shows_same(evidence: Evidence) -> bool:
    """Return True if so many patches are in place that photograph and maps must show the same."""
    return (
        evidence.found >= LEAST_FOUND
        and evidence.weight >= MIN_WEIGHT
        and evidence.significance >= MIN_SIGNIFICANCE
    )


def _refusal(scores: Sequence[float], evidence: Evidence, fit: Fit) -> str:
    if not tells_enough(evidence, fit.uncertainty):
        return "Photograph and map have too little in common here"
    if scores[1] - scores[0] <= LEAST_GAIN:
        return "Photograph and map cannot be made to agree noticeably better than they do"
    return ""


def _kept(clicks: Clicks, before: Homography, outcome: Outcome, pyramid: Pyramid) -> Refinement:
    sentence = f"{outcome.refusal}; {KEPT}"
    record = _record(clicks, pyramid, outcome) | {"accepted": False, "sentence": sentence}
    return Refinement(
        False, sentence, before, before, clicks.src, clicks.dst, outcome.score_before, outcome.score_before,
        outcome.evidence.found, float("inf"), record,
    )  # fmt: skip


def _moved(clicks: Clicks, before: Homography, fit: Fit, outcome: Outcome, pyramid: Pyramid) -> Refinement:
    dst = fit.transform.apply(clicks.src)
    furthest = float(np.hypot(*(dst - clicks.dst).T).max())
    rise = f"rose from {outcome.score_before:.2f} to {outcome.score_after:.2f}"
    sentence = (
        f"The points on the map were moved by up to {furthest:.1f} pixels: the agreement of photograph and "
        f"map {rise}, and the error to be expected is {max(fit.expected_error, 0.05):.1f} map pixels."
    )
    record = _record(clicks, pyramid, outcome) | {
        "accepted": True,
        "sentence": sentence,
        "furthest_move": furthest,
        "uncertainty": fit.expected_error,
    }
    return Refinement(
        True, sentence, before, fit.transform, clicks.src, dst, outcome.score_before, outcome.score_after,
        outcome.evidence.found, fit.expected_error, record,
    )  # fmt: skip


def _record(clicks: Clicks, pyramid: Pyramid, outcome: Outcome) -> dict[str, Any]:
    return {
        "method": METHOD,
        "software": f"{SOFTWARE}, OpenCV {cv2.__version__}",
        "maps": pyramid.count,
        "click_error": clicks.error,
        "score_before": outcome.score_before,
        "score_after": outcome.score_after,
        "inliers": outcome.evidence.found,
        "inliers_by_chance": outcome.evidence.by_chance,
        "patches": outcome.evidence.tried,
    }
