"""The points are shown as numbers, and numbers with a comma or a point can be typed and pasted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from widgets.register.points_table import _NUMBER, read_edits
from widgets.session.point_pairs import PointPairs


def table(pairs: PointPairs) -> AppTest:
    """Show the table of these pairs."""

    def page(pairs):
        from widgets.register.points_table import points_table

        points_table(pairs)

    app = AppTest.from_function(page, args=(pairs,)).run()
    assert not app.exception
    return app


def test_each_pair_is_a_row_with_its_colour_and_missing_numbers_are_empty():
    pairs = PointPairs()
    pairs.replace([(10.126, -2.0), None, None, None])
    pairs.edit({("dst", 1, 0): 7.5})
    shown = table(pairs).dataframe[0].value
    assert list(shown.columns) == ["Photograph x", "Photograph y", "Map x", "Map y"]
    assert list(shown.index) == ["1 orange", "2 green", "3 red", "4 blue"]
    assert shown.to_numpy().tolist() == [
        ["10.13", "-2.00", "", ""],
        ["", "", "7.50", ""],
        ["", "", "", ""],
        ["", "", "", ""],
    ]


@given(st.floats(-1e6, 1e6), st.sampled_from(".,"))
def test_what_is_typed_is_the_number_that_is_meant(number: float, mark: str):
    text = f" {number:.3f} ".replace(".", mark)
    assert re.match(_NUMBER, text)
    assert read_edits({2: {"Photograph y": text}}) == {("src", 2, 1): pytest.approx(number, abs=6e-4)}


@pytest.mark.parametrize("text", ["", "  ", None])
def test_an_emptied_cell_clears_its_number(text: str | None):
    pairs = PointPairs()
    pairs.replace([(1.0, 2.0), None, None, None])
    pairs.edit(read_edits({0: {"Photograph x": text}}))
    assert pairs.next_number("src") == 1


@pytest.mark.parametrize("text", ["1.234,5", "1 000", "1e5", "left", "--3", "3,"])
def test_what_is_no_plain_number_is_refused_in_the_table(text: str):
    assert bool(re.match(_NUMBER, text)) == (text == "3,")
