"""Joint adjustment of overlapping scans: small corrections of their places in the photograph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.mosaic.placed_scan import PlacedScan
from maxrf_core.mosaic.relative_error import MatchedPatches
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography

Overlapping = Mapping[tuple[int, int], MatchedPatches]

UNKNOWN_ERROR = 1.0  # map pixels, of a registration that tells nothing of its error
MIN_GAIN = 0.8  # of the distance left in patches held out: more is no improvement
CELLS = 6  # along the longer side of an overlap, that are held out in turn
N_PARAMS = 6  # of an affine correction


@dataclass(frozen=True, eq=False)
class Adjustment:
    """Corrections of all scans together, and whether they are better.

    Attributes
    ----------
    corrections : list of Homography
        Of each scan, from the place by its registration to the corrected one, in photograph pixels.
    before, after : float
        Median distance of patches that were held out, in photograph pixels.
    is_better : bool
    """

    corrections: list[Homography]
    before: float
    after: float

    @property
    def is_better(self) -> bool:
        """Whether patches that were held out come clearly nearer to each other."""
        return self.after < MIN_GAIN * self.before


def adjust(scans: Sequence[PlacedScan], patches: Overlapping) -> Adjustment | None:
    """Fit small affine corrections to the overlaps and the registrations, by weighted least squares.

    Patches of two scans shall meet. The corners of each scan shall stay where its registration has them,
    within the error that it expects. What it gains is measured in patches that were held out, cell by cell.

    Parameters
    ----------
    scans : sequence of PlacedScan
    patches : mapping of (int, int) to MatchedPatches
        Of each measured overlap, by the numbers of its scans.

    Returns
    -------
    Adjustment or None
        None without overlaps that could be measured.
    """
    if not patches:
        return None
    halves = [{pair: _half(each, odd) for pair, each in patches.items()} for odd in (0, 1)]
    before, after = [], []
    for fitted, held_out in (halves, halves[::-1]):
        corrections = _fit(scans, fitted)
        for (one, other), each in held_out.items():
            before.append(_lengths(each.second - each.first))
            after.append(_lengths(corrections[other].apply(each.second) - corrections[one].apply(each.first)))
    medians = (float(np.median(np.concatenate(each))) for each in (before, after))
    return Adjustment(_fit(scans, patches), *medians)


def _half(patches: MatchedPatches, odd: int) -> MatchedPatches:
    """Return the patches of every second cell of an overlap, as on a chessboard."""
    first = patches.first.min(axis=0)
    side = max(float((patches.first.max(axis=0) - first).max()) / CELLS, 1e-9)
    cells = np.floor((patches.first - first) / side).astype(int)
    return patches[cells.sum(axis=1) % 2 == odd]


def _lengths(distances: np.ndarray) -> np.ndarray:
    return np.asarray(np.hypot(*distances.T))


def _fit(scans: Sequence[PlacedScan], patches: Overlapping) -> list[Homography]:
    frames = [_frame(scan) for scan in scans]
    size = N_PARAMS * len(scans)
    normal, right = np.zeros((size, size)), np.zeros(size)
    for number, (scan, frame) in enumerate(zip(scans, frames, strict=True)):
        part = slice(number * N_PARAMS, (number + 1) * N_PARAMS)
        jacobian = _jacobian(scan.corners(), frame)
        inner = scan.to_photo(corners_of(scan.shape))
        expected = scan.expected_error(inner) or UNKNOWN_ERROR * scan.scale
        normal[part, part] += np.einsum("nij,nik->jk", jacobian, jacobian) / (expected**2 / 2)
    for (one, other), each in patches.items():
        rows = np.zeros((len(each), 2, size))
        rows[:, :, one * N_PARAMS : (one + 1) * N_PARAMS] = -_jacobian(each.first, frames[one])
        rows[:, :, other * N_PARAMS : (other + 1) * N_PARAMS] = _jacobian(each.second, frames[other])
        weighted = np.einsum("nij,njk->nik", each.weight, rows)
        normal += np.einsum("nij,nik->jk", rows, weighted)
        right -= np.einsum("nij,ni->j", weighted, each.second - each.first)
    params = np.linalg.solve(normal, right).reshape(len(scans), N_PARAMS)
    return [_correction(each, frame) for each, frame in zip(params, frames, strict=True)]


def _frame(scan: PlacedScan) -> tuple[np.ndarray, float]:
    """Return the middle of a scan in the photograph, and half its longer side."""
    outline = scan.outline()
    first, last = outline.min(axis=0), outline.max(axis=0)
    return (first + last) / 2, float((last - first).max()) / 2


def _jacobian(points: np.ndarray, frame: tuple[np.ndarray, float]) -> np.ndarray:
    """Return the derivatives of corrected points by the six parameters: (n, 2, 6)."""
    x, y = ((points - frame[0]) / frame[1]).T
    one, nothing = np.ones_like(x), np.zeros_like(x)
    along_x = np.stack([one, x, y, nothing, nothing, nothing], axis=1)
    along_y = np.stack([nothing, nothing, nothing, one, x, y], axis=1)
    return np.stack([along_x, along_y], axis=1)


def _correction(params: np.ndarray, frame: tuple[np.ndarray, float]) -> Homography:
    (a, b, c), (d, e, f) = params.reshape(2, 3)
    (x, y), half = frame
    matrix = np.array([[1 + b / half, c / half, 0], [e / half, 1 + f / half, 0], [0, 0, 1]])
    matrix[:2, 2] = np.array([a, d]) - np.array([[b, c], [e, f]]) @ (x, y) / half
    return Homography(matrix)
