"""Setting the points of one picture, in all of it or in a part that is zoomed into."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.transform.plane_transform import PlaneTransform
from widgets.register.point_picker import Picture, point_picker, task_in_words
from widgets.register.shared_cursor import shared_cursor
from widgets.register.window import limit_width
from widgets.register.zoom import shown_part, use_keys, zoom_buttons, zoom_into
from widgets.session.choice import Look
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.point_pairs import Point, PointPairs, Side

REACH = 1 / 20  # of the shown part's width: a click so near to a marker means that marker,
FLAT_REACH = 1 / 5  # unless that is so much of its height


@st.fragment
def place_points(
    side: Side,
    picture: Callable[[], Picture],
    pairs: PointPairs,
    look: Look,
    revision: int,
    arrows: np.ndarray | None = None,
    to_map: PlaneTransform | None = None,
    map_shape: tuple[int, int] | None = None,
) -> None:
    """Show a picture in which points are set; a drag draws a box that is zoomed into.

    A click first shows its marker, in a run of this part alone; then the whole page follows.

    Parameters
    ----------
    side : {"src", "dst"}
    picture : callable
        Draws the picture, which then need not be kept for every visitor between two clicks.
    pairs : PointPairs
        Changed in place.
    look : Look
    revision : int
        Of the pairs, as the rest of the page shows them.
    arrows : ndarray, (n, 2), optional
        See `widgets.register.point_picker.point_picker`.
    to_map : PlaneTransform, optional
        From the photograph to the map, once it is known: each picture then shows where the pointer is in the
        other.
    map_shape : (height, width), optional
    """

    try:
        shown = picture()
    except MaxrfError as error:  # Streamlit itself handles what leaves a fragment
        show_error(error)
        return
    size, part = shown.size, shown_part(side, shown.size)
    width, height = part.size
    reach = min(REACH * width, FLAT_REACH * height)  # all that the click needs: nothing large is kept for it

    def clicked(point: Point) -> None:
        use_keys(side)
        if not pairs.place(side, point, reach=reach):
            st.toast(
                _("All points are set here. Click near a marker to move it, or add a pair."),
                icon=":material/info:",
            )

    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"task-{side}"):
            st.markdown(task_in_words(side, pairs.next_number(side)), width="stretch")
            _type_point(side, size, pairs)
            zoom_buttons(side, size, look.view)
        points = pairs.src if side == "src" else pairs.dst
        key = f"pick-{'photo' if side == 'src' else 'map'}"
        limit_width(key, look.view.shown_size(width, height))
        cursor = None
        if to_map is not None and map_shape is not None:
            cursor = shared_cursor(part, look.view, map_shape, to_map if side == "src" else None)
        point_picker(
            key,
            shown,
            points,
            clicked,
            look,
            arrows,
            part,
            partial(zoom_into, side, size),
            cursor,
        )
    if pairs.revision != revision:
        st.rerun()


def _type_point(side: Side, size: tuple[int, int], pairs: PointPairs) -> None:
    """Show fields for the place of the next point: the way without a pointer."""
    number, keys = pairs.next_number(side), [f"type-{axis}-{side}" for axis in "xy"]

    def typed() -> None:
        x, y = (st.session_state[key] for key in keys)
        if number is None or x is None or y is None:
            return
        use_keys(side)
        pairs.move(side, number - 1, (x, y))

    with (
        st.popover(
            _("By numbers"),
            icon=":material/keyboard:",
            type="tertiary",
            help=_("Type the place of a point"),
            key=f"type-{side}",
        ),
        st.form(f"type-form-{side}", border=False),
    ):
        if number is None:
            st.markdown(_("All points are set. The magnifiers move them, by their arrow buttons too."))
        else:
            st.markdown(_("Point {number}, in pixels from the upper left corner").format(number=number))
        for column, key, axis, length in zip(st.columns(2), keys, "xy", size, strict=True):
            column.number_input(axis, 0.0, length - 1.0, value=None, step=1.0, key=key)
        st.form_submit_button(_("Set the point"), on_click=typed, disabled=number is None)


def change_pairs(pairs: PointPairs) -> None:
    """Show the buttons that take back, do again, add, remove and begin anew."""
    with st.container(horizontal=True, key="change-pairs", width="content", gap="xsmall"):
        st.button(
            _("Undo"),
            icon=":material/undo:",
            type="tertiary",
            on_click=pairs.undo,
            disabled=not pairs.can_undo,
            help=_("Undo"),
            shortcut="ctrl+z",
        )
        st.button(
            _("Redo"),
            icon=":material/redo:",
            type="tertiary",
            on_click=pairs.redo,
            disabled=not pairs.can_redo,
            help=_("Redo"),
            shortcut="ctrl+y",
        )
        st.button(
            _("Add a pair"),
            icon=":material/add:",
            type="tertiary",
            on_click=pairs.add_pair,
            disabled=not pairs.complete,
            help=_("Add a pair"),
        )
        with st.popover(
            _("Remove a pair"), icon=":material/remove:", type="tertiary", help=_("Remove a pair")
        ):
            for index in range(len(pairs)):
                st.button(
                    _("Pair {number}").format(number=index + 1),
                    key=f"remove-pair-{index}",
                    on_click=pairs.remove,
                    args=(index,),
                )
        st.button(
            _("Start over"),
            icon=":material/restart_alt:",
            type="tertiary",
            on_click=pairs.reset,
            disabled=not pairs.can_undo,
            help=_("Start over"),
        )
