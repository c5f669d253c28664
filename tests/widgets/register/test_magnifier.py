"""The magnifier shows a point with what is around it, and its arrows move the point as it is seen.

That a click in it is exact on every screen is tested in a browser.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from maxrf_core.transform.coordinates import View
from widgets.register.magnifier import SIDE, ZOOMS, first_zoom, window_around
from widgets.session.point_pairs import PointPairs

lengths = st.integers(1, 6000)


@given(st.tuples(lengths, lengths), st.sampled_from(ZOOMS), st.data())
def test_the_part_that_is_shown_lies_in_the_picture_and_holds_the_point(size, times, data):
    x, y = (data.draw(st.floats(-0.5, length - 0.5, exclude_max=True)) for length in size)
    left, top, right, bottom = window_around((x, y), size, times)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert left - 0.5 <= x <= right - 0.5
    assert top - 0.5 <= y <= bottom - 0.5
    assert max(right - left, bottom - top) * times <= max(SIDE, 3 * times)


@given(lengths, lengths)
def test_the_first_enlargement_is_one_that_can_be_chosen(width: int, height: int):
    assert first_zoom((width, height)) in ZOOMS


def magnifier_of(pairs: PointPairs, view: View) -> AppTest:
    """Show the magnifier of a photograph, 100 × 80 pixels, that is turned in this way."""

    def page(pairs, view):
        import numpy as np

        from widgets.register.magnifier import magnifier
        from widgets.register.point_picker import of_photo
        from widgets.session.choice import Look

        magnifier("src", of_photo(np.zeros((80, 100, 3), np.uint8)), pairs, Look(view=view))

    app = AppTest.from_function(page, args=(pairs, view)).run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("view", "arrow", "moved"),
    [
        (View(), "right", (1, 0)),
        (View(), "up", (0, -1)),
        (View(2), "right", (-1, 0)),
        (View(2), "down", (0, -1)),
        (View(0, True), "left", (1, 0)),
        (View(0, True), "up", (0, -1)),
    ],
)
def test_an_arrow_moves_the_point_as_it_is_seen(view: View, arrow: str, moved: tuple[int, int]):
    pairs = PointPairs()
    pairs.replace([(50.0, 40.0), None, None, None])
    app = magnifier_of(pairs, view)
    app.segmented_control(key="magnifier-step-src").set_value(10.0).run()
    app.button(key=f"magnifier-{arrow}-src").click().run()
    assert not app.exception
    assert pairs.src[0] == pytest.approx((50 + 10 * moved[0], 40 + 10 * moved[1]))
    assert app.button(key="magnifier-left-src").help == "Move the point 10 pixels left"


def test_any_point_that_is_set_can_be_chosen_and_none_that_is_not():
    pairs = PointPairs()
    pairs.replace([(50.0, 40.0), None, (7.0, 8.0), None])
    app = magnifier_of(pairs, View())
    choice = app.segmented_control(key="magnifier-point-src")
    assert choice.options == ["1", "3"]
    choice.set_value(2).run()
    assert "x 7.00, y 8.00" in [each.value for each in app.caption]


def test_without_a_point_there_is_no_magnifier():
    app = magnifier_of(PointPairs(), View())
    assert not app.button
    assert not app.segmented_control
