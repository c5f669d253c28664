"""Proposed registration of a photograph without any clicks.

docs/registration.md explains the method and its reliability.
"""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.autoalign.bend import Bend, Leftover, find_leftover
from maxrf_core.autoalign.candidates import candidates
from maxrf_core.autoalign.evidence import Evidence, correlations
from maxrf_core.autoalign.pyramid import Pyramid, stack_maps
from maxrf_core.autoalign.refine import (
    CLICK_ERROR,
    MIN_MAP_SIDE,
    is_conclusive,
    move_limit,
    shows_same,
)
from maxrf_core.autoalign.rivals import Rival, find_rival
from maxrf_core.autoalign.robust_fit import Clicks, Fit
from maxrf_core.autoalign.search import Search
from maxrf_core.autoalign.stretch import stretch_of
from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.resample import check_image
from maxrf_core.language import Note, _
from maxrf_core.progress import Progress, silent
from maxrf_core.registration.error_map import ErrorMap
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import view_of
from maxrf_core.workers import one_thread_each

METHOD = "correlation of small pictures in all sizes and turns; SIFT and MAGSAC; patches of edges"
SUFFICIENT_WEIGHT = 4.0  # weight of evidence at which no other candidate is tried
MAX_BORDER_SHIFT = 1.0  # map pixels, of a sure proposal, see `Fit.border_shift`
MAX_STRETCH = 1.45  # ratio of the scales in two directions, or at two corners, of a sure proposal
MAX_REST = 1.25  # the same beside that of pixels that are not square
MAX_TOLD = 2.0  # map pixels, expected error of a sure proposal
MAX_CANDIDATE_STRETCH, MAX_CANDIDATE_REST = 1.6, 1.4  # the same for a candidate
RIVAL_REACH = 0.5  # of the map's longer side, to which other places are searched
RIVAL_ERROR = 4.0  # map pixels, of a rival's transform
MAX_REPLACED = 3  # times that a better rival is taken
INSET = 0.1  # distance of the four points from the map's corners, relative to its size


@dataclass(frozen=True, eq=False)
class Proposal:
    """A registration found without clicks.

    Parameters
    ----------
    sure : bool
        Whether it is reliable; if not, the points are only a starting position.
    is_found : bool
        Whether photograph and maps have anything in common; if not, the points are not even a guess.
    sentence : str
        Description of the result, for users.
    transform : Homography
        From photograph to map.
    src, dst : ndarray, (4, 2), float64
        Points in the photograph and on the map for the user to correct, clockwise from the map's top left.
    view : View
        Turn and mirroring that bring the photograph into the orientation of the map. Points of a mirrored
        one are registered with `mirrored`.
    score : float
        Correlation of the edges of photograph and maps, −1 to 1.
    inliers : int
        Number of patches of the maps found in the photograph at the predicted position.
    uncertainty : float
        Expected error over the map, in map pixels; infinite if nothing was found.
    record : dict
        Method and result as JSON values, to be stored as attributes.
    error_map : ErrorMap or None
        Expected error at each place of the map; None if photograph and maps agree too little to tell.
    rival : Rival or None
        Another place, turn or mirror image at which the photograph fits as well; then it is not sure.
    bend : Bend or None
        A smooth bend that a homography does not hold, as of a warped panel, see `bent`; None if there is
        none.
    """

    sure: bool
    is_found: bool
    sentence: str
    transform: Homography
    src: np.ndarray
    dst: np.ndarray
    view: View
    score: float
    inliers: int
    uncertainty: float
    record: dict[str, Any]
    error_map: ErrorMap | None = None
    rival: Rival | None = None
    bend: Bend | None = None

    @property
    def bent(self) -> "Proposal":
        """The proposal with its bend: more pairs, through which a thin-plate spline is to be fitted.

        Without a bend it is the proposal itself. `transform` stays the homography below the bend.
        """
        if self.bend is None:
            return self
        warped = self.bend.sentence(self.uncertainty)
        sentence = Note("{first} {second}", first=self.sentence, second=warped)
        return replace(self, **self.bend.changes(self.record, sentence))


