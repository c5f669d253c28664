"""Refinement of rough points by the agreement of photograph and maps.

docs/registration.md explains the method and the reasons for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.autoalign.bend import Bend, Leftover, find_leftover
from maxrf_core.autoalign.clicked_place import ClickedPlace
from maxrf_core.autoalign.evidence import Evidence, correlations
from maxrf_core.autoalign.pyramid import Pyramid
from maxrf_core.autoalign.rivals import Rival, find_rival
from maxrf_core.autoalign.robust_fit import Clicks, Fit
from maxrf_core.autoalign.search import Search
from maxrf_core.autoalign.wide_search import Found, find_wider
from maxrf_core.errors import RegistrationError
from maxrf_core.language import Note, _
from maxrf_core.progress import Progress, silent
from maxrf_core.registration.error_map import ErrorMap
from maxrf_core.transform.homography import Homography, homography
from maxrf_core.transform.models import similarity
from maxrf_core.transform.point_pairs import matching
from maxrf_core.workers import one_thread_each

METHOD = "patches of edges by normalised cross-correlation, MAGSAC homography, balance of all patches"
CLICK_ERROR = 15.0  # map pixels
MIN_MAP_SIDE = 48  # pixels along the shorter side

# Acceptance limits, see docs/registration.md
MIN_GAIN = 0.01  # of the correlation of edges
MIN_FOUND = 12  # patches found at the predicted position
MIN_MOVE_WEIGHT = 2.0  # weight of evidence for moving points
MIN_SAME_WEIGHT = 1.0  # weight of evidence that photograph and maps show the same
MIN_SIGNIFICANCE = 6.0  # of the number of patches found
CLEAR_SIGNIFICANCE = 20.0  # of the number of patches found, at which they may tell less
MAX_UNCERTAINTY = 0.75  # map pixels
MAX_TOLD = 3.0  # map pixels, expected error of what is accepted, with a bend where one is found
RIVAL_SLACK = 1.5  # of the possible error of the points, within which another place is possible


@dataclass(frozen=True, eq=False)
class Refinement:
    """Result of refining rough points.

    Parameters
    ----------
    accepted : bool
        Whether the points were moved.
    sentence : str
        Result and reason, for users.
    before, after : Homography
        From photograph to map; equal if nothing was accepted.
    src, dst : ndarray, (n, 2), float64
        The given points in the photograph, and the new ones on the map: exactly `after` applied to `src`.
    score_before, score_after : float
        Correlation of the edges of photograph and maps, −1 to 1, over the area common to both transforms.
    inliers : int
        Number of patches of the maps found in the photograph at the predicted position.
    uncertainty : float
        Expected error of `after` over the map, in map pixels: the root mean square of `error_map`; infinite
        if nothing was accepted.
    record : dict
        Method and result as JSON values, to be stored as attributes.
    error_map : ErrorMap or None
        Expected error of `after` at each place of the map; None if nothing was accepted.
    bend : Bend or None
        A smooth bend that a homography does not hold, as of a warped panel, see `bent`; None if there is
        none.
    rival : Rival or None
        Another place within reach of the points where the photograph fits as well; then they are kept.
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
    error_map: ErrorMap | None = None
    bend: Bend | None = None
    rival: Rival | None = None

    @property
    def bent(self) -> "Refinement":
        """The result with its bend: more pairs, through which a thin-plate spline is to be fitted.

        Without a bend it is the result itself. `after` stays the homography below the bend.
        """
        if self.bend is None:
            return self
        sentence = self.bend.sentence(self.uncertainty)
        return replace(self, **self.bend.changes(self.record, sentence))


