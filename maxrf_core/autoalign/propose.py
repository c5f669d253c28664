"""Where does the photograph lie on the maps, when nobody has clicked anything yet?

How, and how far the answer can be trusted, is told in docs/registration.md.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core._version import SOFTWARE
from maxrf_core.autoalign.candidates import candidates
from maxrf_core.autoalign.evidence import Evidence, correlations
from maxrf_core.autoalign.pyramid import Pyramid, as_maps
from maxrf_core.autoalign.refine import FURTHEST, FURTHEST_MORE, SMALLEST_MAP, shows_same, tells_enough
from maxrf_core.autoalign.robust_fit import Clicks, Fit, corners_of
from maxrf_core.autoalign.search import Search
from maxrf_core.errors import RegistrationError
from maxrf_core.imaging.resample import check_image
from maxrf_core.progress import Progress, silent
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.homography import Homography, view_of

METHOD = "correlation of small pictures in all sizes and turns; SIFT and MAGSAC; patches of edges"
AT_ONCE = 4.0  # weight of evidence at which nothing else is tried
MOST_CONTESTED = 1.0  # map pixels by which the map's border may move a sure proposal
MOST_STRETCHED = 1.45  # ratio of the scales in two directions, or at two corners, of a sure proposal,
MOST_STRETCHED_AT_FIRST = 1.6  # and of what is worth trying
INSET = 0.1  # of the map's size, that the four points keep from its corners


@dataclass(frozen=True, eq=False)
class Proposal:
    """A registration that nobody has clicked.

    Parameters
    ----------
    sure : bool
        Whether it can be relied upon; if not, the points only save some clicking.
    is_found : bool
        Whether anything was found that photograph and maps have in common; if not, the points are no guess.
    sentence : str
        What was found, for people.
    transform : Homography
        From photograph to map.
    src, dst : ndarray, (4, 2), float64
        Points to be corrected, in the photograph and on the map, clockwise from the map's top left.
    view : View
        How the photograph must be turned, and whether mirrored, to lie as the map does. Points of a mirrored
        one are registered with `mirrored`.
    score : float
        Correlation of the edges of photograph and maps, −1 to 1.
    inliers : int
        Patches of the maps that were found in the photograph where they belong.
    uncertainty : float
        Expected error over the map, in map pixels; infinite where nothing was found.
    record : dict
        How it was done, in what JSON holds, to be stored as attributes.
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


