"""How does a visitor set numbered points in a picture by clicking?

The picture is drawn once at the size that is shown, with the markers on it, and sent as a JPEG; the click
that comes back in screen pixels becomes image coordinates in `maxrf_core.registration`, nowhere else.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import streamlit as st
from streamlit_image_coordinates import streamlit_image_coordinates

from maxrf_core.picture import shrink
from maxrf_core.registration import displayed_to_image, image_to_displayed
from widgets.points import Point

MARKER_NAMES = ("orange", "green", "red", "blue")
MARKER_COLOURS = ((240, 130, 0), (20, 150, 60), (215, 30, 40), (30, 90, 230))
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


def point_picker(key: str, picture: np.ndarray, points: Sequence[Point | None], on_pick: OnPick) -> None:
    """Show a picture with its numbered markers and report where it is clicked.

    Parameters
    ----------
    key : str
        Name of the widget; a picture of another size needs another key.
    picture : numpy.ndarray
        (height, width, 3) uint8, in its own full resolution.
    points : sequence of (x, y) or None
        Markers to draw, in the picture's own pixel coordinates.
    on_pick : callable
        Called with (x, y), in the picture's own pixel coordinates, once for each click.
    """
    height, width = picture.shape[:2]
    shown = _at_shown_size(picture)

    def clicked() -> None:
        click = st.session_state[key]
        if click:
            on_pick(
                displayed_to_image(click["x"], click["y"], click["width"], click["height"], width, height)
            )

    streamlit_image_coordinates(
        _with_markers(shown, points, (width, height)),
        key=key,
        width="stretch",
        image_format="JPEG",
        jpeg_quality=88,
        cursor="crosshair",
        on_click=clicked,
    )


def _at_shown_size(picture: np.ndarray) -> np.ndarray:
    """Fit a picture to the width that is sent; small maps grow by whole pixels, so they stay crisp."""
    width = picture.shape[1]
    if width > SHOWN_WIDTH:
        return np.ascontiguousarray(shrink(picture, SHOWN_WIDTH))
    return picture.repeat(SHOWN_WIDTH // width, axis=0).repeat(SHOWN_WIDTH // width, axis=1)


def _with_markers(shown: np.ndarray, points: Sequence[Point | None], size: tuple[int, int]) -> np.ndarray:
    """Draw the markers: a ring that leaves the point itself free to be seen, a cross-hair and the number."""
    drawn = shown.copy()
    height, width = shown.shape[:2]
    for number, point in enumerate(points, start=1):
        if point is None:
            continue
        x, y = image_to_displayed(*point, width, height, *size)
        for colour, thickness in (((255, 255, 255), 5), (MARKER_COLOURS[number - 1], 2)):
            _draw_marker(drawn, x, y, str(number), colour, thickness)
    return drawn


def _draw_marker(
    drawn: np.ndarray, x: float, y: float, label: str, colour: tuple[int, int, int], thickness: int
) -> None:
    shift, radius, free = 4, 13, 4  # coordinates in sixteenths of a pixel, so markers do not jump
    scale = 1 << shift

    def place(dx: float, dy: float) -> tuple[int, int]:
        return round((x + dx) * scale), round((y + dy) * scale)

    cv2.circle(drawn, place(0, 0), radius * scale, colour, thickness, cv2.LINE_AA, shift)
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        start, end = place(free * dx, free * dy), place(1.6 * radius * dx, 1.6 * radius * dy)
        cv2.line(drawn, start, end, colour, thickness, cv2.LINE_AA, shift)
    right = x < drawn.shape[1] - 50  # the number stands inside the picture, whatever the corner
    below = y < 40
    corner = (int(x + 16 if right else x - 38), int(y + 36 if below else y - 14))
    cv2.putText(drawn, label, corner, cv2.FONT_HERSHEY_DUPLEX, 1.0, colour, thickness, cv2.LINE_AA)
