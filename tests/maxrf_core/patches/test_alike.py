"""All pixels like one: by thresholds on maps with their error, joined to a place or anywhere."""

import numpy as np
import pytest

from maxrf_core.elements.maps import ElementMaps
from maxrf_core.errors import CalibrationError, PatchError
from maxrf_core.patches.alike import joined_to, like_pixel, within_limits
from tests.maxrf_core.patches.made_maps import drawn_maps, maps_of

SHAPE = (40, 50)


@pytest.fixture(scope="module")
def maps() -> ElementMaps:
    """Two strips of iron, one with copper, on a ground that has neither."""
    rng = np.random.default_rng(5)
    mean = np.zeros((2, *SHAPE))
    mean[0, :, 5:15] = mean[0, :, 30:40] = 200
    mean[1, :, 30:40] = 150
    return drawn_maps(("Fe-K", "Cu-K"), mean, rng)


def test_a_threshold_takes_what_is_clearly_inside_or_what_may_be_inside():
    values, sigma = np.array([[4.0, 6, 9, np.nan, 11]]), np.full((1, 5), 1.5)
    within = within_limits([values], [(5, 10)])
    assert within.tolist() == [[False, True, True, False, False]]
    assert within_limits([values], [(5, 10)], [sigma], 1).tolist() == [[False, False, False, False, False]]
    assert within_limits([values], [(5, 10)], [sigma], -1).tolist() == [[True, True, True, False, True]]
    assert within_limits([values], [(None, 10)]).tolist() == [[True, True, True, False, False]]
    assert within_limits([values, -values], [(5, None), (-8, None)]).tolist() == [
        [False, True, False, False, False]
    ]


@pytest.mark.parametrize("limits", [[], [(0, 1), (0, 1)]])
def test_each_map_needs_its_limits(limits):
    with pytest.raises(PatchError, match="a low and a high limit for each"):
        within_limits([np.zeros((2, 2))], limits)


def test_pixels_like_one_agree_in_all_chosen_elements(maps):
    both = like_pixel(maps, 10, 20, ["Fe"])
    assert both[:, 5:15].mean() > 0.99
    assert both[:, 30:40].mean() > 0.99
    assert both[:, 16:29].sum() == 0
    one = like_pixel(maps, 10, 20, ["Fe-K", "Cu-K"], margin=3)
    assert one[:, 5:15].mean() > 0.98
    assert one[:, 30:40].sum() == 0


def test_joined_pixels_are_those_of_the_strip_that_was_clicked(maps):
    joined = joined_to(like_pixel(maps, 10, 20, ["Fe"]), 10, 20)
    assert joined[:, 5:15].mean() > 0.99
    assert joined[:, 30:40].sum() == 0


def test_what_cannot_be_looked_for_is_refused_with_a_sentence(maps):
    with pytest.raises(PatchError, match=r"\(50, 3\) is outside"):
        like_pixel(maps, 50, 3, ["Fe"])
    with pytest.raises(CalibrationError, match="no map of 'Au'"):
        like_pixel(maps, 5, 3, ["Au"])
    with pytest.raises(PatchError, match="needs maps"):
        like_pixel(maps, 5, 3, [])
    with pytest.raises(PatchError, match="not within the limits"):
        joined_to(np.zeros((3, 3), bool), 1, 1)
    nothing = maps_of(maps.names, maps.net * np.nan, maps.sigma)
    with pytest.raises(PatchError, match="has no counts"):
        like_pixel(nothing, 5, 3, ["Fe"])
