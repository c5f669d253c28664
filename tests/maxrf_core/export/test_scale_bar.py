"""A picture of a report has the proportions of the artwork, and a scale bar as long as it says."""

import numpy as np
import pytest

from maxrf_core.export.scale_bar import GAP, THICKNESS, to_scale

BLUE = (0, 0, 255)


@pytest.mark.parametrize(
    ("size", "shape", "millimetres"),
    [((0.5, 0.5), (300, 400), 10), ((0.5, 0.25), (150, 400), 10), ((0.25, 0.5), (300, 200), 5)],
)
def test_the_bar_is_as_long_as_it_says(size, shape, millimetres):
    picture = np.full((300, 400, 3), BLUE, np.uint8)  # of 100 columns
    made = to_scale(picture, 100, size)
    height, width = shape
    assert made.shape[1] == width
    assert (made[:height] == BLUE).all()
    bar = made[height + GAP : height + GAP + THICKNESS]
    assert ((bar == 0).all(axis=(0, 2)).sum()) == millimetres / (100 * size[0]) * width
    assert (made[height + GAP + THICKNESS :] < 128).any()  # words below


def test_without_the_size_of_a_pixel_a_picture_stays_as_it_is():
    picture = np.zeros((3, 2, 4), np.uint8)
    assert to_scale(picture, 2, None) is picture


def test_a_narrow_picture_has_room_for_the_words():
    made = to_scale(np.zeros((900, 9, 4), np.uint8), 1, (0.1, 0.1))
    assert made.shape[1] > 60
    assert made.shape[2] == 4
