"""What stands beside the picture: layers, patches, or what goes together."""

import streamlit as st

from widgets.session.language import _

LAYERS, PATCHES, TOGETHER = "layers", "patches", "together"
_SIDE = "look-side-shown"


def chosen_side() -> str:
    """Return what is chosen."""
    return str(st.session_state.get(_SIDE) or LAYERS)


def choose_side(has_elements: bool) -> str:
    """Show the choice; returns what is chosen.

    Parameters
    ----------
    has_elements : bool
        There are element maps, so that it can be told what goes together.
    """
    titles = {LAYERS: _("Layers"), PATCHES: _("Patches"), TOGETHER: _("What goes together")}
    return str(
        st.segmented_control(
            _("Beside the picture"),
            [LAYERS, PATCHES, TOGETHER] if has_elements else [LAYERS, PATCHES],
            key=_SIDE,
            default=LAYERS,
            required=True,
            format_func=titles.__getitem__,
            label_visibility="collapsed",
            persist_state="session",
        )
    )
