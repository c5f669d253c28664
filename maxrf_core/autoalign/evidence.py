"""Agreement of photograph and maps, compared with chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.autoalign.patch_matching import Matches, match
from maxrf_core.autoalign.pyramid import Level, translation
from maxrf_core.autoalign.robust_fit import offsets
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import Transform

BLUR = 1.5  # pixels, of the compared edges
MIN_SHARED_PIXELS = 400  # covered by both photograph and map
REACH = 8  # pixels to each side in which patches are searched
PATCH = 40  # pixels along a patch
MAX_OFFSET = 1.5  # pixels from the expected position at which a patch counts as found
MIN_STIFFNESS_RATIO = 0.2  # smallest over largest stiffness of a patch that is fixed in both directions


@dataclass(frozen=True)
class Evidence:
    """Number of patches of the map that are found in the photograph at the position a transform predicts.

    Only patches that are fixed in both directions count: a straight line matches all along itself.

    Parameters
    ----------
    found, tried : int
    by_chance : float
        Number that would be found if photograph and map had nothing in common.
    weight : float
        Sum of the squared correlations of the patches found, minus the sum expected by chance: proportional
        to the information (Shannon) that photograph and map share.
    """

    found: int
    tried: int
    by_chance: float
    weight: float

    @property
    def significance(self) -> float:
        """Excess of the number found over chance, in units of about its standard deviation.

        A frame or the border of a sheet can give single patches a high weight though two pictures have
        nothing else in common, but it cannot put many patches into place.
        """
        return (self.found - self.by_chance) / math.sqrt(self.by_chance + 1)


def correlations(level: Level, transforms: Sequence[Transform]) -> list[float]:
    """Correlate the edges of photograph and maps under several transforms, over their common area.

    Parameters
    ----------
    level : Level
    transforms : sequence of Homography or InverseThinPlateSpline
        From photograph to map.

    Returns
    -------
    list of float
        −1 to 1; −1 for all if they share too few pixels.
    """
    laid = [level.photo_edges(transform, 0, BLUR) for transform in transforms]
    shared = np.logical_and.reduce([level.measured, *(covered for _, covered in laid)])
    count = int(shared.sum())
    if count < MIN_SHARED_PIXELS:
        return [-1.0] * len(laid)
    mask = shared[:, :, None].astype(np.float32)
    here = _centred(level.map_edges(BLUR), mask, count)
    return [_cosine(here, _centred(there, mask, count)) for there, _ in laid]


def find_evidence(level: Level, transform: Homography) -> Evidence:
    """Search for patches of the map in the photograph, and count those at the predicted position.

    The number expected by chance is counted at displaced positions.

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
    matches = matches[stiffness[:, 0] > MIN_STIFFNESS_RATIO * stiffness[:, 1]]
    away = (REACH - MAX_OFFSET) * matches.pixel / np.sqrt(2)
    found = _in_place(matches, transform)
    elsewhere = [
        _in_place(matches, translation(x, y) @ transform) for x in (-away, away) for y in (-away, away)
    ]
    squares = np.clip(matches.correlation, 0, 1) ** 2
    by_chance = np.mean(elsewhere, axis=0)
    return Evidence(
        int(found.sum()), len(matches), float(by_chance.sum()), float(squares @ (found - by_chance))
    )


def _in_place(matches: Matches, transform: Homography) -> np.ndarray:
    return (offsets(transform, matches) < MAX_OFFSET).astype(np.float64)


def _centred(values: np.ndarray, mask: np.ndarray, count: int) -> np.ndarray:
    """Subtract the mean over the mask; 0 outside."""
    inside = values * mask
    return inside - mask * (inside.sum(axis=(0, 1), dtype=np.float64) / count).astype(np.float32)


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    size = np.sqrt(float(np.vdot(one, one)) * float(np.vdot(other, other)))
    return float(np.vdot(one, other)) / size if size > 0 else 0.0
