"""The photograph on the map takes the place of both pictures, and the verdict stays beside it."""

from pathlib import Path

from tests.pages.conftest import Open, choice_of, labels, press, set_demo_points


def test_the_overlay_replaces_both_pictures_until_points_are_missing(open_page: Open, data_folder: Path):
    app = open_page("register")
    assert next(button for button in app.button if button.label == "Show the overlay").disabled
    set_demo_points(app, data_folder)
    app.run()
    before = len(app.get("component_instance"))
    press(app, "Show the overlay")
    assert len(app.get("component_instance")) == before - 2  # the magnifiers stay
    assert app.slider(key="register-opacity")
    assert {"Save to the scan", "Show both pictures"} <= set(labels(app))
    choice_of(app).pairs.reset()
    app.run()
    assert "Show the overlay" in labels(app)
    assert len(app.get("component_instance")) == 2
