"""The pictures take what the window has beside everything else that is needed to register."""

from streamlit.testing.v1 import AppTest


def test_a_picture_is_as_wide_as_its_height_allows():
    def page() -> None:
        from widgets.register.window import fit_into_window, limit_width

        fit_into_window()
        limit_width("pick-photo", (400, 200))

    app = AppTest.from_function(page).run()
    assert not app.exception
    styles = [each.proto.body for each in app.get("html")]
    assert any(".st-key-pick-photo" in style and "100vh" in style and "* 2.0)" in style for style in styles)
