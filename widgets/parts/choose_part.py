"""The switch between the parts of the page Look."""

import streamlit as st

from widgets.session.choice import PARTS, choice
from widgets.session.language import _
from widgets.session.shown_value import key_showing


def choose_part() -> None:
    """Show the switch; a part that is chosen elsewhere, or stands in the address, is chosen in it too."""
    now = choice()
    names = dict(zip(PARTS, (_("Bench"), _("Elements"), _("Bands"), _("Spectra")), strict=True))

    key = key_showing("look-part", now.part)

    def chosen() -> None:
        now.part = st.session_state[key]

    st.segmented_control(
        _("Part of this page"),
        PARTS,
        format_func=names.__getitem__,
        required=True,
        key=key,
        on_change=chosen,
        label_visibility="collapsed",
    )
