"""Margin of the best transform over rivals: whether a photograph fits as well at another place.

docs/registration.md explains the method.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from maxrf_core.autoalign.evidence import find_evidence
from maxrf_core.autoalign.patch_matching import match
from maxrf_core.autoalign.pyramid import Level, Pyramid, translation
from maxrf_core.autoalign.rival_places import MIN_SHIFT, rival_places
from maxrf_core.autoalign.robust_fit import Clicks, fit_weighted, landmarks_of, mean_distance
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
MIN_LIKENESS = 0.5  # of what is in common at the best place beyond chance, of one that is none by chance
BESIDE = (5, 0), (-7, 0), (0, 6), (0, -8)  # map pixels from a place to where only chance is: of no repeat all
SUFFICIENT = 3  # rivals that are compared closely once one of them is not beaten
CLEAR = 2.0  # of the required margin, above which a place is beaten without a fit
REFIT_REACHES = 6, 3  # pixels, of the two steps that fit a rival: the second one is below half a fine repeat
REFIT_ERROR, REFIT_PATCH = 5.0, 40  # pixels
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
    A place where no more patches are found than by chance is no rival, unless those of the margin lie there
    about as well as at the best place.

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
    if margin < CLEAR * student_quantile(MAX_CHANCE, count - 1):
        fitted = _fitted(compared, place, (margin, count), shape)
        if fitted is None:
            return None
        place, margin, count = fitted
    if _is_same(compared, place, shape):
        return None
    required = student_quantile(MAX_CHANCE, count - 1)
    if 0 < margin < required and _is_chance(compared, place):
        return None
    relative = place @ compared.best.inverse()
    x, y = (relative.apply(landmarks_of(shape)) - landmarks_of(shape)).mean(axis=0)
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


def _fitted(
    compared: "_Compared", place: Homography, margin: tuple[float, int], shape: tuple[int, int]
) -> tuple[Homography, float, int] | None:
    """Fit a rival to the patches at its place; return it, its margin and the number of patches compared.

    A step is only taken if the margin falls. Where a fine pattern repeats within the first step's reach, the
    patches lie on various repeats, and what is fitted to them is no place at all.

    Returns
    -------
    (transform, margin, count) or None
        None if it slides back to the best place by small steps.
    """
    best = place, *margin
    for reach in REFIT_REACHES:
        fitted = _fit(compared.level, best[0], reach, shape)
        if _is_same(compared, fitted, shape):
            if reach == REFIT_REACHES[-1]:
                return None
            continue
        excess, count = compared.margin(fitted)
        if count >= MIN_PATCHES and excess < best[1]:
            best = fitted, excess, count
    return best


def _fit(level: Level, place: Homography, reach: int, shape: tuple[int, int]) -> Homography:
    """Fit a rival to the patches within reach, as the best transform is fitted."""
    corners = corners_of(shape)
    overlap = REFIT_PATCH / max(REFIT_PATCH / 1.5, max(level.shape) / MAX_REFIT_ALONG)
    clicks = Clicks(place.inverse().apply(corners), corners, REFIT_ERROR * level.factor)
    patches = match(level, place, reach, size=REFIT_PATCH, overlap=overlap, blur=BLUR)
    return fit_weighted(place, [patches], clicks, shape, 1.5).transform


def _is_chance(compared: "_Compared", place: Homography) -> bool:
    """Return True if no more is in common at a place than by chance, and clearly less than at the best one.

    The evidence alone misses a fine pattern: within its reach each patch has several places to choose from.
    """
    is_hint = find_evidence(compared.level, place).significance >= MIN_HINT
    return not is_hint and compared.likeness(place) < MIN_LIKENESS


def _is_same(compared: "_Compared", place: Homography, shape: tuple[int, int]) -> bool:
    """Return True if a place is the best one."""
    return mean_distance(compared.best, place, shape) < MIN_SHIFT * compared.level.factor


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
        self._step = max(PATCH, min(level.shape) // MAX_PATCHES_ALONG)
        templates = self._patches(level.map_edges(BLUR), 0, 0)
        centred = templates - templates.mean(axis=(3, 4), keepdims=True)
        sizes = np.sqrt(np.einsum("ijcyx,ijcyx->ij", centred, centred))
        self._templates = centred / np.maximum(sizes, 1e-9)[:, :, None, None, None]
        self._is_measured = self._at_patches(_means(level.measured, PATCH), 0, 0) >= MIN_COVERED
        self._best = self._correlations(best)

    def margin(self, other: Homography) -> tuple[float, int]:
        """Return the mean excess of correlation at the best place over its standard error, and the count."""
        return _studentised(self._best - self._correlations(other))

    def likeness(self, other: Homography) -> float:
        """Return what another place has in common beyond chance, over what the best one has; 1 if none has.

        Chance is measured beside the other place.
        """
        there = self._correlations(other)
        chance = np.mean([self._correlations(translation(x, y) @ other) for x, y in BESIDE], axis=0)
        differences = np.stack([there - chance, self._best - chance])
        known = np.isfinite(differences).all(axis=0)
        if not known.any():
            return 0.0
        excess, best = differences[:, known].mean(axis=1)
        return float(excess / best) if best > 0 else 1.0

    def _correlations(self, transform: Homography) -> np.ndarray:
        """Return the best correlation of each patch, 0 to 1; NaN where the photograph does not cover it."""
        picture, covered = self.level.photo_edges(transform, SLACK, BLUR)
        squares = _means((picture**2).sum(axis=2), PATCH) - (_means(picture, PATCH) ** 2).sum(axis=2)
        sizes = PATCH * np.sqrt(np.maximum(squares, 1e-12))
        found = np.zeros(self._is_measured.shape)
        for y, x in np.ndindex(2 * SLACK + 1, 2 * SLACK + 1):
            products = np.einsum("ijcyx,ijcyx->ij", self._patches(picture, y, x), self._templates)
            found = np.maximum(found, products / self._at_patches(sizes, y, x))
        is_covered = self._at_patches(_means(covered, PATCH + 2 * SLACK), 0, 0) >= MIN_COVERED
        return np.where(is_covered & self._is_measured, np.minimum(found, 1), np.nan)

    def _patches(self, picture: np.ndarray, y: int, x: int) -> np.ndarray:
        """Return the patches of a picture, shifted: (rows, columns, channels, PATCH, PATCH)."""
        return self._at_patches(sliding_window_view(picture, (PATCH, PATCH), axis=(0, 1)), y, x)

    def _at_patches(self, values: np.ndarray, y: int, x: int) -> np.ndarray:
        """Return what belongs to the first pixel of each patch, shifted."""
        height, width = self.level.shape
        rows, columns = height - PATCH + 1, width - PATCH + 1
        return values[y : y + rows : self._step, x : x + columns : self._step]


def _means(values: np.ndarray, side: int) -> np.ndarray:
    """Return the mean over the square that begins at each pixel."""
    return cv2.blur(values.astype(np.float64), (side, side), anchor=(0, 0))


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
