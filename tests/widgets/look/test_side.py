"""Beside the picture stand the layers at first."""

from streamlit.testing.v1 import AppTest


def _choice() -> None:
    import streamlit as st

    from widgets.look.side import choose_side

    st.text(choose_side(has_elements=st.session_state.get("known", True)))


def test_the_layers_are_shown_until_something_else_is_chosen():
    app = AppTest.from_function(_choice).run()
    assert app.text[0].value == "layers"
    app.segmented_control(key="look-side-shown").set_value("patches").run()
    assert app.text[0].value == "patches"
