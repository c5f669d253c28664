"""A stored registration is offered to go on with, and its photograph is found where it is at hand."""

import shutil
from pathlib import Path

from tests.pages.conftest import Open, choice_of, press, set_demo_points, texts


def test_a_stored_registration_is_offered_when_its_photograph_is_chosen_again(
    open_page: Open, data_folder: Path
):
    app = open_page("register")
    assert "stored-points" not in [button.key for button in app.button]
    set_demo_points(app, data_folder)
    app.run()
    points = choice_of(app).pairs.all_points()
    press(app, "Save to the scan")
    again = open_page("register")  # somebody else, on another day
    assert "registered on this scan already" in texts(again)
    again.button(key="stored-points").click().run()
    assert not again.exception
    assert choice_of(again).pairs.all_points() == points
    assert "registered on this scan already" not in texts(again)


def test_without_a_photograph_stored_registrations_are_offered_with_theirs(
    open_page: Open, data_folder: Path
):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    points = choice_of(app).pairs.all_points()
    press(app, "Save to the scan")
    shutil.move(data_folder / "demo.datastack", data_folder / "panel.datastack")
    again = open_page("register", "panel.datastack")
    assert choice_of(again).photo is None
    assert r"demo\_photo\.png is registered on this scan already" in texts(again)
    press(again, "Continue with its points")
    assert choice_of(again).photo == str(data_folder / "demo_photo.png")
    assert choice_of(again).pairs.all_points() == points

    (data_folder / "demo_photo.png").write_bytes(b"another one")
    lost = open_page("register", "panel.datastack")
    assert "Choose this photograph to continue with its points" in texts(lost)
