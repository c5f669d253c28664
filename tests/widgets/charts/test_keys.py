"""The keys move what is chosen, or begin in the middle."""

import pytest

from widgets.charts.keys import band_keys, listed_keys, pixel_keys, with_keys


def test_what_is_chosen_is_moved():
    assert band_keys((6.1, 6.7), 0.01, (0.0, 40.0))["band"] == (6.1, 6.7)
    assert pixel_keys((30, 20), [(3, 4), (19, 29)])["pixel"] == (19, 29)


@pytest.mark.parametrize("limits", [(0.0, 40.0), (-1.0, 3.0), (0.0, 2.0)])
def test_what_is_begun_lies_within_the_axis(limits: tuple[float, float]):
    lo, hi = band_keys(None, 0.5, limits)["band"]
    assert limits[0] <= lo < hi <= limits[1]


def test_what_is_begun_lies_within_a_map_of_one_pixel():
    assert pixel_keys((1, 1), [])["pixel"] == (0, 0)


@pytest.mark.parametrize(
    ("keys", "moved"),
    [
        (band_keys(None, 0.5, (0.0, 40.0)), "band"),
        (pixel_keys((30, 20), []), "pixel"),
        (None, "what is shown"),
    ],
)
def test_each_chart_says_what_its_arrow_keys_move(keys, moved):
    assert f"The arrow keys move the {moved},".replace("the what", "what") in with_keys("Map", keys)
    assert moved in listed_keys(keys)[0][1]
