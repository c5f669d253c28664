"""The X-ray tube of the scan: as recorded in the file, or chosen for this visit."""

import streamlit as st

from maxrf_core.spectrum.elements import (
    ANODES,
    ELEMENTS,
    MAX_KV,
    MIN_KV,
    MONOCHROMATIC,
    NAMES,
    tube_attributes,
)
from widgets.session.choice import choice
from widgets.session.language import _
from widgets.session.scan import Scan

_ANODE, _KV = "tube-anode", "tube-kv"


def choose_tube(scan: Scan) -> None:
    """Show the tube's anode and voltage; what the file does not record can be chosen."""
    now, recorded = choice(), tube_attributes(scan.ds.about)
    st.session_state[_ANODE] = recorded.get("tube_anode", now.anode)
    st.session_state[_KV] = recorded.get("tube_kV", now.kv)

    def chosen() -> None:
        now.anode, now.kv = st.session_state[_ANODE], st.session_state[_KV]

    anodes = [*ANODES, MONOCHROMATIC, *(element for element in ELEMENTS if element not in ANODES)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Anode of the X-ray tube"), anodes, index=None, key=_ANODE, on_change=chosen, width=220,
            placeholder=_("not known"),
            format_func=_anode_name, disabled="tube_anode" in recorded,
            help=_(
                "Its own lines are scattered by the object and named as such. Choose *Monochromatic beam* "
                "for photons of one energy, such as those of a synchrotron."
            ),
        )  # fmt: skip
        st.number_input(
            _("Voltage (kV)"), MIN_KV, MAX_KV, step=1.0, format="%g", key=_KV, on_change=chosen, width=170,
            placeholder=_("not known"), value=None,
            disabled="tube_kV" in recorded,
            help=_(
                "Only lines that it can excite are offered and named. "
                "Of a monochromatic beam, the energy in keV."
            ),
        )  # fmt: skip
        st.caption(
            _("As recorded in the file.")
            if len(recorded) == 2
            else _("Choose what you know and the file does not record. Elsewhere Rh and 50 kV are assumed.")
        )


def _anode_name(anode: str) -> str:
    """Return an anode as it is offered."""
    return _("Monochromatic beam") if anode == MONOCHROMATIC else f"{anode} · {NAMES[anode]}"
