"""Drawing of outlines, a pixel's ring and a line over a picture, with white around them as on the screen."""

from typing import Any

import numpy as np

from maxrf_core.figures.overlay import MARK_COLOUR, Outline, Overlay
from maxrf_core.transform.coordinates import Extent

WHITE_WIDTH, WIDTH = 2.6, 1.2  # points
RING, NUMBER_POINTS = 8.0, 9.0  # points
NEAR_EDGE = 0.08  # of the picture; a number so near to its edge is written on the inner side


def draw_over(axes: Any, overlay: Overlay, extent: Extent) -> None:
    """Draw an overlay on the axes of a picture.

    Parameters
    ----------
    axes : Axes
        They are made see-through.
    overlay : Overlay
    extent : (left, right, bottom, top)
        What the picture shows, in map coordinates.
    """
    left, right, bottom, top = extent
    axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[], facecolor="none")
    for side in axes.spines.values():
        side.set_visible(False)
    for outline in overlay.outlines:
        _draw_outline(axes, outline)
    for outline in overlay.outlines:
        _write_number(axes, outline, extent)
    if overlay.line is not None:
        x0, y0, x1, y1 = overlay.line
        for colour, width in _strokes(MARK_COLOUR):
            axes.plot([x0, x1], [y0, y1], color=colour, linewidth=width, solid_capstyle="round")
    if overlay.pixel is not None:
        for colour, width in _strokes(MARK_COLOUR):
            x, y = overlay.pixel
            axes.plot([x], [y], "o", markersize=RING, fillstyle="none", color=colour, markeredgewidth=width)


def _strokes(colour: str) -> list[tuple[str, float]]:
    return [("white", WHITE_WIDTH), (colour, WIDTH)]


def _draw_outline(axes: Any, outline: Outline) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rings = [Path([*ring, ring[0]], closed=True) for ring in outline.rings]
    path = Path.make_compound_path(*rings)
    for colour, width in _strokes(outline.colour):
        axes.add_patch(PathPatch(path, fill=False, edgecolor=colour, linewidth=width, joinstyle="round"))


def _write_number(axes: Any, outline: Outline, extent: Extent) -> None:
    """Write the number of an outline above its highest corner that is seen."""
    from matplotlib.patheffects import withStroke

    left, right, bottom, top = extent
    corners = np.concatenate([np.array(ring) for ring in outline.rings])
    x, y = corners.T
    seen = corners[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)]
    if not len(seen):
        return
    x, y = seen[np.argmin(seen[:, 1])]
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    is_high = down < NEAR_EDGE
    axes.annotate(
        str(outline.number),
        (x, y),
        (0, -3 if is_high else 2),
        textcoords="offset points",
        ha="left" if across < NEAR_EDGE else "right" if across > 1 - NEAR_EDGE else "center",
        va="top" if is_high else "bottom",
        fontsize=NUMBER_POINTS,
        fontweight="bold",
        color=outline.colour,
        path_effects=[withStroke(linewidth=WHITE_WIDTH, foreground="white")],
    )
