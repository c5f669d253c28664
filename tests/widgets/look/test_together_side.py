"""What goes together is told only of a scan whose elements are known."""

from streamlit.testing.v1 import AppTest

from tests.widgets.look.test_side import _choice


def test_without_elements_it_is_not_offered():
    app = AppTest.from_function(_choice)
    app.session_state["known"] = False
    assert app.run().segmented_control(key="look-side-shown").options == ["Layers", "Patches"]
    app.session_state["known"] = True
    assert app.run().segmented_control(key="look-side-shown").options[-1] == "What goes together"
