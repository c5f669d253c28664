"""How does a visitor set numbered points in a picture by clicking?

The picture is drawn once at the size that is shown, with the markers on it, and sent as a JPEG; the click
that comes back in screen pixels becomes image coordinates in `maxrf_core.registration`, nowhere else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont
from streamlit_image_coordinates import streamlit_image_coordinates

from maxrf_core.picture import colorize, shrink
from maxrf_core.registration import displayed_to_image, image_to_displayed
from widgets.map_layers import MapPicture
from widgets.points import Point, is_placed

MARKER_NAMES = ("orange", "green", "red", "blue")
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
MARKER_COLOURS: tuple[Colour, ...] = ((240, 130, 0), (20, 150, 60), (215, 30, 40), (30, 90, 230))
RADIUS, FREE = 15, 6  # pixels of a marker's ring and of the free place in its middle
SHOWN_WIDTH = 840  # pixels sent to the browser, which fits them to the column

OnPick = Callable[[tuple[float, float]], None]


def task_in_words(where: str, next_number: int | None) -> str:
    """Say what a click in a picture will do.

    Examples
    --------
    >>> task_in_words("map", 2)
    'Click on point **2** (green) in the map.'
    """
    if next_number is None:
        return f"All points are set in the {where}. Click near a marker to correct it."
    return f"Click on point **{next_number}** ({MARKER_NAMES[next_number - 1]}) in the {where}."


@dataclass(frozen=True, eq=False)
class ShownPicture:
    """A picture at the size in which it is sent to the browser.

    Attributes
    ----------
    pixels : numpy.ndarray
        (rows, columns, 3) uint8, about SHOWN_WIDTH wide.
    size : (int, int)
        Width and height of the picture itself, in whose pixels points are given.
    """

    pixels: np.ndarray
    size: tuple[int, int]


def to_shown_size(picture: np.ndarray) -> ShownPicture:
    """Fit a picture, (height, width, 3) uint8, to the browser; small ones grow by whole pixels."""
    height, width = picture.shape[:2]
    times = max(1, SHOWN_WIDTH // width)
    pixels = np.ascontiguousarray(shrink(picture, SHOWN_WIDTH)).repeat(times, axis=0).repeat(times, axis=1)
    return ShownPicture(pixels, (width, height))


def shown_map(picture: MapPicture) -> ShownPicture:
    """Colour a map at the size that fits the browser."""
    height, width = picture.data.shape
    values = picture.data.fit(SHOWN_WIDTH, height)
    coloured = colorize(values, picture.vmin, picture.vmax, picture.colormap)
    return ShownPicture(to_shown_size(coloured).pixels, (width, height))


def point_picker(key: str, picture: ShownPicture, points: Sequence[Point | None], on_pick: OnPick) -> None:
    """Show a picture with its numbered markers and report where it is clicked.

    Parameters
    ----------
    key : str
        Name of the widget.
    picture : ShownPicture
    points : sequence of (x, y) or None
        Markers to draw, in the picture's own pixel coordinates.
    on_pick : callable
        Called with (x, y), in the picture's own pixel coordinates, once for each click.
    """

    def clicked() -> None:
        click = st.session_state[key]
        if click:
            on_pick(
                displayed_to_image(click["x"], click["y"], click["width"], click["height"], *picture.size)
            )

    streamlit_image_coordinates(
        _with_markers(picture.pixels, points, picture.size),
        key=key,
        width="stretch",
        image_format="JPEG",
        jpeg_quality=88,
        cursor="crosshair",
        on_click=clicked,
    )


def _with_markers(shown: np.ndarray, points: Sequence[Point | None], size: tuple[int, int]) -> np.ndarray:
    """Draw the markers: a ring that leaves the point itself free to be seen, a cross-hair and the number."""
    drawn = shown.copy()
    height, width = shown.shape[:2]
    placed = [
        (number, image_to_displayed(*point, width, height, *size))
        for number, point in enumerate(points, start=1)
        if is_placed(point) and _is_near(point, size)
    ]
    for number, place in placed:
        _draw_ring(drawn, place, WHITE, thickness=5)
        _draw_ring(drawn, place, MARKER_COLOURS[number - 1], thickness=2)
    labelled = Image.fromarray(drawn)
    for number, place in placed:
        _write_number(labelled, place, number)
    return np.asarray(labelled)


def _is_near(point: Point, size: tuple[int, int]) -> bool:
    """Tell whether a point lies in a picture or not far from it; typed ones may be anywhere."""
    return all(-length < coordinate < 2 * length for coordinate, length in zip(point, size, strict=True))


def _draw_ring(drawn: np.ndarray, place: Point, colour: Colour, thickness: int) -> None:
    """Draw a ring with a cross-hair that leaves the middle free."""
    bits = 4  # coordinates in sixteenths of a pixel, so that markers do not jump

    def at(dx: float, dy: float) -> tuple[int, int]:
        return round((place[0] + dx) * (1 << bits)), round((place[1] + dy) * (1 << bits))

    cv2.circle(drawn, at(0, 0), RADIUS << bits, colour, thickness, cv2.LINE_AA, bits)
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        start, end = at(FREE * dx, FREE * dy), at(1.6 * RADIUS * dx, 1.6 * RADIUS * dy)
        cv2.line(drawn, start, end, colour, thickness, cv2.LINE_AA, bits)


def _write_number(labelled: Image.Image, place: Point, number: int) -> None:
    """Write a marker's number beside it, inside the picture whatever the corner."""
    x, y = place
    right, below = x < labelled.width - 50, y < 50
    ImageDraw.Draw(labelled).text(
        (x + 17 if right else x - 17, y + 14 if below else y - 14),
        str(number),
        fill=MARKER_COLOURS[number - 1],
        font=ImageFont.load_default(30),
        anchor=("l" if right else "r") + ("t" if below else "b"),
        stroke_width=3,
        stroke_fill=WHITE,
    )
