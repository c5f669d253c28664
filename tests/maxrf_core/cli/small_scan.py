"""A small scan with two clear peaks, for the commands."""

import numpy as np

from maxrf_core.spectrum.calibration import Calibration
from maxrf_core.spectrum.lines import find_line

POINTS = {
    "src_points": [[0, 0], [89, 0], [89, 59], [0, 59]],
    "dst_points": [[1, 1], [28, 2], [27, 18], [2, 17]],
}

TRUE = Calibration(0.02, -0.3)


def draw_counts() -> np.ndarray:
    """A scan of 20×30 pixels × 700 channels with two clear peaks, Fe Ka and Pb La."""
    energies = TRUE.energies(700)
    peaks = [np.exp(-0.5 * ((energies - find_line(name).energy) / 0.07) ** 2) for name in ("Fe Ka", "Pb La")]
    amounts = np.random.default_rng(2).uniform(20, 90, (20, 30, 2))
    return np.random.default_rng(3).poisson(amounts @ np.array(peaks) + 0.5).astype(np.uint16)


COUNTS = draw_counts()
