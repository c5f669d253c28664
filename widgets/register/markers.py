"""Numbered markers in a picture, which leave the point itself visible."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from maxrf_core.imaging.colormaps import MARK_COLOURS
from maxrf_core.registration.register import image_to_displayed
from widgets.session.language import _, marked
from widgets.session.point_pairs import Point, is_placed

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
GREY: Colour = (90, 90, 90)  # of points of another photograph
# Of `COLOURS`; then they repeat: the number distinguishes.
NAMES = (
    marked("orange"),
    marked("green"),
    marked("red"),
    marked("blue"),
    marked("purple"),
    marked("brown"),
    marked("pink"),
    marked("teal"),
)
COLOURS: tuple[Colour, ...] = MARK_COLOURS
RADIUS, FREE = 15, 6  # pixels of a marker's ring and of the free place in its middle
_BITS = 4  # coordinates in sixteenths of a pixel, so that markers do not jump


def colour_name(index: int) -> str:
    """Return the name of a marker's colour."""
    return _(NAMES[index % len(NAMES)])


def marker_name(index: int) -> str:
    """Return the name of a marker: its number and colour.

    Examples
    --------
    >>> marker_name(1)
    '2 green'
    """
    return f"{index + 1} {colour_name(index)}"


def with_markers(
    shown: np.ndarray,
    points: Sequence[Point | None],
    size: tuple[int, int],
    arrows: np.ndarray | None = None,
    ghosts: Sequence[Point] = (),
) -> np.ndarray:
    """Draw markers: a ring that leaves the point itself visible, a cross-hair and the number.

    Parameters
    ----------
    shown : ndarray, (rows, columns, 3), uint8
        The picture at the size in which it is shown.
    points : sequence of (x, y) or None
        In pixels of the picture itself.
    size : (int, int)
        Width and height of the picture itself.
    arrows : ndarray, (n, 2), optional
        For each point an arrow from it, in pixels of the picture itself; NaN for none.
    ghosts : sequence of (x, y)
        Points that are drawn faintly, in pixels of the picture itself.

    Returns
    -------
    ndarray, (rows, columns, 3), uint8
        A copy.
    """
    drawn = shown.copy()
    height, width = shown.shape[:2]
    placed = [
        (index, image_to_displayed(*point, width, height, *size))
        for index, point in enumerate(points)
        if is_placed(point) and _is_near(point, size)
    ]
    faint = [
        (index, image_to_displayed(*ghost, width, height, *size))
        for index, ghost in enumerate(ghosts)
        if _is_near(ghost, size)
    ]
    for _index, place in faint:
        _draw_ring(drawn, place, WHITE, thickness=3)
        _draw_ring(drawn, place, GREY, thickness=1)
    for index, place in placed:
        _draw_ring(drawn, place, WHITE, thickness=5)
        _draw_ring(drawn, place, COLOURS[index % len(COLOURS)], thickness=2)
        if arrows is not None and np.isfinite(arrows[index]).all():
            _draw_arrow(drawn, place, arrows[index] * (width / size[0], height / size[1]))
    labelled = Image.fromarray(drawn)
    for index, place in faint:
        _write_number(labelled, place, index, GREY)
    for index, place in placed:
        _write_number(labelled, place, index, COLOURS[index % len(COLOURS)])
    return np.asarray(labelled)


def _is_near(point: Point, size: tuple[int, int]) -> bool:
    """Return True if a point lies in or near a picture; typed ones may be anywhere."""
    return all(-length < coordinate < 2 * length for coordinate, length in zip(point, size, strict=True))


def _draw_ring(drawn: np.ndarray, place: Point, colour: Colour, thickness: int) -> None:
    """Draw a ring with a cross-hair that leaves the middle free."""
    cv2.circle(drawn, _fine(place), RADIUS << _BITS, colour, thickness, cv2.LINE_AA, _BITS)
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        start, end = (_fine((place[0] + far * dx, place[1] + far * dy)) for far in (FREE, 1.6 * RADIUS))
        cv2.line(drawn, start, end, colour, thickness, cv2.LINE_AA, _BITS)


def _draw_arrow(drawn: np.ndarray, place: Point, arrow: np.ndarray) -> None:
    end = (place[0] + float(arrow[0]), place[1] + float(arrow[1]))
    for colour, thickness in ((WHITE, 5), ((0, 0, 0), 2)):
        cv2.arrowedLine(drawn, _fine(place), _fine(end), colour, thickness, cv2.LINE_AA, _BITS, 0.2)


def _fine(place: Point) -> tuple[int, int]:
    return round(place[0] * (1 << _BITS)), round(place[1] * (1 << _BITS))


def _write_number(labelled: Image.Image, place: Point, index: int, colour: Colour) -> None:
    """Write a marker's number beside it, inside the picture whatever the corner."""
    x, y = place
    right, below = x < labelled.width - 50, y < 50
    ImageDraw.Draw(labelled).text(
        (x + 17 if right else x - 17, y + 14 if below else y - 14),
        str(index + 1),
        fill=colour,
        font=ImageFont.load_default(30),
        anchor=("l" if right else "r") + ("t" if below else "b"),
        stroke_width=3,
        stroke_fill=WHITE,
    )
