"""Setting numbered points in a picture by clicking.

The picture, or the part of it that the visitor has zoomed into, is drawn once at the size that is shown, with
the markers on it, and sent as a JPEG; the click that comes back in screen pixels becomes image coordinates in
`maxrf_core.transform`, nowhere else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import streamlit as st

from maxrf_core.imaging.display import colorize, shrink
from maxrf_core.transform.parts import Part, whole_part
from widgets.charts.map_layers import MapPicture
from widgets.register.click_component import Click, clickable_picture
from widgets.register.markers import colour_name, with_markers
from widgets.register.place_outlines import PlaceOutline, with_outlines
from widgets.session.choice import Look
from widgets.session.language import _, marked
from widgets.session.point_pairs import Point, Side, is_placed

SHOWN_WIDTH = 840  # pixels sent to the browser, which fits them to the column
MAX_ASPECT = 4  # height over width of what is still shown as wide as the column
MAX_HEIGHT = 1680  # pixels of what is taller than that
MIN_SIDE = 60  # pixels of the short side of a long strip, which is stretched for it

_ALL_SET = marked("All set. Click near a marker to move it.")
_NEXT: dict[Side, str] = {
    "src": marked("Click on point **{number}** ({colour}) in the photograph."),
    "dst": marked("Click on point **{number}** ({colour}) in the map."),
}

OnPick = Callable[[Point], None]
OnBox = Callable[[Sequence[Point]], None]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in which points are set, however large.

    Attributes
    ----------
    overview : ndarray, (rows, columns, 3), uint8
        All of it, about SHOWN_WIDTH wide.
    size : (int, int)
        Width and height of the picture itself, in whose pixels points are given.
    cut_out : callable
        Returns the pixels of a part, from left, top, right and bottom: (rows, columns, 3) uint8.
    drawn_part : callable, optional
        Returns a part at the size at which it is drawn, as `drawn` does; by default its cut-out is drawn.
    ghosts : tuple of (x, y)
        Points of another photograph's registration, or at another place, drawn faintly.
    outlines : tuple of PlaceOutline
        Places at which the photograph may lie.
    """

    overview: np.ndarray
    size: tuple[int, int]
    cut_out: Callable[[int, int, int, int], np.ndarray]
    drawn_part: Callable[[Part], np.ndarray] | None = None
    ghosts: tuple[Point, ...] = ()
    outlines: tuple[PlaceOutline, ...] = ()


def of_photo(pixels: np.ndarray) -> Picture:
    """Prepare a photograph, (height, width, 3) uint8."""
    height, width = pixels.shape[:2]
    return Picture(
        drawn(pixels), (width, height), lambda left, top, right, bottom: pixels[top:bottom, left:right]
    )


def of_map(picture: MapPicture) -> Picture:
    """Prepare a map in the colours in which it is shown."""
    height, width = picture.shape
    shown = drawn_size(width, height)

    def coloured(values: np.ndarray) -> np.ndarray:
        return colorize(values, picture.vmin, picture.vmax, picture.colormap)

    return Picture(
        stretched(coloured(picture.data.fit(*shown)), *shown),
        (width, height),
        lambda left, top, right, bottom: coloured(picture.data.values[top:bottom, left:right]),
    )


def drawn_size(width: int, height: int) -> tuple[int, int]:
    """Return the size at which all of a picture is drawn, however long a strip it is.

    Examples
    --------
    >>> drawn_size(4400, 4800), drawn_size(280, 300)
    ((840, 916), (840, 900))
    >>> drawn_size(50, 6000), drawn_size(4000, 3)
    ((60, 1680), (840, 60))
    """
    if height > MAX_ASPECT * width:
        return max(MIN_SIDE, round(MAX_HEIGHT * width / height)), MAX_HEIGHT
    shown = SHOWN_WIDTH // width * width or SHOWN_WIDTH  # whole squares for pixels, where they are so large
    return shown, max(MIN_SIDE, round(shown * height / width))


def drawn(pixels: np.ndarray) -> np.ndarray:
    """Return pixels, (height, width, 3) uint8, averaged or enlarged to the size at which they are drawn."""
    shown = drawn_size(pixels.shape[1], pixels.shape[0])
    return stretched(np.ascontiguousarray(shrink(pixels, *shown)), *shown)


