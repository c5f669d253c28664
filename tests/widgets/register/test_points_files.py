"""Points are loaded from a file or from a stored registration, and saved for other programs."""

from pathlib import Path

from tests.pages.conftest import Open, choice_of, press, set_demo_points


def test_points_that_are_kept_can_be_taken_again(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    press(app, "Save to the scan")
    before = choice_of(app).pairs.placed()
    press(app, "Start over")
    press(app, "Use these")
    assert choice_of(app).pairs.placed() == before
