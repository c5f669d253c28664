"""Setting the points of one picture: roughly in all of it, precisely in the magnifier."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.register.magnifier import magnifier
from widgets.register.point_picker import Picture, point_picker, task_in_words
from widgets.session.choice import Look
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.point_pairs import Point, PointPairs, Side

REACH = 1 / 20  # of a picture's width: a click so near to a marker means that marker,
FLAT_REACH = 1 / 5  # unless that is so much of its height


@st.fragment
def place_points(
    side: Side,
    picture: Callable[[], Picture],
    pairs: PointPairs,
    look: Look,
    revision: int,
    arrows: np.ndarray | None = None,
) -> None:
    """Show a picture in which points are set, and below it the magnifier with one of them.

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
    """

    try:
        shown = picture()
    except MaxrfError as error:  # Streamlit itself handles what leaves a fragment
        show_error(error)
        return
    width, height = shown.size
    reach = min(REACH * width, FLAT_REACH * height)  # all that the click needs: nothing large is kept for it

    def clicked(point: Point) -> None:
        if not pairs.place(side, point, reach=reach):
            st.toast(
                _("All points are set here. Click near a marker to move it, or add a pair below."),
                icon=":material/info:",
            )

    st.markdown(task_in_words(side, pairs.next_number(side)))
    points = pairs.src if side == "src" else pairs.dst
    point_picker(f"pick-{'photo' if side == 'src' else 'map'}", shown, points, clicked, look, arrows)
    magnifier(side, shown, pairs, look)
    if pairs.revision != revision:
        st.rerun()


def change_pairs(pairs: PointPairs) -> None:
    """Show the buttons that take back, do again, add, remove and begin anew."""
    with st.container(horizontal=True):
        st.button(
            _("Undo"),
            icon=":material/undo:",
            on_click=pairs.undo,
            disabled=not pairs.can_undo,
            shortcut="ctrl+z",
        )
        st.button(
            _("Redo"),
            icon=":material/redo:",
            on_click=pairs.redo,
            disabled=not pairs.can_redo,
            shortcut="ctrl+y",
        )
        st.button(
            _("Add a pair"), icon=":material/add:", on_click=pairs.add_pair, disabled=not pairs.complete
        )
        with st.popover(_("Remove a pair"), icon=":material/remove:"):
            for index in range(len(pairs)):
                st.button(
                    _("Pair {number}").format(number=index + 1),
                    key=f"remove-pair-{index}",
                    on_click=pairs.remove,
                    args=(index,),
                )
        st.button(
            _("Start over"), icon=":material/restart_alt:", on_click=pairs.reset, disabled=not pairs.can_undo
        )
