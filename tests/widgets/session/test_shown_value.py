"""What a browser tells of a widget before it knows the new value does not take the change back."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from widgets.session.shown_value import key_showing

    band = st.session_state.setdefault("band", [6.1])
    if st.button("Drag"):
        band[0] = 6.32
    key = key_showing("from", band[0])

    def typed() -> None:
        band[0] = st.session_state[key]

    st.number_input("From", key=key, on_change=typed)


def test_a_value_that_is_changed_elsewhere_is_shown_in_a_widget_of_its_own():
    app = AppTest.from_function(page).run()
    before = app.number_input[0]
    app.button[0].click().run()
    shown = app.number_input[0]
    assert shown.value == 6.32
    assert shown.proto.id != before.proto.id  # so what the browser still tells of the other one is nobody's


def test_what_is_typed_stays_in_the_same_widget():
    app = AppTest.from_function(page).run()
    before = app.number_input[0].proto.id
    app.number_input[0].set_value(7.0).run()
    assert app.session_state["band"] == [7.0]
    assert (app.number_input[0].value, app.number_input[0].proto.id) == (7.0, before)
    app.button[0].click().run()
    app.number_input[0].set_value(8.0).run()
    assert app.session_state["band"] == [8.0]