def propose(photo: Any, maps: Any, *, progress: Progress | None = None) -> Proposal:
    """Find out without any click how a photograph lies on maps, and say whether to rely on it.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
        Grey, RGB or RGBA, any real numbers, any size; it may be turned, flipped, and show much more than the
        map, up to three times its size.
    maps : array_like (height, width), or sequence of such
        Maps of the same shape; several help.
    progress : callable, optional
        Called with a fraction and what is being done; whatever it raises stops the work.

    Returns
    -------
    Proposal
        Always one, the same for the same input. Where nothing is found it lays the whole photograph over the
        map, and is not sure.

    Raises
    ------
    RegistrationError
        Where the maps are no images of the same shape.
    PictureError
        Where `photo` is no image.

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
    picture, stack = np.asarray(photo), as_maps(maps)
    check_image(picture)
    shape = stack.shape[:2]
    report(0.0, "preparing the pictures")
    best = _Found(Fit(_whole(picture, shape), np.inf), Evidence(0, 0, 0.0, 0.0), -1.0)
    if min(shape) >= SMALLEST_MAP:
        for candidate, vagueness in candidates(picture, stack, report):
            if (found := _aligned(picture, maps, shape, candidate, vagueness)) is not None:
                best = max(best, found, key=lambda each: each.evidence.weight)
            if best.sure(shape) and best.evidence.weight >= AT_ONCE:
                break
    report(1.0, "done")
    return _proposal(best, picture.shape, stack.shape)


@dataclass(frozen=True, eq=False)
class _Found:
    """A transform and what speaks for it."""

    fit: Fit
    evidence: Evidence
    score: float

    @property
    def is_guess(self) -> bool:
        """Whether photograph and maps show the same there, though perhaps not precisely enough."""
        return shows_same(self.evidence) and np.isfinite(self.fit.uncertainty)

    def sure(self, shape: tuple[int, int]) -> bool:
        """Tell whether it can be relied upon."""
        return (
            tells_enough(self.evidence, self.fit.uncertainty)
            and self.fit.contested <= MOST_CONTESTED
            and _stretched(self.fit.transform, shape) <= MOST_STRETCHED
        )


def _whole(photo: np.ndarray, shape: tuple[int, int]) -> Homography:
    """Lay the whole photograph over the whole map, as large as fits."""
    height, width = photo.shape[:2]
    scale = min(shape[0] / height, shape[1] / width)
    x, y = (shape[1] - 1 - scale * (width - 1)) / 2, (shape[0] - 1 - scale * (height - 1)) / 2
    return Homography(np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]]))


def _aligned(
    photo: np.ndarray, maps: Any, shape: tuple[int, int], candidate: Homography, vagueness: float
) -> _Found | None:
    """Improve a candidate and see what speaks for it; None where it is no sensible transform."""
    if _stretched(candidate, shape) > MOST_STRETCHED_AT_FIRST:
        return None
    limit = FURTHEST * vagueness + FURTHEST_MORE
    corners = corners_of(shape)
    clicks = Clicks(candidate.inverse().apply(corners), corners, vagueness)
    try:
        pyramid = Pyramid(photo, maps, candidate, limit)
    except RegistrationError:  # the photograph would not touch the map
        return None
    fit, evidence = Search(pyramid, clicks, candidate, limit).find([candidate], silent)
    return _Found(fit, evidence, correlations(pyramid.level(1), [fit.transform])[0])


def _stretched(transform: Homography, shape: tuple[int, int]) -> float:
    """Give the largest ratio of scales, in two directions or at two corners; infinite if the map folds."""
    corners = corners_of(shape)
    back = transform.inverse()
    depth = back.depth(corners)
    if depth.min() <= 0 <= depth.max():
        return float("inf")
    step = 0.5
    along_x, along_y = (
        (back.apply(corners + offset) - back.apply(corners - offset)) for offset in ([step, 0], [0, step])
    )
    scales = np.linalg.svd(np.stack([along_x, along_y], axis=2), compute_uv=False)
    return float(scales.max() / max(scales.min(), 1e-12))


def _proposal(found: _Found, photo_shape: tuple[int, ...], maps_shape: tuple[int, ...]) -> Proposal:
    shape = maps_shape[0], maps_shape[1]
    src, dst = _four_points(found.fit.transform, photo_shape, shape)
    sure, view = found.sure(shape), view_of(found.fit.transform, shape)
    sentence = _sentence(found, sure, view)
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
        "uncertainty": found.fit.expected_error if np.isfinite(found.fit.expected_error) else None,
    }
    return Proposal(
        sure, sure or found.is_guess, sentence, found.fit.transform, src, dst, view, found.score,
        found.evidence.found, found.fit.expected_error, record,
    )  # fmt: skip


def _four_points(
    transform: Homography, photo_shape: tuple[int, ...], shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Choose four points near the map's corners, drawn inwards as far as the photograph needs it."""
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


def _sentence(found: _Found, sure: bool, view: View) -> str:
    """Say what was found."""
    if not sure and not found.is_guess:
        return (
            "Probably not this artwork: nothing was found that photograph and maps have in common. If it is "
            "the right one, set the four points yourself."
        )
    patches = f"{found.evidence.found} patches of the maps lie where they should"
    if not sure:
        return f"This is a guess ({patches}, which is too little to be sure): check the four points."
    turned = ["", "turned clockwise", "turned upside down", "turned counter-clockwise"][view.turns]
    how = " and ".join(part for part in ("mirrored" if view.mirrored else "", turned) if part)
    lies = f"{how.capitalize()}, the photograph fits" if how else "The photograph fits"
    error = max(found.fit.expected_error, 0.05)
    return f"{lies}: {patches}, and the error to be expected is {error:.1f} map pixels."