@one_thread_each()
def refine(
    photo: Any,
    maps: Any,
    src: Any,
    dst: Any,
    *,
    click_error: float = CLICK_ERROR,
    mirrored: bool = False,
    bend: bool = True,
    progress: Progress | None = None,
) -> Refinement:
    """Refine rough points by the agreement of photograph and maps; keep them if it is not clearly better.

    The points in the photograph stay and those on the map move, since the photograph is the sharper picture.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Grey, RGB or RGBA, any real numbers, any size.
    maps : array_like (height, width), or sequence of such
        One map, or several of the same shape, which are used together.
    src, dst : array_like, (n, 2)
        Four or more matching points x, y, in the photograph and on the maps.
    click_error : float
        Possible error of the points, in map pixels.
    mirrored : bool
        Whether the map shows the photograph's mirror image.
    bend : bool
        Whether a smooth bend beyond the homography is returned; the expected error tells of it in any case.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Refinement
        The same for the same input.

    Raises
    ------
    RegistrationError
        If the points determine no valid transform, the maps are not images of the same shape, or the
        photograph does not overlap them.
    PictureError
        If `photo` is not an image.

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
            _("A click can be off by a number of map pixels above 0, not by {click_error}.").format(
                click_error=click_error
            )
        )
    clicks = Clicks(*matching(src, dst), float(click_error))
    before = homography(clicks.src, clicks.dst, mirrored)
    limit = move_limit(clicks.error)
    report(0.0, _("preparing the pictures"))
    pyramid = Pyramid(photo, maps, before, limit)
    if min(pyramid.shape) < MIN_MAP_SIDE:
        height, width = pyramid.shape
        reason = Note(
            "A map of {width}×{height} pixels is too small to be compared with a photograph",
            width=width,
            height=height,
        )
        return _kept(clicks, before, Outcome(reason, -1.0, -1.0, Evidence(0, 0, 0.0, 0.0)), pyramid)
    search = Search(pyramid, clicks, before, limit)
    fit, evidence = search.find(
        [
            before,
            similarity(clicks.src, clicks.dst, mirrored),
        ],  # the latter is nearer where clicks are far off
        lambda fraction, doing: report(0.1 + 0.8 * fraction, doing),
    )
    found = Found(search, fit, evidence)
    report(0.9, _("looking for a bend"))
    leftover = _leftover(found, photo)
    if leftover is None or leftover.told > MAX_TOLD:
        wider = find_wider(photo, maps, search, lambda _fraction, doing: report(0.9, doing))
        others = None if wider is None else _leftover(wider, photo)
        if wider is not None and others is not None and (leftover is None or others.told < leftover.told):
            found, leftover = wider, others
    report(0.95, _("checking the agreement"))
    outcome = judge(found.search, found.fit, found.evidence)
    if leftover is not None:
        outcome = if_precise(_with_bend(outcome, found.search, leftover, bend), leftover.told)
        report(0.97, _("looking for other places"))
        outcome = _if_unique(outcome, found.search, found.fit.transform)
    report(1.0, _("done"))
    if outcome.refusal or leftover is None:
        return _kept(clicks, before, outcome, found.search.pyramid)
    if not bend:
        leftover = replace(leftover, bend=None)
    return _moved(clicks, before, found.fit, outcome, found.search.pyramid, leftover)


def _leftover(found: Found, photo: Any) -> Leftover | None:
    """Return what a homography leaves; None if photograph and maps agree too little to tell."""
    transform = found.fit.transform
    is_sound = found.search.allows(transform) and is_conclusive(found.evidence, found.fit.uncertainty)
    if not is_sound:
        return None
    height, width = np.shape(photo)[:2]
    return find_leftover(found.search.pyramid.level(1), transform, found.search.clicks, (height, width))


@dataclass(frozen=True)
class Outcome:
    """Decision about a fit: the reason to refuse it (empty if accepted), its scores, evidence and rival."""

    refusal: str
    score_before: float
    score_after: float
    evidence: Evidence
    rival: Rival | None = None


def move_limit(click_error: float) -> float:
    """Return the distance that a corner of the map may move, in map pixels.

    Parameters
    ----------
    click_error : float
        Possible error of the points, in map pixels.
    """
    return 6.0 * click_error + 10.0


def judge(search: Search, fit: Fit, evidence: Evidence) -> Outcome:
    """Decide by the evidence whether a fit is better than the transform before it, the search's origin."""
    if not search.allows(fit.transform):
        reason = Note("A corner of the map would move by more than {limit:.0f} pixels", limit=search.limit)
        return Outcome(reason, -1.0, -1.0, evidence)
    scores = correlations(search.pyramid.level(1), [search.origin, fit.transform])
    return Outcome(_refusal(scores, evidence, fit), scores[0], scores[1], evidence)


def if_precise(outcome: Outcome, told: float) -> Outcome:
    """Refuse a transform that was accepted if too little of the map holds it, by the error told, in pixels.

    Examples
    --------
    >>> accepted = Outcome("", 0.1, 0.5, Evidence(20, 40, 1.0, 5.0))
    >>> print(if_precise(accepted, 2.9).refusal, if_precise(accepted, 3.1).refusal, sep="|")
    |Photograph and map agree in too small a part: the points would be off by 3.1 map pixels
    """
    if outcome.refusal or told <= MAX_TOLD:
        return outcome
    refusal = Note(
        "Photograph and map agree in too small a part: the points would be off by {told:.1f} map pixels",
        told=told,
    )
    return replace(outcome, refusal=refusal)


