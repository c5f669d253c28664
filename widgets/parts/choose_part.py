"""The switch between the parts of the page Look."""

import streamlit as st

from widgets.session.choice import PARTS, choice
from widgets.session.language import _

_KEY = "look-part"


def choose_part() -> None:
    """Show the switch; a part that is chosen elsewhere, or stands in the address, is chosen in it too."""
    now = choice()
    names = dict(zip(PARTS, (_("Bench"), _("Elements"), _("Bands"), _("Spectra")), strict=True))

    def chosen() -> None:
        now.part = st.session_state[_KEY]

    st.session_state[_KEY] = now.part
    st.segmented_control(
        _("Part of this page"),
        PARTS,
        format_func=names.__getitem__,
        required=True,
        key=_KEY,
        on_change=chosen,
        label_visibility="collapsed",
    )
