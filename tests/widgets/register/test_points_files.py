"""Points are loaded from a file or from a stored registration, and saved for other programs."""

from pathlib import Path

from tests.pages.conftest import Open, choice_of, press, set_demo_points, texts


def test_points_that_are_kept_can_be_taken_again(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    press(app, "Save to the scan")
    before = choice_of(app).pairs.placed()
    press(app, "Start over")
    press(app, "Use these")
    assert choice_of(app).pairs.placed() == before


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
