"""Zoom inside the pictures in which points are set: the part that is shown, and its buttons."""

from collections.abc import Sequence

import streamlit as st

from maxrf_core.transform.coordinates import View
from maxrf_core.transform.parts import Part, part_around, whole_part
from widgets.session.choice import choice
from widgets.session.language import _, marked
from widgets.session.point_pairs import Point, Side

FACTOR = 2.0  # of a click on + or −
STEP = 0.4  # share of the part that it is moved by
_ARROWS = {
    "left": ("arrow_back", -1, 0, "A", marked("Show what is left of it")),
    "up": ("arrow_upward", 0, -1, "W", marked("Show what is above it")),
    "down": ("arrow_downward", 0, 1, "S", marked("Show what is below it")),
    "right": ("arrow_forward", 1, 0, "D", marked("Show what is right of it")),
}
_LAST = "register-side"  # session key: the picture that keys act on


def shown_part(side: Side, size: tuple[int, int]) -> Part:
    """Return the part of a picture of this size that the visitor has zoomed into."""
    identity, part = st.session_state.get(_key(side), (None, None))
    return part if part is not None and identity == _identity(side, size) else whole_part(size)


def zoom_into(side: Side, size: tuple[int, int], corners: Sequence[Point]) -> None:
    """Show the part of a picture in which a box lies."""
    _show(side, size, part_around(corners, size))


def use_keys(side: Side) -> None:
    """Have the keys for zooming act on this picture from now on."""
    st.session_state[_LAST] = side


def zoom_buttons(side: Side, size: tuple[int, int], view: View) -> None:
    """Show the buttons that fit, enlarge, reduce and move what is shown of a picture.

    Their keys act on the picture that was used last.

    Parameters
    ----------
    side : {"src", "dst"}
    size : (width, height)
        Of the picture.
    view : View
        As it is shown; directions are those of the screen.
    """
    part, whole = shown_part(side, size), whole_part(size)
    has_keys = st.session_state.get(_LAST, "src") == side

    def offer(name: str, icon: str, shortcut: str, words: str, wanted: Part) -> None:
        st.button(
            "",
            key=f"zoom-{name}-{side}",
            icon=f":material/{icon}:",
            type="tertiary",
            help=f"{words} ({shortcut})",
            shortcut=shortcut if has_keys else None,
            disabled=wanted == part,
            on_click=_show,
            args=(side, size, wanted),
        )

    with st.container(horizontal=True, gap=None, key=f"zoom-{side}", width="content"):
        offer("in", "zoom_in", "E", _("Enlarge; or drag a box in the picture"), part.zoomed(FACTOR, size))
        offer("out", "zoom_out", "Q", _("Show more of it"), part.zoomed(1 / FACTOR, size))
        offer("fit", "fit_screen", "F", _("Show all of it"), whole)
        for name, (icon, dx, dy, shortcut, words) in _ARROWS.items():
            offer(name, icon, shortcut, _(words), _moved(part, dx, dy, view, size))


def _moved(part: Part, dx: int, dy: int, view: View, size: tuple[int, int]) -> Part:
    """Return the part that lies in a direction of the screen."""
    origin = view.from_shown(0, 0, *size)
    end = view.from_shown(dx, dy, *size)
    return part.moved(STEP * (end[0] - origin[0]), STEP * (end[1] - origin[1]), size)


def _show(side: Side, size: tuple[int, int], part: Part) -> None:
    st.session_state[_key(side)] = _identity(side, size), part
    use_keys(side)


def _identity(side: Side, size: tuple[int, int]) -> tuple:
    now = choice()
    return size, now.stack, now.photo if side == "src" else None


def _key(side: Side) -> str:
    return f"register-part-{side}"
