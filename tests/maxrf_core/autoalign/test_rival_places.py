"""Other places at which a photograph may lie are found where something repeats or mirrors, and only there."""

import numpy as np
import pytest

from maxrf_core.autoalign.pyramid import Pyramid
from maxrf_core.autoalign.rival_places import rival_places
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.plane_transform import view_of
from tests.maxrf_core.autoalign.repeating_drawing import STEP, repeating
from tests.maxrf_core.autoalign.seen_drawing import NOWHERE, SHAPE, draw

MIDDLE = np.array([[SHAPE[1] / 2, SHAPE[0] / 2]])


def moved(place: Homography, truth: Homography) -> np.ndarray:
    return (place @ truth.inverse()).apply(MIDDLE)[0] - MIDDLE[0]


def test_the_next_repeats_are_found_to_a_pixel():
    photo, map_, truth = repeating()
    level = Pyramid(photo, map_, truth, 40).level(1)
    shifts = [moved(place, truth) for place in rival_places(level, truth, 36, turned=False)]
    for wanted in ((STEP[0], 0), (-STEP[0], 0), (0, STEP[1]), (0, -STEP[1])):
        assert min(np.abs(shift - wanted).max() for shift in shifts) <= 1


@pytest.mark.parametrize("factor", [1, 2])
def test_the_mirror_image_of_a_sheet_with_two_equal_halves_is_found(factor: int):
    half = draw(4)[::4, ::4][:, : SHAPE[1] // 2]
    sheet = 200 * np.hstack([half, half[:, ::-1]])
    level = Pyramid(sheet, sheet, NOWHERE, 40).level(factor)
    best = rival_places(level, NOWHERE, 30, turned=True)[0]
    view = view_of(best, SHAPE)
    assert (view.turns, view.mirrored) == (0, True)
    assert np.abs(moved(best, NOWHERE)).max() <= factor
    left_top = best.apply([[0, 0]])[0]
    np.testing.assert_allclose(left_top, [SHAPE[1] - 1, 0], atol=factor)


def test_a_drawing_that_does_not_repeat_has_no_near_second(known):
    photo, map_, truth = known
    level = Pyramid(photo, map_, truth, 60).level(1)
    assert rival_places(level, truth, 50, turned=False) == []
    assert rival_places(level, truth, 30, turned=True) == []
