"""Keys of widgets that show what may also be changed elsewhere on the page, such as a band by dragging."""

from typing import Any

import streamlit as st


def key_showing(name: str, value: Any) -> str:
    """Return the key of a widget that shows a value, and set the value.

    With each message a browser tells what all its widgets hold. One that it sent before it heard of the new
    value would otherwise count as the visitor's wish for the old one, and take the change back: a fragment
    that asks every second is enough. So the widget gets another key when the value was changed elsewhere;
    what the visitor chose in the widget itself leaves the key, and the keyboard's focus, as they are.

    Parameters
    ----------
    name : str
        The key at first.
    value : object
        Compared with what the widget holds.

    Returns
    -------
    str
        ``name`` or ``name/number``.
    """
    counted = f"{name}/number"
    number = st.session_state.setdefault(counted, 0)
    if st.session_state.get(_key(name, number), value) != value:
        number = st.session_state[counted] = number + 1
    key = _key(name, number)
    st.session_state[key] = value
    return key


def _key(name: str, number: int) -> str:
    return f"{name}/{number}" if number else name
