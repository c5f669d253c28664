"""Decimal commas in number fields.

Streamlit (1.67) makes number fields of the browser's own kind in English, which drop a comma that is typed or
pasted: 6,1 becomes 61. A script of our own puts a point in its place.
"""

import streamlit as st

from server.assets import component_script

_component = st.components.v2.component(
    "maxrf_decimal_comma", js=component_script("session/decimal_comma.js"), isolate_styles=False
)


def accept_decimal_commas() -> None:
    """Accept numbers with a decimal comma in all fields of this page."""
    _component(key="decimal-comma", height=0)
