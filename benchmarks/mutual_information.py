"""Check of the real photograph's registration by mutual information, which uses no edges.

The transform of the real scenes cannot be known exactly, so it is checked by something wholly different:
normalised mutual information of the brightness (Studholme et al. 1999, Pattern Recognit. 32, 71). Powell's
method makes it greatest in the positions of the four corners, on twice the photograph's pixels, without the
edges of the sheet. It takes half a minute.
"""

import cv2
import numpy as np
from scipy.optimize import minimize

from benchmarks.scenes import DATA, IRON, MEASURED, PHOTOGRAPH, read
from maxrf_core.autoalign.pyramid import rescaling
from maxrf_core.autoalign.robust_fit import landmarks_of
from maxrf_core.imaging.resample import area_average
from maxrf_core.transform.extents import corners_of
from maxrf_core.transform.homography import Homography, homography

FINER = 2
BLUR = 1.5  # pixels of the finer map
BINS = 32
BESIDE = (12, 12, 6, 12)  # pixels of the photograph left out: at the top, right, left and bottom
INK = (0, 100, 190, 310)  # left, top, right and bottom of where the drawing is
MAX_SHIFT = 4.0  # pixels


def difference() -> tuple[float, float]:
    """Return the distances of landmarks under both transforms, on the drawing and anywhere; in pixels."""
    photo = read(PHOTOGRAPH, cv2.IMREAD_COLOR_RGB).mean(axis=2).astype(np.float32)
    shape = photo.shape[0], photo.shape[1]
    finer = FINER * shape[0], FINER * shape[1]
    iron = np.sqrt(area_average(read(IRON).astype(np.float32), finer[1], finer[0]))
    steps = np.rint(_stretched(cv2.GaussianBlur(iron, (0, 0), BLUR))).astype(np.int64)
    values = _stretched(cv2.GaussianBlur(photo, (0, 0), BLUR / FINER))
    corners, enlarged = corners_of(shape), rescaling(shape, finer)

    def disagreement(motion: np.ndarray) -> float:
        moved = homography(corners, corners + motion.reshape(4, 2))
        return -normalised_information(steps, _laid(values, enlarged @ moved, finer))

    found = minimize(
        disagreement, np.zeros(8), method="Powell", bounds=[(-MAX_SHIFT, MAX_SHIFT)] * 8,
        options={"maxiter": 6, "xtol": 0.01, "ftol": 1e-7},
    )  # fmt: skip
    by_information = homography(corners, corners + found.x.reshape(4, 2))
    places = landmarks_of(shape)
    distances = np.hypot(*(by_information.apply(places) - MEASURED.apply(places)).T)
    left, top, right, bottom = INK
    drawn = (places >= [left, top]).all(axis=1) & (places <= [right, bottom]).all(axis=1)
    return float(distances[drawn].mean()), float(distances.mean())


def _stretched(picture: np.ndarray) -> np.ndarray:
    lowest, highest = np.percentile(picture, (0.5, 99.5))
    return np.clip((picture - lowest) / (highest - lowest) * (BINS - 1), 0, BINS - 1).astype(np.float32)


def _laid(values: np.ndarray, onto: Homography, shape: tuple[int, int]) -> np.ndarray:
    """Lay the photograph over the map; -99 where it does not reach or where the sheet's edges are."""
    laid = cv2.warpPerspective(values, onto.matrix, shape[::-1], flags=cv2.INTER_CUBIC, borderValue=-99)
    top, right, left, bottom = (FINER * beside for beside in BESIDE)
    within = np.full(shape, -99, dtype=np.float32)
    within[top:-bottom, left:-right] = laid[top:-bottom, left:-right]
    return within


def normalised_information(steps: np.ndarray, laid: np.ndarray) -> float:
    """Return (H(a) + H(b)) / H(a, b); a photograph's value is shared between the two nearest bins."""
    there = laid > -1
    value = np.clip(laid[there], 0, BINS - 1.001)
    lower = value.astype(np.int64)
    cell, share = steps[there] * BINS + lower, value - lower
    size = BINS * BINS
    joint = np.bincount(cell, 1 - share, size) + np.bincount(cell + 1, share, size)
    joint = joint.reshape(BINS, BINS) / joint.sum()
    return (_entropy(joint.sum(axis=0)) + _entropy(joint.sum(axis=1))) / _entropy(joint)


def _entropy(shares: np.ndarray) -> float:
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum())


def main() -> None:
    """Print it."""
    if not DATA.exists():
        raise SystemExit(f"{DATA} is not on this machine.")
    drawn, anywhere = difference()
    print(
        f"Mutual information puts landmarks {drawn:.2f} pixels away from where the benchmark takes them to "
        f"be, where the drawing is, and {anywhere:.2f} pixels over the whole sheet (mean distances)."
    )


if __name__ == "__main__":
    main()
