"""Layout: nothing lies over anything else, and all within the figure."""

import itertools

import pytest

from maxrf_core.figures.layout import SWATCH, SWATCH_GAP, Content, layout_of, scale_bar_length

ROUNDING = 1e-9  # mm
TEXT = "one two three four five " * 12


def measured(text, points):
    return len(text) * points / 20


@pytest.mark.parametrize("ratio", [0.1, 1.0, 8.0])
@pytest.mark.parametrize(("n_cells", "pictures"), [(0, 1), (1, 1), (5, 1), (2, 2), (3, 3), (4, 4)])
@pytest.mark.parametrize("width", [40, 160])
def test_nothing_lies_over_anything_else(ratio, n_cells, pictures, width):
    labels, names = ["Fe, net counts per pixel, square root"] * n_cells, ["1 Sleeve", "2 " + "x" * 99]
    content = Content(ratio, TEXT, TEXT, labels, True, True, names, pictures)
    made = layout_of((width, 230), content, measured)
    legend = [(left, top, SWATCH + SWATCH_GAP + measured(text, 7.5), 3.5) for left, top, text in made.legend]
    boxes = [*made.pictures, *made.cells, *legend]
    assert len(made.pictures) == pictures
    assert made.title_top < made.pictures[0][1] < made.scale_bar_top < made.caption_top < made.height
    for lines in made.labels:
        assert max(measured(line, 7.5) for line in lines) <= made.cells[0][2]
    for left, top, across, down in boxes:
        assert left >= 0
        assert left + across <= made.width + ROUNDING
        assert 0 < top < top + down <= made.caption_top + ROUNDING
    for one, other in itertools.combinations(boxes, 2):
        assert (
            one[0] + one[2] <= other[0] + ROUNDING
            or other[0] + other[2] <= one[0] + ROUNDING
            or one[1] + one[3] <= other[1] + ROUNDING
            or other[1] + other[3] <= one[1] + ROUNDING
        )
    assert made.pictures[-1][3] / made.pictures[-1][2] == pytest.approx(ratio)


def test_a_colour_bar_is_as_wide_as_the_picture_above_it():
    made = layout_of((160, 230), Content(1.3, "Title", "", ["Fe", "Cu", "Pb"], pictures=3), measured)
    assert [box[2] for box in made.cells] == [box[2] for box in made.pictures]
    assert made.pictures[0][2] < 70  # narrower than half of the page, since it is high


def test_a_high_picture_is_made_narrower_to_fit_the_page():
    made = layout_of((160, 120), Content(2.0, labels=["Fe"]), lambda text, points: 0.0)
    assert made.height == pytest.approx(120)
    assert made.pictures[0][2] < 160 / 2


@pytest.mark.parametrize("across", [0.03, 0.9, 28, 140, 5000])
def test_a_scale_bar_has_a_round_length_and_fits(across):
    assert 0.1 * across < scale_bar_length(across) <= 0.3 * across
