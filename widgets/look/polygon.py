"""A patch as a polygon, whose corners are clicked on the picture one after the other, or set by keys."""

from collections.abc import Callable
from functools import partial
from math import dist
from typing import Any

import streamlit as st

from maxrf_core.patches.patch import next_name_and_colour
from widgets.session.choice import Choice
from widgets.session.language import _, counted

SAME_CORNER = 0.4  # of a click's reach: a click so near to the last corner, or the first, closes the polygon
_MIN_CORNERS = 3


def corner_clicked(now: Choice, close: Callable[[], None], x: float, y: float, reach: float) -> None:
    """Add a corner, or close the polygon where the first or the last corner is clicked again.

    Parameters
    ----------
    now : Choice
    close : callable
        Make the patch of `Choice.corners`.
    x, y : float
        In map pixels.
    reach : float
        Of the click, in map pixels.
    """
    corners = now.corners
    is_again = [dist(corner, (x, y)) <= SAME_CORNER * reach for corner in corners]
    if corners and is_again[-1]:  # as a double click does
        if len(corners) >= _MIN_CORNERS:
            close()
        return
    if len(corners) >= _MIN_CORNERS and is_again[0]:
        close()
        return
    now.corners = (*corners, (x, y))


def polygon_marks(now: Choice) -> list[dict[str, Any]]:
    """Return what the browser draws of a polygon that is not closed yet."""
    if not now.corners:
        return []
    _name, colour = next_name_and_colour(now.patches or ())
    rings = [
        {"number": number, "colour": colour, "box": [x, y, x, y]}
        for number, (x, y) in enumerate(now.corners, start=1)
    ]
    path = "M" + "L".join(f"{x:.7g},{y:.7g}" for x, y in now.corners)
    line = {"number": "", "colour": colour, "path": path, "at": now.corners[0]}
    return [line, *rings] if len(now.corners) > 1 else list(rings)


def show_polygon(now: Choice, close: Callable[[], None]) -> None:
    """Show how a polygon is drawn, and the buttons for it, each of which has a key.

    Parameters
    ----------
    now : Choice
    close : callable
        Make the patch of `Choice.corners`.
    """
    told = _(
        "Click the corners on the picture. A double click at the last one closes the polygon. By keys: the "
        "arrow keys move the marked pixel on the picture, A makes it a corner."
    )
    st.caption(told)
    count = len(now.corners)
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Close the polygon"), icon=":material/check:", key="look-polygon-close", shortcut="Enter",
            disabled=count < _MIN_CORNERS, on_click=close,
        )  # fmt: skip
        st.button(
            _("Remove the last corner"), icon=":material/backspace:", key="look-polygon-back",
            shortcut="Backspace", disabled=not count, on_click=partial(_keep, now, count - 1),
        )  # fmt: skip
        st.button(
            _("Cancel"), icon=":material/close:", key="look-polygon-cancel", shortcut="Esc",
            disabled=not count, on_click=partial(_keep, now, 0),
        )  # fmt: skip
        st.button(
            _("Corner at the marked pixel"), icon=":material/add_location:", key="look-polygon-add",
            shortcut="A", disabled=not now.pixels, on_click=partial(_add_marked, now),
        )  # fmt: skip
    st.caption(counted("{count} corner", "{count} corners", count))


def _keep(now: Choice, count: int) -> None:
    now.corners = now.corners[: max(count, 0)]


def _add_marked(now: Choice) -> None:
    x, y = now.pixels[-1]
    if not now.corners or now.corners[-1] != (x, y):
        now.corners = (*now.corners, (float(x), float(y)))
