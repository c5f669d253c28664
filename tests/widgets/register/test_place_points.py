"""Points are set, taken back and removed."""

from pathlib import Path

from tests.pages.conftest import Open, choice_of, press, set_demo_points


def test_undo_and_start_over_give_points_back(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    press(app, "Start over")
    assert choice_of(app).pairs.src == [None] * 4
    press(app, "Undo")
    assert choice_of(app).pairs.complete
