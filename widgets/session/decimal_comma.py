"""Decimal commas in number fields.

Streamlit (1.67) makes number fields of the browser's own kind in English, which drop a comma that is typed or
pasted: 6,1 becomes 61. A script of our own puts a point in its place.
"""

from widgets.session.own_component import own_component

_component = own_component("maxrf_decimal_comma", "session/decimal_comma.js")


def accept_decimal_commas() -> None:
    """Accept numbers with a decimal comma in all fields of this page."""
    _component(key="decimal-comma", height=0)
