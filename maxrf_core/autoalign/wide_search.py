"""Search far from rough points, where patches no longer find their places.

Points that are off by a fifth of the map's width turn and scale the map too much for patches to be matched.
So small pictures are compared as a whole, at all shifts, turns, scales and stretches that the points allow.
Candidates that need no points follow, if the points allow them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import cv2
import numpy as np

from maxrf_core.autoalign.candidates import candidates
from maxrf_core.autoalign.coarse_search import Guess, different
from maxrf_core.autoalign.evidence import Evidence
from maxrf_core.autoalign.pyramid import BORDER, Level, Pyramid, stack_maps, translation
from maxrf_core.autoalign.robust_fit import Clicks, Fit
from maxrf_core.autoalign.search import Search
from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.progress import Progress, silent
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import similarity

SIDE = 96  # pixels of the small map along its longer side, at least half of which it has
BLUR = 1.0
MIN_CLICK_ERROR = 0.1  # of the map's shorter side: nearer points are found by patches
SPREAD = 2.0  # standard deviations of the points' turn and scale to search
STEP = 0.045  # of turns (rad) and logarithmic scales: about two small pixels at the map's border
MAX_STEPS = 8  # to each side
STRETCHES = ((1.0,), (0.75, 0.85, 1.18, 1.33))  # of pixels that are square, and if that fails of others
MAX_OFF = 1.5  # of the possible error of the points, root mean square
MAX_GUESSES = 2
GUESS_ERROR = 0.05  # of the map's longer side, possible error of a guess
SUFFICIENT_WEIGHT = 4.0  # weight of evidence at which no other candidate is tried


@dataclass(frozen=True, eq=False)
class Found:
    """The best result of a search, with its pictures."""

    search: Search
    fit: Fit
    evidence: Evidence


def find_wider(photo: Any, maps: Any, near: Search, report: Progress) -> Found | None:
    """Search where patches around the points found too little.

    Parameters
    ----------
    photo, maps : array_like
        As given to `refine`.
    near : Search
        The search that found too little; its origin is the transform of the points.
    report : callable
        Called with the fraction done and the current step.

    Returns
    -------
    Found or None
        The result with the most evidence that the points allow; None if there is none, or if the points are
        too precise for a wider search to find more.
    """
    clicks, shape = near.clicks, near.pyramid.shape
    if clicks.error < MIN_CLICK_ERROR * min(shape):
        return None
    mirrored = bool(np.linalg.det(near.origin.matrix) < 0)
    # A homography through points that are far off puts the map's corners anywhere
    wide = replace(near, origin=similarity(clicks.src, clicks.dst, mirrored))
    best: Found | None = None
    for candidate, error in _candidates(photo, maps, wide, report):
        if not _is_allowed(candidate, clicks, error):
            continue
        found = _refined(photo, maps, wide, candidate, error)
        if found is not None and _is_allowed(found.fit.transform, clicks, 0.0):
            best = max((each for each in (best, found) if each), key=lambda each: each.evidence.weight)
        if best is not None and best.evidence.weight >= SUFFICIENT_WEIGHT:
            break
    return best


def guess_near(
    level: Level, clicks: Clicks, start: Homography, stretches: Sequence[float], max_count: int
) -> list[Guess]:
    """Compare small pictures at all turns, scales, stretches and shifts that rough points allow.

    Parameters
    ----------
    level : Level
        The small pictures.
    clicks : Clicks
    start : Homography
        From photograph to map, the similarity transform of the points.
    stretches : sequence of float
        Scale along the map's x over that along y.
    max_count : int
        Number of different guesses to return at most.

    Returns
    -------
    list of Guess
        The best first.
    """
    template = level.map_edges(BLUR)[BORDER:-BORDER, BORDER:-BORDER]
    to_map = level.from_map.inverse()
    pixel = to_map.scale_at([0, 0])
    middle, steps = clicks.dst.mean(axis=0), _steps(clicks)
    reach = int(np.ceil(clicks.error / pixel))
    found = []
    for stretch, turn, scale in product(stretches, steps, steps):
        moved = _around(middle, turn, scale, stretch) @ start
        strengths, _covered = level.photo_edges(moved, reach, BLUR)
        surface = cv2.matchTemplate(strengths[BORDER:-BORDER, BORDER:-BORDER], template, cv2.TM_CCOEFF_NORMED)
        surface = np.nan_to_num(surface, posinf=0, neginf=0)
        y, x = np.unravel_index(int(surface.argmax()), surface.shape)
        shift = to_map @ translation(reach - int(x), reach - int(y)) @ level.from_map
        found.append(Guess(shift @ moved, float(surface[y, x])))
    found.sort(key=lambda guess: -guess.correlation)
    return different(found, (round(level.shape[0] * pixel), round(level.shape[1] * pixel)), max_count)


def _candidates(photo: Any, maps: Any, near: Search, report: Progress) -> Iterator[tuple[Homography, float]]:
    """Yield candidates near the points, then those that need none, with their possible error."""
    shape, clicks = near.pyramid.shape, near.clicks
    level = near.pyramid.level(int(np.ceil(max(shape) / SIDE)))
    for stretches in STRETCHES:
        report(0.0, _("trying all sizes and turns"))
        for guess in guess_near(level, clicks, near.origin, stretches, MAX_GUESSES):
            yield guess.transform, GUESS_ERROR * max(shape)
    yield from candidates(np.asarray(photo), stack_maps(maps), report)


def _steps(clicks: Clicks) -> np.ndarray:
    """Return the turns, or logarithmic scales, to try: as far as the points may be off."""
    radius = np.sqrt(((clicks.dst - clicks.dst.mean(axis=0)) ** 2).sum())
    deviation = clicks.error / np.sqrt(2) / max(float(radius), 1e-9)
    count = min(MAX_STEPS, int(np.ceil(SPREAD * deviation / STEP)))
    return STEP * np.arange(-count, count + 1)


def _around(middle: np.ndarray, turn: float, scale: float, stretch: float) -> Homography:
    """Return the transform of the map that turns it, then scales it along its axes, about a place."""
    cos, sin, root = np.cos(turn), np.sin(turn), np.sqrt(stretch)
    linear = np.exp(scale) * np.array([[root], [1 / root]]) * np.array([[cos, -sin], [sin, cos]])
    return Homography(np.vstack([np.column_stack([linear, middle - linear @ middle]), [0, 0, 1]]))


def _is_allowed(transform: Homography, clicks: Clicks, error: float) -> bool:
    """Return True if the points may be off as far as a transform, itself off by `error`, has them."""
    off = transform.apply(clicks.src) - clicks.dst
    depth = transform.depth(clicks.src)
    if depth.min() <= 0 <= depth.max():
        return False
    return float(np.sqrt((off**2).sum(axis=1).mean())) <= MAX_OFF * clicks.error + error


def _refined(photo: Any, maps: Any, near: Search, candidate: Homography, error: float) -> Found | None:
    """Refine a candidate, whose position at the map's corners constrains it where the pictures do not."""
    corners = corners_of(near.pyramid.shape)
    held = Clicks(candidate.inverse().apply(corners), corners, error)
    limit = 6 * error + 10
    try:
        pyramid = Pyramid(photo, maps, candidate, near.limit)
    except RegistrationError:  # the photograph would not touch the map
        return None
    fit, evidence = Search(pyramid, held, candidate, limit).find([candidate], silent)
    if not np.isfinite(fit.uncertainty):
        return None
    return Found(replace(near, pyramid=pyramid), fit, evidence)
