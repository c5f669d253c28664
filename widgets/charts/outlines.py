"""Outlines of patches over a map, as the browser draws them, and lines that were drawn there."""

from collections.abc import Sequence
from html import escape
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from maxrf_core.patches.coarse_outline import coarse_outline
from maxrf_core.patches.patch import Patch

MAP_LETTERS = 60  # that are about as wide as a whole map on the screen
MAX_CORNERS = 5000  # of an outline on the screen; a finer one is drawn of blocks of pixels

_paths: WeakKeyDictionary[Patch, tuple[str, tuple[float, float]]] = WeakKeyDictionary()


def outline_marks(patches: Sequence[Patch], numbers: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Return the outlines of patches as marks of a chart.

    Parameters
    ----------
    patches : sequence of Patch
    numbers : sequence of int, optional
        Written above each; by default from 1 on.

    Returns
    -------
    list of dict
        ``number``, and the name where the patch is as wide as that; ``colour``, ``path`` in SVG, and
        ``at``: where the number stands.
    """
    shown = []
    for number, patch in zip(numbers or range(1, len(patches) + 1), patches, strict=True):
        path, at = _path_of(patch)
        shown.append({"number": _title(number, patch), "colour": patch.colour, "path": path, "at": at})
    return shown


def corners_of(values: Sequence[float]) -> np.ndarray:
    """Return corners (n, 2) float64 from x0, y0, x1, y1, …; a last number alone is left out.

    Examples
    --------
    >>> corners_of([1.0, 2, 3, 4, 5]).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    even = len(values) // 2 * 2
    return np.asarray(values[:even], np.float64).reshape(-1, 2)


def _title(number: int, patch: Patch) -> str:
    """Return what stands above an outline: a number, and the name if it is no wider than the patch."""
    columns = np.flatnonzero(patch.mask.any(axis=0))
    share = (columns[-1] - columns[0] + 1) / patch.mask.shape[1]
    title = f"{number} {patch.name}"
    return escape(title, quote=False) if len(title) <= share * MAP_LETTERS else str(number)


def _path_of(patch: Patch) -> tuple[str, tuple[float, float]]:
    known = _paths.get(patch)
    if known is None:
        rings = coarse_outline(patch, MAX_CORNERS)
        path = "".join("M" + "L".join(f"{x:.7g},{y:.7g}" for x, y in ring) + "Z" for ring in rings)
        corners = np.concatenate(rings)
        top = corners[np.argmin(corners[:, 1])]
        known = _paths[patch] = path, (float(top[0]), float(top[1]))
    return known
