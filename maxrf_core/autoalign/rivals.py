"""Margin of the best transform over rivals: whether a photograph fits as well at another place.

docs/registration.md explains the method.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from maxrf_core.autoalign.evidence import find_evidence
from maxrf_core.autoalign.patch_matching import match
from maxrf_core.autoalign.pyramid import Level, Pyramid
from maxrf_core.autoalign.rival_places import MIN_SHIFT, rival_places
from maxrf_core.autoalign.robust_fit import Clicks, fit_weighted, landmarks_of
from maxrf_core.language import Note
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import view_of

MAX_SIDE, MAX_TURNED_SIDE = 450, 320  # pixels of the maps in which other places, and turns, are searched
MAX_RIVALS = 6  # that are compared, of shifts and of turns
NEAR = 48.0  # map pixels to which they are searched in all pixels of a larger map
BLUR = 1.5  # pixels, of the compared edges
SLACK = 2  # pixels by which a patch may be off the place that a transform predicts
MAX_PATCHES_ALONG = 24
PATCH = 12  # pixels along a patch
MIN_PATCHES = 6  # that can be compared at all
MIN_COVERED = 0.95  # of a patch, by the photograph
MAX_CHANCE = 1e-4  # that noise alone makes the better of two equal places win
MIN_HINT = 4.5  # significance of the evidence at a place, below which nothing is in common there
SUFFICIENT = 3  # rivals that are compared closely once one of them is not beaten
CLEAR = 2.0  # of the required margin, above which a place is beaten without a fit
REFIT_REACH, REFIT_ERROR, REFIT_PATCH = 6, 5.0, 40  # pixels, of the fit of a rival
MAX_REFIT_ALONG = 15  # patches of that fit along the map
DIRECTION_RATIO = 0.25  # of the larger component of a shift, below which the smaller one is not told


@dataclass(frozen=True, eq=False)
class Rival:
    """Another transform that fits about as well as the best one.

    Parameters
    ----------
    transform : Homography
        From photograph to map.
    shift : (float, float)
        Displacement x, y of the photograph from its best place, in map pixels, in the mean over the map.
    view : View
        Turn and mirroring from the orientation at the best place.
    margin : float
        Excess of the best place's mean correlation over this one's, in standard errors; negative if this
        one is better.
    required : float
        Margin from which the best place counts as the only one.
    best : Homography
        The best transform, from photograph to map.
    """

    transform: Homography
    shift: tuple[float, float]
    view: View
    margin: float
    required: float
    best: Homography

    @property
    def excess(self) -> float:
        """Margin above what is required."""
        return self.margin - self.required

    @property
    def is_beaten(self) -> bool:
        """Whether the best place is clearly better."""
        return self.margin >= self.required

    @property
    def record(self) -> dict[str, Any]:
        """Return it as JSON values, to be stored as attributes."""
        return {"where": str(self.where), "shift": list(self.shift), "margin": self.margin}

    @property
    def where(self) -> Note:
        """Return where it lies, as a part of a sentence."""
        if self.view != View():
            return _ORIENTATIONS[self.view.mirrored][self.view.turns]
        return _direction(*self.shift)


def find_rival(
    pyramid: Pyramid,
    transform: Homography,
    reach: float,
    *,
    turned: bool,
    is_plausible: Callable[[Homography], bool] = lambda _transform: True,
) -> Rival | None:
    """Search for a place where a photograph fits about as well as at the best one.

    Parameters
    ----------
    pyramid : Pyramid
        The pictures; the photograph must be kept as far around the maps as `reach`.
    transform : Homography
        The best transform, from photograph to map.
    reach : float
        Distance of the furthest place, in map pixels.
    turned : bool
        Whether turns and mirror images are rivals, too.
    is_plausible : callable
        Takes a transform and returns whether it can be a rival at all.

    Returns
    -------
    Rival or None
        See `strongest_rival`.
    """
    side = max(pyramid.shape)
    factor = _factor(side, MAX_SIDE)
    groups = [rival_places(pyramid.level(factor), transform, reach, turned=False)]
    if factor > 1:  # a fine weave shows only here
        groups.append(rival_places(pyramid.level(1), transform, min(reach, NEAR), turned=False))
    if turned:
        coarse = pyramid.level(_factor(side, MAX_TURNED_SIDE))
        groups.append(rival_places(coarse, transform, 0.5 * reach, turned=True))
    plausible = [
        place for group in groups for place in [each for each in group if is_plausible(each)][:MAX_RIVALS]
    ]
    return strongest_rival(pyramid.level(1), transform, plausible, pyramid.shape)


def _factor(side: int, max_side: int) -> int:
    """Return the smallest power of two by which a side shrinks to at most `max_side`."""
    return 1 << max(0, int(np.ceil(np.log2(side / max_side))))


def strongest_rival(
    level: Level, transform: Homography, places: Sequence[Homography], shape: tuple[int, int]
) -> Rival | None:
    """Return the rival over which a transform has the least margin.

    Patches of the maps, beside each other, are searched within 2 pixels of where both transforms predict
    them. The mean difference between their correlations there under the one and the other is compared with
    its standard error: Student's test for pairs. Where the photograph fits as well at both places, the
    differences are noise; where only a few patches tell them apart, they scatter, and the margin is small.
    A place where no more patches are found than by chance is no rival.

    Parameters
    ----------
    level : Level
    transform : Homography
        The best transform, from photograph to map.
    places : sequence of Homography
        Approximate transforms of rivals.
    shape : (height, width)
        Of the maps.

    Returns
    -------
    Rival or None
        None without places that can be compared.
    """
    compared = _Compared(level, transform)
    margins = [compared.margin(place) for place in places]
    order = np.argsort([margin for margin, _count in margins], kind="stable")
    found: list[Rival] = []
    for number in order:
        margin, count = margins[number]
        rival = _compare(compared, places[number], margin, count, shape)
        if rival is not None:
            found.append(rival)
        if len(found) >= SUFFICIENT and not all(each.is_beaten for each in found):
            break
    return min(found, key=lambda each: each.excess, default=None)


def _compare(
    compared: "_Compared", place: Homography, margin: float, count: int, shape: tuple[int, int]
) -> Rival | None:
    """Compare a place with the best one; None if it is the same, or shows nothing in common."""
    if count < MIN_PATCHES:
        return None
    required = student_quantile(MAX_CHANCE, count - 1)
    if margin < CLEAR * required:
        place = _refit(compared.level, place, shape)
        margin, count = compared.margin(place)
    relative = place @ compared.best.inverse()
    away = relative.apply(landmarks_of(shape)) - landmarks_of(shape)
    if count < MIN_PATCHES or np.hypot(*away.T).mean() < MIN_SHIFT * compared.level.factor:
        return None
    required = student_quantile(MAX_CHANCE, count - 1)
    if 0 < margin < required and find_evidence(compared.level, place).significance < MIN_HINT:
        return None
    x, y = away.mean(axis=0)
    return Rival(place, (float(x), float(y)), view_of(relative, shape), margin, required, compared.best)


def student_quantile(chance: float, freedom: int) -> float:
    """Return the value that a Student variable of so many degrees of freedom exceeds by a small chance.

    Examples
    --------
    >>> f"{student_quantile(0.001, 100):.2f}", f"{student_quantile(0.001, 10):.2f}"
    ('3.17', '4.14')
    """
    from scipy.special import stdtrit  # slow to import

    return float(-stdtrit(max(freedom, 1), chance))


def _refit(level: Level, place: Homography, shape: tuple[int, int]) -> Homography:
    """Fit a rival to the patches at its place, as the best transform is fitted."""
    corners = corners_of(shape)
    overlap = REFIT_PATCH / max(REFIT_PATCH / 1.5, max(level.shape) / MAX_REFIT_ALONG)
    for _round in range(2):
        clicks = Clicks(place.inverse().apply(corners), corners, REFIT_ERROR * level.factor)
        patches = match(level, place, REFIT_REACH, size=REFIT_PATCH, overlap=overlap, blur=BLUR)
        place = fit_weighted(place, [patches], clicks, shape, 1.5).transform
    return place


class _Compared:
    """Patches of the maps and how well they are found at the best place.

    Parameters
    ----------
    level : Level
    best : Homography
        From photograph to map.
    """

    def __init__(self, level: Level, best: Homography) -> None:
        self.level, self.best = level, best
        height, width = level.shape
        self._step = max(PATCH, min(height, width) // MAX_PATCHES_ALONG)
        self._best = self._correlations(best)

    def margin(self, other: Homography) -> tuple[float, int]:
        """Return the mean excess of correlation at the best place over its standard error, and the count."""
        return _studentised(self._best - self._correlations(other))

    def _correlations(self, transform: Homography) -> np.ndarray:
        """Return the correlation of each patch; NaN where the photograph does not cover it."""
        height, width = self.level.shape
        size, step = PATCH, self._step
        template = self.level.map_edges(BLUR)
        picture, covered = self.level.photo_edges(transform, SLACK, BLUR)
        found = np.full(((height - size) // step + 1, (width - size) // step + 1), np.nan)
        for row, column in np.ndindex(found.shape):
            y, x = row * step, column * step
            around = np.s_[y : y + size + 2 * SLACK, x : x + size + 2 * SLACK]
            measured = self.level.measured[y : y + size, x : x + size]
            if min(covered[around].mean(), measured.mean()) >= MIN_COVERED:
                found[row, column] = _correlation(picture[around], template[y : y + size, x : x + size])
        return found


def _correlation(around: np.ndarray, patch: np.ndarray) -> float:
    """Return the correlation at the best position around the predicted one, 0 to 1."""
    surface = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
    return float(np.clip(np.nan_to_num(surface, nan=0, posinf=0, neginf=0).max(), 0, 1))


def _studentised(differences: np.ndarray) -> tuple[float, int]:
    """Return the mean of the finite values over its standard error, and how many they are."""
    finite = differences[np.isfinite(differences)]
    if len(finite) < 2:
        return 0.0, len(finite)
    return float(finite.mean() / max(finite.std(ddof=1), 1e-6) * np.sqrt(len(finite))), len(finite)


def _direction(x: float, y: float) -> Note:
    """Return a shift in words: how far, and to which side of the map."""
    across = Note(
        "{distance:.0f} px to the left" if x < 0 else "{distance:.0f} px to the right", distance=abs(x)
    )
    along = Note(
        "{distance:.0f} px further up" if y < 0 else "{distance:.0f} px further down", distance=abs(y)
    )
    if abs(y) < DIRECTION_RATIO * abs(x):
        return across
    if abs(x) < DIRECTION_RATIO * abs(y):
        return along
    return Note("{across} and {along}", across=across, along=along)


_ORIENTATIONS = {  # by whether it is mirrored, and by quarter turns
    False: (
        Note("at the same place"),
        Note("turned clockwise"),
        Note("turned upside down"),
        Note("turned counter-clockwise"),
    ),
    True: (
        Note("mirrored"),
        Note("mirrored and turned clockwise"),
        Note("mirrored and turned upside down"),
        Note("mirrored and turned counter-clockwise"),
    ),
}
