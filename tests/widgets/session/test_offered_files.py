"""Offered files: one address a button, the newest content, and nothing held that no page offers."""

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from widgets.session.offered_files import offer_file, withdraw_other_files

    if st.checkbox("Offer", value=True):
        name = st.text_input("Name", "a")
        offer_file("CSV", lambda: name.encode(), f"{name}.csv", "text/csv", key="csv")
    withdraw_other_files()


def test_a_button_keeps_its_address_and_gives_what_the_page_shows():
    app = AppTest.from_function(script).run()
    before = app.get("link_button")[0].url
    app.text_input[0].set_value("b").run()
    assert app.get("link_button")[0].url == before
    [file] = app.session_state["offered-files"].files.values()
    assert (file.make(), file.name) == (b"b", "b.csv")
    assert before.endswith(file.address)


def test_what_a_page_no_longer_offers_is_let_go():
    app = AppTest.from_function(script).run()
    app.checkbox[0].uncheck().run()
    assert not app.get("link_button")
    assert app.session_state["offered-files"].files == {}
