"""A polygon is clicked corner by corner, or set by keys, and becomes a patch when it is closed."""

import numpy as np

from maxrf_core.patches.patch import Patch
from tests.pages.conftest import choice_of
from tests.pages.elements_scan import examined_folder
from tests.pages.test_look_patches import app
from widgets.look.polygon import corner_clicked, polygon_marks
from widgets.session.choice import Choice

__all__ = ["app", "examined_folder"]

REACH = 2.0
CORNERS = [(3.0, 4.0), (20.5, 5.0), (12.0, 18.25)]


def clicked(*places: tuple[float, float]) -> tuple[Choice, list[int]]:
    now, closed = Choice(), []
    for place in places:
        corner_clicked(now, lambda: closed.append(len(now.corners)), *place, REACH)
    return now, closed


def test_a_second_click_at_the_last_corner_or_at_the_first_closes_it():
    for last in (CORNERS[-1], (3.1, 4.2)):
        assert clicked(*CORNERS, last)[1] == [3]
    now, closed = clicked(*CORNERS)
    assert now.corners == tuple(CORNERS)
    assert closed == []


def test_a_double_click_before_the_third_corner_adds_one_corner_and_closes_nothing():
    now, closed = clicked((3, 4), (3, 4), (9, 9))
    assert now.corners == ((3, 4), (9, 9))
    assert closed == []


def test_corners_and_the_line_between_them_are_drawn():
    now, _closed = clicked(*CORNERS[:2])
    line, first, second = polygon_marks(now)
    assert line["path"] == "M3,4L20.5,5"
    assert (first["box"], second["number"]) == ([3.0, 4.0, 3.0, 4.0], 2)
    assert polygon_marks(Choice()) == []


def test_buttons_with_keys_do_all_without_a_mouse(app):
    app.segmented_control(key="look-patch-tool").set_value("polygon").run()
    now = choice_of(app)
    for pixel in ((2, 3), (18, 4), (10, 15), (1, 1)):
        now.choose_pixel(*pixel)
        app.run()
        app.button(key="look-polygon-add").click().run()
    app.button(key="look-polygon-back").click().run()
    assert choice_of(app).corners == ((2, 3), (18, 4), (10, 15))
    app.button(key="look-polygon-close").click().run()
    assert not app.exception
    [patch] = choice_of(app).patches
    expected = Patch.polygon([(2, 3), (18, 4), (10, 15)], patch.mask.shape, "same", "#000000")
    assert np.array_equal(patch.mask, expected.mask)
    assert choice_of(app).corners == ()
    app.button(key="look-polygon-add").click().run()
    app.button(key="look-polygon-cancel").click().run()
    assert choice_of(app).corners == ()
