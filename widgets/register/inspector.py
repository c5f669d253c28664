"""The active point in both pictures, closely: one magnifier of the photograph and one of the map."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from maxrf_core.errors import MaxrfError
from widgets.register.fit import Fit, error_in_words
from widgets.register.magnifier import CursorOf, magnifier
from widgets.register.point_picker import Picture
from widgets.register.shared_cursor import shared_cursor
from widgets.register.window import INSPECTOR_WIDTH
from widgets.session.choice import Look
from widgets.session.language import _
from widgets.session.markdown import show_error
from widgets.session.point_pairs import SIDES, PointPairs, Side

Pictures = dict[Side, tuple[Callable[[], Picture], Look]]  # what draws each side, and its look


@st.fragment
def inspector(
    pictures: Pictures,
    pairs: PointPairs,
    revision: int,
    fit: Fit | None = None,
    map_shape: tuple[int, int] | None = None,
) -> None:
    """Show the active point's magnifiers side by side.

    A move first shows in the magnifier, in a run of this part alone; then the whole page follows.

    Parameters
    ----------
    pictures : dict
        For each side that is there.
    pairs : PointPairs
        Changed in place.
    revision : int
        Of the pairs, as the rest of the page shows them.
    fit : Fit, optional
        To these pairs, by which the expected error at the active point is told, and the pointer's place in
        each picture is shown in the others.
    map_shape : (height, width), optional
    """
    with st.container(key="register-inspector", width=INSPECTOR_WIDTH, gap="xsmall"):
        if pairs.active_index() is None:
            st.caption(_("A point that is set shows here closely, to be set precisely."))
        for column, side in zip(st.columns(2, gap="small"), SIDES, strict=True):
            if side not in pictures:
                continue
            picture, look = pictures[side]
            try:
                with column:
                    magnifier(side, picture(), pairs, look, _cursor(side, look, fit, map_shape))
            except MaxrfError as error:  # Streamlit itself handles what leaves a fragment
                show_error(error)
        if fit is not None:
            _say_error(fit, pairs)
    if pairs.revision != revision:
        st.rerun()


def _cursor(side: Side, look: Look, fit: Fit | None, map_shape: tuple[int, int] | None) -> CursorOf | None:
    if fit is None or map_shape is None:
        return None
    to_map = fit.quality.transform if side == "src" else None
    return partial(shared_cursor, view=look.view, map_shape=map_shape, to_map=to_map)


def _say_error(fit: Fit, pairs: PointPairs) -> None:
    """Write the expected error at the active point, if comparing the pictures has told it."""
    index = pairs.active_index()
    if index is not None and (length := error_in_words(fit, pairs.dst[index])):
        st.caption(_("Expected error here: {length} map pixels").format(length=length))
