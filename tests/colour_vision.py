"""Colours as the colour-blind see them."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

# Deuteranopia after Viénot, Brettel and Mollon (1999), on linear red, green and blue
_TO_SEEN = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])


def seen_by_deuteranope(colour: str) -> np.ndarray:
    """Return what is seen of "#rrggbb": three values from 0 to 255."""
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.clip(_TO_SEEN @ parts**2.2, 0, 1) ** (1 / 2.2) * 255


def min_difference(colours: Sequence[np.ndarray]) -> float:
    """Return the smallest difference of any two colours, in the part that differs most."""
    return min(float(np.abs(one - other).max()) for one, other in combinations(colours, 2))
