"""Layout: nothing lies over anything else, and all within the figure."""

import itertools

import pytest

from maxrf_core.figures.layout import layout_of, scale_bar_length

TEXT = "one two three four five " * 12


@pytest.mark.parametrize("ratio", [0.1, 1.0, 8.0])
@pytest.mark.parametrize("n_cells", [0, 1, 5])
@pytest.mark.parametrize("width", [40, 160])
def test_nothing_lies_over_anything_else(ratio, n_cells, width):
    made = layout_of(
        (width, 230), ratio, (TEXT, TEXT), n_cells, True, lambda text, points: len(text) * points / 6
    )
    boxes = [made.picture, *made.cells]
    assert made.title_top < made.picture[1] < made.scale_bar_top < made.caption_top < made.height
    for left, top, across, down in boxes:
        assert left >= 0
        assert left + across <= made.width
        assert 0 < top < top + down <= made.caption_top
    for one, other in itertools.combinations(boxes, 2):
        assert (
            one[0] + one[2] <= other[0]
            or other[0] + other[2] <= one[0]
            or one[1] + one[3] <= other[1]
            or other[1] + other[3] <= one[1]
        )
    assert made.picture[3] / made.picture[2] == pytest.approx(ratio)


def test_a_high_picture_is_made_narrower_to_fit_the_page():
    made = layout_of((160, 120), 2.0, ("", ""), 1, False, lambda text, points: 0.0)
    assert made.height == pytest.approx(120)
    assert made.picture[2] < 160 / 2


@pytest.mark.parametrize("across", [0.03, 0.9, 28, 140, 5000])
def test_a_scale_bar_has_a_round_length_and_fits(across):
    assert 0.1 * across < scale_bar_length(across) <= 0.3 * across
