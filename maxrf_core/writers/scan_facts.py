"""Facts about a scan that formats can hold, checked, since other programs may have written them."""

from typing import Any

import numpy as np

from maxrf_core.datastack.datastack import DataStack


def pixel_size_mm(ds: DataStack) -> tuple[float, float] | None:
    """Return width and height of a pixel in mm; None if they are not known."""
    try:
        sides = np.asarray(ds.about.get("pixel_size_mm", []), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if sides.shape != (2,) or not (np.isfinite(sides).all() and (sides > 0).all()):
        return None
    return float(sides[0]), float(sides[1])


def one_line(value: Any) -> str:
    """Return a text on one line, without signs that cannot be printed; empty if it is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
