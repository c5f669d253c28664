"""Buttons show another part of a picture, in the directions of the screen."""

from streamlit.testing.v1 import AppTest

from maxrf_core.transform.coordinates import View
from maxrf_core.transform.parts import Part


def zoomed(view: View | None = None) -> AppTest:
    """Show the buttons of a picture, 400 × 200 pixels, of which a box has been dragged."""

    def page(view):
        import streamlit as st

        from widgets.register.zoom import shown_part, zoom_buttons, zoom_into

        if "begun" not in st.session_state:
            st.session_state["begun"] = True
            zoom_into("src", (400, 200), [(150, 75), (247, 122)])
        zoom_buttons("src", (400, 200), view)
        st.session_state["part"] = shown_part("src", (400, 200))
        st.session_state["other"] = shown_part("src", (300, 200))

    app = AppTest.from_function(page, args=(view or View(),)).run()
    assert not app.exception
    return app


def part_after(app: AppTest, *buttons: str) -> Part:
    for name in buttons:
        app.button(key=f"zoom-{name}-src").click().run()
        assert not app.exception
    part: Part = app.session_state["part"]
    return part


def test_buttons_enlarge_reduce_move_and_show_all():
    app = zoomed()
    first = part_after(app)
    assert first.size == (99, 50)
    assert part_after(app, "right") == first.moved(0.4, 0, (400, 200))
    assert part_after(app, "in").size == (50, 25)
    assert part_after(app, "out", "out").size == (200, 100)
    assert part_after(app, "fit") == Part(0, 0, 400, 200)
    assert app.button(key="zoom-out-src").disabled
    assert app.button(key="zoom-left-src").disabled


def test_directions_are_those_of_the_screen():
    first = part_after(zoomed())
    assert part_after(zoomed(View(mirrored=True)), "right").left < first.left
    turned = part_after(zoomed(View(turns=1)), "right")  # its top is at the right
    assert (turned.left, turned.top) == (first.left, first.top - 20)


def test_a_picture_of_another_size_is_shown_whole():
    assert zoomed().session_state["other"] == Part(0, 0, 300, 200)
