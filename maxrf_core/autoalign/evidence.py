"""How well do photograph and maps agree, and is that more than chance?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.autoalign.patch_matching import Matches, match
from maxrf_core.autoalign.pyramid import Level, shift_by
from maxrf_core.autoalign.robust_fit import offsets
from maxrf_core.transform.homography import Homography

BLUR = 1.5  # of the edges that are compared
FEWEST_PIXELS = 400  # that photograph and map must share
REACH = 8  # pixels within which patches are looked for, to see whether they are found where they belong
PATCH = 40
CLOSE = 1.5  # pixels: so near to its place a patch counts as found there
ROUND = 0.2  # least over largest stiffness of a patch that is held in both directions


@dataclass(frozen=True)
class Evidence:
    """How many patches of the map are found in the photograph where a transform says that they are.

    Only patches that are held in both directions count, since a straight line is found on any other.

    Parameters
    ----------
    found, tried : int
    by_chance : float
        So many would be found there if photograph and map had nothing in common.
    weight : float
        Sum of the squared correlations of those found, less what chance gives: in proportion to the
        information, in the sense of Shannon, that photograph and map are seen to share.
    """

    found: int
    tried: int
    by_chance: float
    weight: float

    @property
    def significance(self) -> float:
        """How far the number found exceeds chance, in units of about its standard deviation.

        A frame or the border of a sheet gives single patches much weight where two pictures have nothing
        else in common; many patches in place cannot come of that.
        """
        return (self.found - self.by_chance) / np.sqrt(self.by_chance + 1)


def correlations(level: Level, transforms: Sequence[Homography]) -> list[float]:
    """Correlate the edges of photograph and maps under several transforms, over the area that all share.

    Parameters
    ----------
    level : Level
    transforms : sequence of Homography
        From photograph to map.

    Returns
    -------
    list of float
        −1 to 1; −1 for all where they share too little.
    """
    laid = [level.photo_edges(transform, 0, BLUR) for transform in transforms]
    shared = np.logical_and.reduce([covered for _, covered in laid])
    count = int(shared.sum())
    if count < FEWEST_PIXELS:
        return [-1.0] * len(laid)
    mask = shared[:, :, None].astype(np.float32)
    here = _centred(level.map_edges(BLUR), mask, count)
    return [_cosine(here, _centred(there, mask, count)) for there, _ in laid]


def evidence_for(level: Level, transform: Homography) -> Evidence:
    """Look for patches of the map all around, and count those that are found where they belong.

    How many would be by chance is counted at places where they do not belong.

    Parameters
    ----------
    level : Level
    transform : Homography
        From photograph to map.

    Returns
    -------
    Evidence
    """
    matches = match(level, transform, REACH, size=PATCH, overlap=1.5, blur=BLUR)
    stiffness = np.linalg.eigvalsh(matches.stiffness)
    matches = matches[stiffness[:, 0] > ROUND * stiffness[:, 1]]
    away = (REACH - CLOSE) * matches.pixel / np.sqrt(2)
    found = _in_place(matches, transform)
    elsewhere = [_in_place(matches, shift_by(x, y) @ transform) for x in (-away, away) for y in (-away, away)]
    squares = np.clip(matches.correlation, 0, 1) ** 2
    by_chance = np.mean(elsewhere, axis=0)
    return Evidence(
        int(found.sum()), len(matches), float(by_chance.sum()), float(squares @ (found - by_chance))
    )


def _in_place(matches: Matches, transform: Homography) -> np.ndarray:
    return (offsets(transform, matches) < CLOSE).astype(np.float64)


def _centred(values: np.ndarray, mask: np.ndarray, count: int) -> np.ndarray:
    """Take the mean off what the mask leaves, and leave nothing outside."""
    inside = values * mask
    return inside - mask * (inside.sum(axis=(0, 1), dtype=np.float64) / count).astype(np.float32)


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    size = np.sqrt(float(np.vdot(one, one)) * float(np.vdot(other, other)))
    return float(np.vdot(one, other)) / size if size > 0 else 0.0
