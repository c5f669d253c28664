"""A motif that repeats on a map and on its photograph, whose transform is known."""

import numpy as np

from maxrf_core.transform.homography import Homography
from tests.maxrf_core.autoalign.seen_drawing import FINE, SHAPE, count, draw, photograph, true_transform

STEP = 34, 30  # map pixels from one repeat to the next, across and along
AROUND = 60  # map pixels by which the photograph shows more


def repeating(marks: float = 0.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray, Homography]:
    """Return a photograph, a map and the transform; a drawing over the motif is as strong as `marks`."""
    x, y = STEP
    shape = _larger()
    motif = draw(seed, SHAPE)[: FINE * y, : FINE * x]
    rows, columns = shape[0] // y + 1, shape[1] // x + 1
    sheet = np.tile(motif, (rows, columns))[: FINE * shape[0], : FINE * shape[1]]
    sheet = np.clip(sheet + marks * draw(seed + 20, shape), 0, 1)
    return _seen(sheet, seed)


def woven(thread: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, Homography]:
    """Return a photograph, a map and the transform of a weave, which repeats one thread across and along."""
    row, column = (np.arange(FINE * length) / (FINE * thread) for length in _larger())
    is_warp = (row[:, None] // 1 + column // 1) % 2 == 0
    sheet = np.where(is_warp, 0.95 * np.sin(np.pi * (column % 1)), 0.6 * np.sin(np.pi * (row % 1))[:, None])
    return _seen(sheet.astype(np.float32), seed)


def _larger() -> tuple[int, int]:
    return SHAPE[0] + 2 * AROUND, SHAPE[1] + 2 * AROUND


def _seen(sheet: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, Homography]:
    """Photograph a sheet, and measure the part of it within `AROUND`."""
    onto, (width, height) = true_transform()
    size = width + round(3.4 * AROUND), height + round(3.4 * AROUND)
    within = np.s_[AROUND : AROUND + SHAPE[0], AROUND : AROUND + SHAPE[1]]
    beside = Homography(np.array([[1, 0, -AROUND], [0, 1, -AROUND], [0, 0, 1]]))
    return photograph(sheet, onto, size, seed), count(sheet, seed)[within], beside @ onto