def _if_unique(outcome: Outcome, search: Search, transform: Homography) -> Outcome:
    """Refuse a transform that was accepted if the photograph fits equally well elsewhere."""
    rival = None if outcome.refusal else _rival(search, transform)
    if rival is None:
        return outcome
    clicked = ClickedPlace.of(rival, search.clicks.src, search.clicks.dst)
    return replace(outcome, refusal=clicked.sentence(rival.where), rival=rival)


def _rival(search: Search, transform: Homography) -> Rival | None:
    """Return an equally good place that the points allow as well; None if there is none.

    They allow it if they are not much further from it than they may be off, or nearer to it than to the best.
    """
    clicks = search.clicks

    def off(place: Homography) -> float:
        return float(np.sqrt(((place.apply(clicks.src) - clicks.dst) ** 2).sum(axis=1).mean()))

    limit = max(RIVAL_SLACK * clicks.error + 2, off(transform))
    reach = min(search.limit, limit + off(transform))
    rival = find_rival(
        search.pyramid, transform, reach, turned=False, is_plausible=lambda place: off(place) <= limit
    )
    return None if rival is None or rival.is_beaten else rival


def _with_bend(outcome: Outcome, search: Search, leftover: Leftover, allowed: bool) -> Outcome:
    """Accept a fit that agrees noticeably better only with its bend, as where it was refined before."""
    if not outcome.refusal or leftover.bend is None or not allowed:
        return outcome
    scores = correlations(search.pyramid.level(1), [search.origin, leftover.bend.transform])
    refusal = "" if scores[1] - scores[0] > MIN_GAIN else outcome.refusal
    return Outcome(refusal, scores[0], scores[1], outcome.evidence)


def is_conclusive(evidence: Evidence, uncertainty: float) -> bool:
    """Return True if photograph and maps show the same, and precisely enough to move points."""
    is_clear = evidence.weight >= MIN_MOVE_WEIGHT or evidence.significance >= CLEAR_SIGNIFICANCE
    return shows_same(evidence) and is_clear and bool(uncertainty <= MAX_UNCERTAINTY)


def shows_same(evidence: Evidence) -> bool:
    """Return True if enough patches are in place to conclude that photograph and maps show the same."""
    return (
        evidence.found >= MIN_FOUND
        and evidence.weight >= MIN_SAME_WEIGHT
        and evidence.significance >= MIN_SIGNIFICANCE
    )


def _refusal(scores: Sequence[float], evidence: Evidence, fit: Fit) -> str:
    if not is_conclusive(evidence, fit.uncertainty):
        return Note("Photograph and map have too little in common here")
    if scores[1] - scores[0] <= MIN_GAIN:
        return Note("Photograph and map cannot be made to agree noticeably better than they do")
    return ""


def _kept(clicks: Clicks, before: Homography, outcome: Outcome, pyramid: Pyramid) -> Refinement:
    sentence = Note("{refusal}; the points are kept as they were.", refusal=outcome.refusal)
    record = _record(clicks, pyramid, outcome) | {"accepted": False, "sentence": sentence}
    return Refinement(
        False, sentence, before, before, clicks.src, clicks.dst, outcome.score_before, outcome.score_before,
        outcome.evidence.found, float("inf"), record, rival=outcome.rival,
    )  # fmt: skip


def _moved(
    clicks: Clicks, before: Homography, fit: Fit, outcome: Outcome, pyramid: Pyramid, leftover: Leftover
) -> Refinement:
    uncertainty = leftover.error_map.rms
    dst = fit.transform.apply(clicks.src)
    max_move = float(np.hypot(*(dst - clicks.dst).T).max())
    rise = Note(
        "rose from {score_before:.2f} to {score_after:.2f}",
        score_before=outcome.score_before,
        score_after=outcome.score_after,
    )
    sentence = Note(
        "The points on the map were moved by up to {max_move:.1f} pixels: the agreement of "
        "photograph and map {rise}, and the error to be expected is {expected_error:.1f} map "
        "pixels.",
        max_move=max_move,
        rise=rise,
        expected_error=max(uncertainty, 0.05),
    )
    record = _record(clicks, pyramid, outcome) | {
        "accepted": True,
        "sentence": sentence,
        "furthest_move": max_move,
        "uncertainty": uncertainty,
        "error_map": leftover.error_map.record(),
    }
    return Refinement(
        True, sentence, before, fit.transform, clicks.src, dst, outcome.score_before, outcome.score_after,
        outcome.evidence.found, uncertainty, record, leftover.error_map, leftover.bend,
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
        "rival": outcome.rival.record if outcome.rival else None,
    }
