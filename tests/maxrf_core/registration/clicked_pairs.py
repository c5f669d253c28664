"""Pairs clicked with random errors on the reference drawing, and wrongly set ones."""

import numpy as np

from maxrf_core.transform.homography import Homography

MAP = (1692, 1592)


TO_MAP = Homography([[0.365126, -0.0061413, -2.7048], [0.0026763, 0.365019, -67.2526], [2.69e-7, 1.08e-7, 1]])


FOUR = [(0.08, 0.08), (0.92, 0.08), (0.92, 0.92), (0.08, 0.92)]


SIX = [*FOUR, (0.5, 0.08), (0.5, 0.92)]


NINE = [(x, y) for x in (0.08, 0.5, 0.92) for y in (0.08, 0.5, 0.92)]


SEEDS = range(20)


def clicks(places, seed, error=1.0):
    """Return pairs clicked with a random error in map pixels, root mean square."""
    random = np.random.default_rng(seed)
    exact = np.array(places) * [MAP[1], MAP[0]] + random.uniform(-60, 60, (len(places), 2))
    return TO_MAP.inverse().apply(exact), exact + random.normal(0, error * np.sqrt(0.5), exact.shape)


def misclicked(places, seed, off=40.0):
    src, dst = clicks(places, seed)
    random = np.random.default_rng(1000 + seed)
    culprit, angle = random.integers(len(places)), random.uniform(0, 2 * np.pi)
    dst[culprit] += off * np.array([np.cos(angle), np.sin(angle)])
    return src, dst, culprit
