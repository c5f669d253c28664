"""Contrast and orientation of a picture are chosen, and outlive a change of page."""

import pytest
from streamlit.testing.v1 import AppTest

from maxrf_core.imaging.tone import Tone
from maxrf_core.transform.coordinates import View
from tests.pages.conftest import choice_of
from widgets.session.choice import Choice, Look


def controls(look: Look | None = None) -> AppTest:
    """Show the controls of a photograph that is seen so."""

    def page() -> None:
        from widgets.register.view_settings import choose_look
        from widgets.session.choice import choice

        assert choose_look("photo", channels=True, turning=True) == choice().looks["photo"]

    app = AppTest.from_function(page)
    app.session_state["choice"] = Choice(looks={} if look is None else {"photo": look})
    app.run()
    assert not app.exception
    return app


def test_a_picture_is_plain_at_first():
    assert choice_of(controls()).looks["photo"] == Look()


def test_every_control_changes_what_it_says():
    app = controls()
    app.slider(key="look-limits-photo").set_range(20, 200).run()
    app.slider(key="look-gamma-photo").set_value(2.0).run()
    app.toggle(key="look-invert-photo").set_value(True).run()
    app.segmented_control(key="look-channel-photo").set_value("red").run()
    app.segmented_control(key="look-turns-photo").set_value(1).run()
    app.toggle(key="look-mirror-photo").set_value(True).run()
    expected = Look(Tone(20.0, 200.0, 2.0, False, True, "red"), View(1, True))
    assert choice_of(app).looks["photo"] == expected
    assert choice_of(controls(expected)).looks["photo"] == expected  # as on the next visit of the page


def test_white_stays_above_black():
    app = controls()
    app.slider(key="look-limits-photo").set_range(90, 90).run()
    tone = choice_of(app).looks["photo"].tone
    assert (tone.low, tone.high) == (90, 91)


def test_what_equalising_overrules_cannot_be_moved_meanwhile():
    app = controls()
    app.toggle(key="look-equalise-photo").set_value(True).run()
    assert app.slider(key="look-limits-photo").disabled
    assert app.slider(key="look-gamma-photo").disabled


@pytest.mark.parametrize("view", [View(3, False), View(0, True)])
def test_a_picture_that_the_program_turns_shows_so_in_its_controls(view: View):
    def page():
        import streamlit as st

        from widgets.register.view_settings import choose_look, turn_look

        if "turned" in st.session_state:
            turn_look("photo", st.session_state.pop("turned"))
        choose_look("photo", turning=True)

    app = AppTest.from_function(page).run()
    app.session_state["turned"] = view  # the controls are on the page already
    app.run()
    assert not app.exception
    assert app.segmented_control(key="look-turns-photo").value == view.turns
    assert app.toggle(key="look-mirror-photo").value == view.mirrored
    assert choice_of(app).looks["photo"].view == view
