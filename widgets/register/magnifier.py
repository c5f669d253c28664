"""The magnifier, in which a point is set to a fraction of a pixel.

A cut-out around the point is shown with every pixel enlarged by a whole number. A click in it, or an arrow
button, moves the point.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from maxrf_core.transform.parts import Part
from widgets.register.markers import marker_name
from widgets.register.point_picker import OnPick, Picture, clickable_part
from widgets.session.choice import Look
from widgets.session.language import _, marked
from widgets.session.point_pairs import MIN_PAIRS, Point, PointPairs, Side, is_placed

CursorOf = Callable[[Part], Mapping[str, Any]]
SIDE = 184  # screen pixels of the cut-out
USUAL_WIDTH = 500  # screen pixels of a whole picture
_BESIDE = 120  # screen pixels of the controls beside it
ZOOMS = (1, 2, 4, 8, 16, 32)
STEPS = (0.1, 1.0, 10.0)
ARROWS = {
    "left": ("arrow_back", -1, 0, marked("Move the point {step:g} pixels left")),
    "up": ("arrow_upward", 0, -1, marked("Move the point {step:g} pixels up")),
    "down": ("arrow_downward", 0, 1, marked("Move the point {step:g} pixels down")),
    "right": ("arrow_forward", 1, 0, marked("Move the point {step:g} pixels right")),
}
_NOT_YET: dict[Side, str] = {
    "src": marked("Point {number} is not set in the photograph yet."),
    "dst": marked("Point {number} is not set in the map yet."),
}


def magnifier(
    side: Side, picture: Picture, pairs: PointPairs, look: Look, cursor: CursorOf | None = None
) -> None:
    """Show the active point of one picture closely, with ways to enlarge it and to move it.

    Parameters
    ----------
    side : {"src", "dst"}
    picture : Picture
    pairs : PointPairs
        Changed in place.
    look : Look
    cursor : callable, optional
        Takes the part that is shown and returns how its places correspond to those of the map.
    """
    index = pairs.active_index()
    if index is None:
        return
    points = pairs.src if side == "src" else pairs.dst
    point = points[index]
    with st.container(key=f"magnifier-{side}", horizontal=True, gap="xsmall"):
        beside = st.container(width=_BESIDE, gap="xsmall")
        with beside:
            _choose_point(side, pairs, index)
            if not is_placed(point):
                st.caption(_(_NOT_YET[side]).format(number=index + 1))
                return
            times = _choose_zoom(side, picture)

        def picked(place: Point) -> None:
            pairs.move(side, index, place)

        window = window_around(point, picture.size, times)
        with st.container(width=SIDE):
            clickable_part(
                f"magnifier-picture-{side}", picture, window, points, picked, look, times,
                cursor=None if cursor is None else cursor(window),
            )  # fmt: skip
        with beside:
            _arrow_buttons(side, picture, point, look, picked)


def window_around(point: Point, size: tuple[int, int], times: int) -> Part:
    """Choose the part of a picture to show around a point: whole pixels, inside the picture.

    Examples
    --------
    >>> window_around((50.3, 2), (100, 80), times=32)
    Part(left=48, top=0, right=53, bottom=5)
    """
    lengths = [min(length, max(3, SIDE // times)) for length in size]
    starts = [
        min(max(round(at) - length // 2, 0), whole - length)
        for at, length, whole in zip(point, lengths, size, strict=True)
    ]
    return Part(starts[0], starts[1], starts[0] + lengths[0], starts[1] + lengths[1])


def first_zoom(size: tuple[int, int]) -> int:
    """Choose how much a cut-out is enlarged at first: at least twofold, and thrice what all of it is.

    Examples
    --------
    >>> first_zoom((4400, 4800)), first_zoom((280, 300))
    (2, 8)
    """
    wanted = max(2, 3 * USUAL_WIDTH / size[0])
    return next((zoom for zoom in ZOOMS if zoom >= wanted), ZOOMS[-1])


def _choose_point(side: Side, pairs: PointPairs, index: int) -> None:
    key, title = f"magnifier-point-{side}", _("Point in the magnifiers")
    both = zip(pairs.src, pairs.dst, strict=True)
    there = [number for number, pair in enumerate(both) if any(map(is_placed, pair))]
    st.session_state[key] = index

    def turned() -> None:
        pairs.set_active(st.session_state[key])

    if len(there) <= MIN_PAIRS:
        st.segmented_control(
            title, there, key=key, format_func=lambda number: f"{number + 1}", required=True,
            on_change=turned, label_visibility="collapsed",
        )  # fmt: skip
    else:
        st.selectbox(
            title, there, key=key, format_func=marker_name, on_change=turned, label_visibility="collapsed"
        )


def _choose_zoom(side: Side, picture: Picture) -> int:
    zoom: int = st.segmented_control(
        _("Enlarged"),
        ZOOMS,
        default=first_zoom(picture.size),
        required=True,
        format_func=lambda times: f"{times}×",
        label_visibility="collapsed",
        key=f"magnifier-zoom-{side}",
    )
    return zoom


def _arrow_buttons(side: Side, picture: Picture, point: Point, look: Look, picked: OnPick) -> None:
    step = st.segmented_control(
        _("Step of the arrows (pixels)"),
        STEPS,
        default=0.1,
        required=True,
        format_func=lambda length: f"{length:g}",
        label_visibility="collapsed",
        key=f"magnifier-step-{side}",
    )
    with st.container(horizontal=True, gap=None):
        for name, (icon, dx, dy, words) in ARROWS.items():
            x, y = look.view.to_shown(*point, *picture.size)
            moved = look.view.from_shown(x + dx * step, y + dy * step, *picture.size)
            st.button(
                "",
                key=f"magnifier-{name}-{side}",
                icon=f":material/{icon}:",
                help=_(words).format(step=step),
                on_click=picked,
                args=(moved,),
            )
    st.caption(f"x {point[0]:.2f}, y {point[1]:.2f}")