@one_thread_each()
def propose(photo: Any, maps: Any, *, bend: bool = True, progress: Progress | None = None) -> Proposal:
    """Register a photograph on maps without any clicks, and state whether the result is reliable.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Grey, RGB or RGBA, any real numbers, any size; it may be turned, flipped, and show much more than the
        map, up to three times its size.
    maps : array_like (height, width), or sequence of such
        Maps of the same shape; several help.
    bend : bool
        Whether a smooth bend beyond the homography is returned; the expected error tells of it in any case.
    progress : callable, optional
        Called with the fraction done and the current step; an exception from it stops the work.

    Returns
    -------
    Proposal
        The same for the same input. If nothing is found it fits the whole photograph into the map and is not
        sure.

    Raises
    ------
    RegistrationError
        If the maps are not images of the same shape.
    PictureError
        If `photo` is not an image.

    Examples
    --------
    >>> proposal = propose(np.zeros((90, 120)), np.random.default_rng(0).poisson(20, (60, 80)))
    >>> proposal.sure, proposal.src.shape
    (False, (4, 2))
    >>> print(proposal.sentence)
    Probably not this artwork: nothing was found that photograph and maps have in common. If it is the right
    one, set the four points yourself.
    """
    report = progress or silent
    picture, stack = np.asarray(photo), stack_maps(maps)
    check_image(picture)
    shape = stack.shape[:2]
    report(0.0, _("preparing the pictures"))
    best = _Found(Fit(_whole(picture, shape), np.inf), Evidence(0, 0, 0.0, 0.0), -1.0)
    if min(shape) >= MIN_MAP_SIDE:
        for candidate, uncertainty in candidates(picture, stack, report):
            if (found := _aligned(picture, maps, shape, candidate, uncertainty)) is not None:
                best = max(best, found, key=lambda each: each.evidence.weight)
            if best.sure(shape) and best.evidence.weight >= SUFFICIENT_WEIGHT:
                break
    if best.sure(shape):
        report(0.9, _("looking for other places"))
        best = _compared(picture, maps, shape, best)
    leftover = None
    if best.sure(shape):
        report(0.95, _("looking for a bend"))
        leftover = _leftover(picture, maps, shape, best.fit.transform)
        if not bend:
            leftover = replace(leftover, bend=None)
    report(1.0, _("done"))
    return _proposal(best, leftover, picture.shape, stack.shape)


def _leftover(photo: np.ndarray, maps: Any, shape: tuple[int, int], transform: Homography) -> Leftover:
    """Return what a homography leaves; the map's corners hold it where no patch does."""
    corners = corners_of(shape)
    clicks = Clicks(transform.inverse().apply(corners), corners, CLICK_ERROR)
    level = Pyramid(photo, maps, transform, CLICK_ERROR).level(1)
    return find_leftover(level, transform, clicks, (photo.shape[0], photo.shape[1]))


@dataclass(frozen=True, eq=False)
class _Found:
    """A transform and the evidence for it."""

    fit: Fit
    evidence: Evidence
    score: float
    rival: Rival | None = None

    @property
    def is_guess(self) -> bool:
        """Whether photograph and maps show the same under the transform, at whatever precision."""
        return shows_same(self.evidence) and np.isfinite(self.fit.uncertainty)

    def sure(self, shape: tuple[int, int]) -> bool:
        """Return True if the transform is reliable."""
        return bool(
            self.rival is None
            and is_conclusive(self.evidence, self.fit.uncertainty)
            and self.fit.border_shift <= MAX_BORDER_SHIFT
            and stretch_of(self.fit.transform, shape).is_plausible(MAX_STRETCH, MAX_REST)
        )


def _whole(photo: np.ndarray, shape: tuple[int, int]) -> Homography:
    """Return the transform that fits the whole photograph into the map, centred."""
    height, width = photo.shape[:2]
    scale = min(shape[0] / height, shape[1] / width)
    x, y = (shape[1] - 1 - scale * (width - 1)) / 2, (shape[0] - 1 - scale * (height - 1)) / 2
    return Homography(np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]]))


def _aligned(
    photo: np.ndarray, maps: Any, shape: tuple[int, int], candidate: Homography, uncertainty: float
) -> _Found | None:
    """Refine a candidate and collect its evidence; None if it is not a plausible transform."""
    if not stretch_of(candidate, shape).is_plausible(MAX_CANDIDATE_STRETCH, MAX_CANDIDATE_REST):
        return None
    limit = move_limit(uncertainty)
    corners = corners_of(shape)
    clicks = Clicks(candidate.inverse().apply(corners), corners, uncertainty)
    try:
        pyramid = Pyramid(photo, maps, candidate, limit)
    except RegistrationError:  # the photograph would not touch the map
        return None
    fit, evidence = Search(pyramid, clicks, candidate, limit).find([candidate], silent)
    return _Found(fit, evidence, correlations(pyramid.level(1), [fit.transform])[0])


