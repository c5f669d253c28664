"""Decimal commas in number fields.

Streamlit (1.67) makes number fields of the browser's own kind in English, which drop a comma that is typed or
pasted: 6,1 becomes 61. A script of our own puts a point in its place.
"""

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("decimal_comma.js").read_text(encoding="utf-8")
_component = st.components.v2.component("maxrf_decimal_comma", js=_SCRIPT, isolate_styles=False)


def accept_decimal_commas() -> None:
    """Accept numbers with a decimal comma in all fields of this page."""
    _component(key="decimal-comma", height=0)
