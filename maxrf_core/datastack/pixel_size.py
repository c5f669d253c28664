"""Size of a map pixel, as a datastack tells it."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maxrf_core.datastack.datastack import DataStack


def pixel_size_of(ds: "DataStack") -> tuple[float, float] | None:
    """Return width and height of a map pixel in mm; None if the file does not tell them."""
    return pixel_size_in(ds.about)


def pixel_size_in(about: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return width and height of a map pixel in mm from root attributes; None if they do not tell them.

    Examples
    --------
    >>> pixel_size_in({"pixel_size_mm": [0.5, 0.25]}), pixel_size_in({"pixel_size_mm": "large"})
    ((0.5, 0.25), None)
    """
    try:
        x, y = (float(length) for length in about["pixel_size_mm"])
    except (KeyError, TypeError, ValueError):
        return None
    return (x, y) if 0 < x < math.inf and 0 < y < math.inf else None