def _compared(photo: np.ndarray, maps: Any, shape: tuple[int, int], best: _Found) -> _Found:
    """Return the best of a candidate and its rivals, compared until none of them is better."""
    reach = RIVAL_REACH * max(shape)
    pyramid = Pyramid(photo, maps, best.fit.transform, reach)
    for _round in range(MAX_REPLACED):
        rival = find_rival(pyramid, best.fit.transform, reach, turned=True)
        if rival is None or rival.is_beaten:
            return best
        better = _aligned(photo, maps, shape, rival.transform, RIVAL_ERROR) if rival.margin < 0 else None
        if better is None or not better.sure(shape):
            break
        best = better
    return replace(best, rival=rival)


def _proposal(
    found: _Found, leftover: Leftover | None, photo_shape: tuple[int, ...], maps_shape: tuple[int, ...]
) -> Proposal:
    error_map = leftover.error_map if leftover else None
    uncertainty = error_map.rms if error_map else found.fit.expected_error
    shape = maps_shape[0], maps_shape[1]
    src, dst = four_points(found.fit.transform, photo_shape, shape)
    view = view_of(found.fit.transform, shape)
    sure = found.sure(shape) and leftover is not None and leftover.told <= MAX_TOLD
    sentence = _sentence(found, sure, view, uncertainty, is_rough=leftover is not None)
    record = {
        "method": METHOD,
        "software": f"{SOFTWARE}, OpenCV {cv2.__version__}",
        "maps": maps_shape[2],
        "sure": sure,
        "sentence": sentence,
        "score": found.score,
        "inliers": found.evidence.found,
        "inliers_by_chance": found.evidence.by_chance,
        "patches": found.evidence.tried,
        "evidence": found.evidence.weight,
        "uncertainty": uncertainty if np.isfinite(uncertainty) else None,
        "rival": found.rival.record if found.rival else None,
    }
    if error_map is not None:
        record["error_map"] = error_map.record()
    return Proposal(
        sure, sure or found.is_guess, sentence, found.fit.transform, src, dst, view, found.score,
        found.evidence.found, uncertainty, record, error_map, found.rival,
        leftover.bend if leftover and sure else None,
    )  # fmt: skip


def four_points(
    transform: Homography, photo_shape: tuple[int, ...], shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return four points near the map's corners, moved inwards until the photograph covers them.

    Parameters
    ----------
    transform : Homography
        From photograph to map.
    photo_shape, shape : (height, width) or more
        Of the photograph and of the map.

    Returns
    -------
    src, dst : ndarray, (4, 2), float64
        In the photograph and on the map, clockwise from the map's top left.
    """
    corners = corners_of(shape)
    middle = corners.mean(axis=0)
    last = np.array([photo_shape[1] - 1, photo_shape[0] - 1])
    back = transform.inverse()
    for inset in np.linspace(INSET, 0.45, 8):
        dst = corners + 2 * inset * (middle - corners)
        src = back.apply(dst)
        if ((src >= 0) & (src <= last)).all():
            break
    return src, dst


_LIES = {  # by whether it is mirrored, and by quarter turns
    False: (
        Note("The photograph fits"),
        Note("Turned clockwise, the photograph fits"),
        Note("Turned upside down, the photograph fits"),
        Note("Turned counter-clockwise, the photograph fits"),
    ),
    True: (
        Note("Mirrored, the photograph fits"),
        Note("Mirrored and turned clockwise, the photograph fits"),
        Note("Mirrored and turned upside down, the photograph fits"),
        Note("Mirrored and turned counter-clockwise, the photograph fits"),
    ),
}


def _sentence(found: _Found, sure: bool, view: View, uncertainty: float, is_rough: bool) -> str:
    """Return a description of the result; if not sure, `is_rough` says that it is for its expected error."""
    if not sure and not found.is_guess:
        return Note(
            "Probably not this artwork: nothing was found that photograph and maps have in common. "
            "If it is the right one, set the four points yourself."
        )
    if found.rival is not None:
        return Note(
            "This is a guess: the photograph fits equally well {where}. Check the four points.",
            where=found.rival.where,
        )
    error = max(uncertainty, 0.05)
    if not sure and is_rough:
        return Note(
            "This is a guess: the error to be expected is {error:.1f} map pixels. Check the four points.",
            error=error,
        )
    patches = Note("{found} patches of the maps lie where they should", found=found.evidence.found)
    if not sure:
        return Note(
            "This is a guess ({patches}, which is too little to be sure): check the four points.",
            patches=patches,
        )
    lies = _LIES[view.mirrored][view.turns]
    return Note(
        "{lies}: {patches}, and the error to be expected is {error:.1f} map pixels.",
        lies=lies,
        patches=patches,
        error=error,
    )
