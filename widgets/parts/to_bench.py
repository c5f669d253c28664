"""The button that lays what another part of Look shows on the bench."""

import streamlit as st

from widgets.elements.examination import Examination
from widgets.look.bench_layers import toggle_layer
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.navigation import lead_to
from widgets.session.scan import Scan


def offer_to_lay(scan: Scan, examination: Examination | None, key: str) -> None:
    """Show the button; for a layer that lies on the bench, one that leads there.

    Parameters
    ----------
    scan : Scan
    examination : Examination, optional
        Of the scan, for element maps.
    key : str
        Of the layer, as in `widgets.look.bench_layers.layer_of`.
    """
    now = choice()
    if key in now.bench.keys:
        if st.button(_("See it on the bench"), icon=":material/check:", key="see-on-bench", type="tertiary"):
            lead_to("bench")
        return
    st.button(
        _("Lay on the bench"),
        icon=":material/layers:",
        key="lay-on-bench",
        type="tertiary",
        on_click=toggle_layer,
        args=(scan, examination, now, key),
        disabled=now.bench.is_full,
        help=_("The map becomes a layer of the part Bench, over those that are there."),
    )
