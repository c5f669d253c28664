"""Points are set, taken back and removed."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open, choice_of, press, set_demo_points, texts


def test_undo_and_start_over_give_points_back(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    press(app, "Start over")
    assert choice_of(app).pairs.src == [None] * 4
    press(app, "Undo")
    assert choice_of(app).pairs.complete


def test_points_are_placed_by_their_numbers(open_page: Open):
    app = open_page("register")
    for x, y in ((10, 20), (90, 20)):
        app.number_input(key="type-x-dst").set_value(x)
        app.number_input(key="type-y-dst").set_value(y)
        [set_it] = [button for button in app.button if button.form_id == "type-form-dst"]
        set_it.click().run()
        assert not app.exception
    assert choice_of(app).pairs.dst == [(10, 20), (90, 20), None, None]
    assert choice_of(app).pairs.src == [None] * 4


def test_pairs_are_added_and_any_one_is_removed(open_page: Open, data_folder: Path):
    app = open_page("register")
    set_demo_points(app, data_folder)
    app.run()
    first, second, *others = choice_of(app).pairs.src
    press(app, "Add a pair")
    assert choice_of(app).pairs.src == [first, second, *others, None]
    assert "Click on point **5** (purple) in the photograph." in texts(app)
    app.button(key="remove-pair-0").click().run()
    assert choice_of(app).pairs.src == [second, *others, None]
    press(app, "Undo")
    assert choice_of(app).pairs.src == [first, second, *others, None]
    press(app, "Redo")
    assert choice_of(app).pairs.src == [second, *others, None]


def test_what_cannot_be_done_is_not_offered(open_page: Open):
    app = open_page("register")
    disabled = [button.label for button in app.button if button.disabled]
    assert {"Undo", "Redo", "Add a pair", "Start over"} <= set(disabled)


def test_a_picture_that_cannot_be_read_any_more_is_explained_in_its_place():
    def part_of_the_page() -> None:
        from maxrf_core.errors import PictureError
        from widgets.register.place_points import place_points
        from widgets.register.point_picker import Picture
        from widgets.session.choice import Look
        from widgets.session.point_pairs import PointPairs

        def unreadable() -> Picture:
            raise PictureError("photo.png is cut off.")

        place_points("src", unreadable, PointPairs(), Look(), 0)

    app = AppTest.from_function(part_of_the_page, default_timeout=60).run()
    assert not app.exception
    assert [error.value for error in app.error] == ["photo\\.png is cut off\\."]
