"""How certain is a place that was pointed at on a registered photograph? A sentence, as honest as can be."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

FEWEST = 4  # points that fix a perspective transform
EXACT = 1e-3  # map pixels: residuals below that come from rounding, not from points that agree


def certainty_of(points: Any, attributes: Mapping[str, Any], place: tuple[float, float]) -> str:
    """Say how precisely a registered photograph fits the map at a place.

    Parameters
    ----------
    points : array_like, (n, 2, 2)
        What the datastack keeps under ``imvis_points``: of each pair the source and the destination x, y.
    attributes : mapping
        What is kept beside them: ``residuals`` in map pixels, one for each pair; where they are known,
        ``leave_one_out`` likewise and ``pixel_size_mm``.
    place : (x, y)
        In map pixels.

    Returns
    -------
    str
        One or two sentences. Where the points fit exactly whatever they are, as four always do, their
        residuals say nothing, and that is told instead.

    Examples
    --------
    >>> corners = [[10, 10], [90, 10], [90, 70], [10, 70], [50, 40]]
    >>> pairs = [[corner, corner] for corner in corners]
    >>> print(certainty_of(pairs, {"residuals": [0.5, 0.3, 0.4, 0.3, 0.5]}, (20, 20)))
    The photograph fits to 0.41 map pixels there (RMS of its 5 points).
    >>> print(certainty_of(pairs[:4], {"residuals": [0, 0, 0, 0]}, (20, 5)))
    How precisely the photograph fits there is not known: its 4 points fit exactly, as four always do.
    The place lies outside of the points, where the fit is less certain.
    """
    pairs = np.asarray(points, dtype=np.float64)
    lengths = _lengths(attributes, "residuals", len(pairs))
    if lengths is None:
        return "How precisely the photograph fits there was not kept with it."
    left_out = _lengths(attributes, "leave_one_out", len(pairs))
    if lengths.max() > EXACT:
        told = (
            f"The photograph fits to {_length(lengths, attributes)} there (RMS of its {len(pairs)} points)."
        )
    elif left_out is not None and left_out.max() > EXACT:
        told = (
            f"The photograph fits to {_length(left_out, attributes)} there (RMS of its {len(pairs)} points, "
            "each predicted from the others)."
        )
    else:
        why = "as four always do" if len(pairs) == FEWEST else "since they were made to"
        told = "How precisely the photograph fits there is not known: "
        told += f"its {len(pairs)} points fit exactly, {why}."
    if _surround(pairs[:, 1], place):
        return told
    return f"{told} The place lies outside of the points, where the fit is less certain."


def _lengths(attributes: Mapping[str, Any], key: str, count: int) -> np.ndarray | None:
    """Read one length for each pair, or None where there is something else."""
    try:
        lengths = np.asarray(attributes.get(key), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return lengths if count and lengths.shape == (count,) and np.isfinite(lengths).all() else None


def _length(lengths: np.ndarray, attributes: Mapping[str, Any]) -> str:
    """Write a root mean square: "0.41 map pixels (0.2 mm)"."""
    rms = float(np.sqrt(np.mean(lengths**2)))
    size = _lengths({"size": [attributes.get("pixel_size_mm")]}, "size", 1)
    millimetres = "" if size is None else f" ({rms * float(size[0]):.2g} mm)"
    return f"{rms:.2g} map pixels{millimetres}"


def _surround(points: np.ndarray, place: tuple[float, float]) -> bool:
    hull = cv2.convexHull(points.astype(np.float32))
    return cv2.pointPolygonTest(hull, place, measureDist=False) >= 0