def stretched(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return a smaller picture with every pixel enlarged to a rectangle, so that edges keep their places."""
    if pixels.shape[:2] == (height, width):
        return pixels
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_NEAREST)


def enlarged(pixels: np.ndarray, times: int) -> np.ndarray:
    """Return a picture with every pixel enlarged to a square, so that edges keep their places."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1) if times > 1 else pixels


def task_in_words(side: Side, next_number: int | None) -> str:
    """Return a sentence on what the next click in a picture will do.

    Examples
    --------
    >>> task_in_words("dst", 2)
    'Click on point **2** (green) in the map.'
    """
    if next_number is None:
        return _(_ALL_SET)
    return _(_NEXT[side]).format(number=next_number, colour=colour_name(next_number - 1))


def point_picker(
    key: str,
    picture: Picture,
    points: Sequence[Point | None],
    on_pick: OnPick,
    look: Look | None = None,
    arrows: np.ndarray | None = None,
    part: Part | None = None,
    on_box: OnBox | None = None,
    cursor: Mapping[str, Any] | None = None,
) -> None:
    """Show a picture with its numbered markers and report where it is clicked.

    Parameters
    ----------
    key : str
        Name of the widget.
    picture : Picture
    points : sequence of (x, y) or None
        Markers to draw, in the picture's own pixel coordinates.
    on_pick : callable
        Called with (x, y), in the picture's own pixel coordinates, once for each click.
    look : Look, optional
        The plain one by default.
    arrows : ndarray, (n, 2), optional
        For each point an arrow to draw from it, in the picture's own pixels; NaN for none.
    part : Part, optional
        What is shown of it; all by default.
    on_box : callable, optional
        Called with two opposite corners of a box that was dragged, in the picture's own pixel coordinates.
    cursor : mapping, optional
        How its places correspond to those of the other picture, see `shared_cursor`.
    """
    part = part or whole_part(picture.size)
    clickable_part(
        key, picture, part, points, on_pick, look or Look(), arrows=arrows, on_box=on_box, cursor=cursor
    )


def clickable_part(
    key: str,
    picture: Picture,
    part: Part,
    points: Sequence[Point | None],
    on_pick: OnPick,
    look: Look,
    times: int = 0,
    arrows: np.ndarray | None = None,
    on_box: OnBox | None = None,
    cursor: Mapping[str, Any] | None = None,
) -> None:
    """Show a part of a picture, and report in the whole picture's coordinates where it is clicked.

    Parameters
    ----------
    key, picture, points, on_pick, look, arrows, on_box, cursor
        As in `point_picker`.
    part : Part
    times : int
        How many screen pixels a pixel becomes; 0 draws the part at the size of the whole picture.
    """
    table = look.tone.table(picture.overview)
    shown = look.view.turn(look.tone.apply(_drawn_part(picture, part, times), table))
    shown_size = look.view.shown_size(*part.size)
    seen = [
        look.view.to_shown(point[0] - part.left, point[1] - part.top, *part.size)
        if is_placed(point)
        else None
        for point in points
    ]
    ghosts = [look.view.to_shown(x - part.left, y - part.top, *part.size) for x, y in picture.ghosts]
    corner = (part.left, part.top)
    outlines = [
        replace(each, corners=look.view.points_to_shown(each.corners - corner, *part.size))
        for each in (() if times else picture.outlines)  # they would cover what a magnifier shows
    ]
    if arrows is not None:
        origin = np.array(look.view.to_shown(0, 0, *part.size))
        ends = [look.view.to_shown(float(dx), float(dy), *part.size) for dx, dy in arrows]
        arrows = np.array(ends) - origin

    def clicked() -> None:
        click = Click.of(st.session_state[key])
        if click is None:
            return
        places = [part.to_image(*place, click.width, click.height, look.view) for place in click.places]
        if len(places) == 1:
            on_pick(places[0])
        elif on_box is not None:
            on_box(places)

    clickable_picture(
        key,
        with_markers(with_outlines(shown, outlines, shown_size), seen, shown_size, arrows, ghosts),
        stretch=shown.shape[0] <= MAX_ASPECT * shown.shape[1],
        on_click=clicked,
        boxes=on_box is not None,
        cursor=cursor,
        kind="PNG" if times else "JPEG",
        **({"compress_level": 1} if times else {"quality": 88}),
    )


def _drawn_part(picture: Picture, part: Part, times: int) -> np.ndarray:
    if times:
        return enlarged(picture.cut_out(*part), times)
    if part == whole_part(picture.size):
        return picture.overview
    if picture.drawn_part is not None:
        return picture.drawn_part(part)
    return drawn(picture.cut_out(*part))
