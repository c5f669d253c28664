"""Colours of what the visitor chose are told apart, and seen on white and on black."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from maxrf_core.patches.patch import COLOURS
from tests.colour_vision import min_difference, seen_by_deuteranope
from widgets.charts.colours import MARK_COLOUR, OWN_COLOURS, own_colour
from widgets.charts.curves import MEAN_COLOUR
from widgets.elements.family_curves import FAMILY_COLOUR, MODEL_COLOUR


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.1)."""
    parts = np.array(ImageColor.getrgb(colour)) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@given(st.integers(1, 1000))
def test_the_colours_come_again_after_the_last(number: int):
    assert own_colour(number) == own_colour(number + len(OWN_COLOURS))
    assert own_colour(1) == MARK_COLOUR


def test_each_colour_differs_from_the_others_and_from_white_and_black():
    for one, other in combinations(OWN_COLOURS, 2):
        assert np.abs(np.subtract(ImageColor.getrgb(one), ImageColor.getrgb(other))).max() > 40
    for colour in OWN_COLOURS:
        assert 1.05 / (luminance(colour) + 0.05) > 1.9
        assert (luminance(colour) + 0.05) / 0.05 > 3


def test_the_colours_differ_for_the_colour_blind_too():
    assert min_difference([seen_by_deuteranope(colour) for colour in OWN_COLOURS]) > 45


def test_curves_that_are_shown_together_differ_for_the_colour_blind():
    assert (
        min_difference([seen_by_deuteranope(each) for each in (MEAN_COLOUR, MODEL_COLOUR, FAMILY_COLOUR)])
        > 60
    )
    assert min_difference([seen_by_deuteranope(each) for each in (MEAN_COLOUR, *OWN_COLOURS)]) > 25
    assert 1.05 / (luminance(MEAN_COLOUR) + 0.05) > 3
    assert (luminance(MEAN_COLOUR) + 0.05) / 0.05 > 3


def test_the_colours_of_patches_differ_for_the_colour_blind():
    assert min_difference([seen_by_deuteranope(each) for each in COLOURS]) > 40
