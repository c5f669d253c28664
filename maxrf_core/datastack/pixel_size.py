"""Size of a map pixel, as a datastack tells it."""

import math

from maxrf_core.datastack.datastack import DataStack


def pixel_size_of(ds: DataStack) -> tuple[float, float] | None:
    """Return width and height of a map pixel in mm; None if the file does not tell them."""
    try:
        x, y = (float(length) for length in ds.about["pixel_size_mm"])
    except (KeyError, TypeError, ValueError):
        return None
    return (x, y) if 0 < x < math.inf and 0 < y < math.inf else None
