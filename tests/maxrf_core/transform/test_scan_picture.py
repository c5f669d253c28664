"""The place of a scan in a picture follows the scan when it is cropped, turned or mirrored."""

import numpy as np
import pytest

from maxrf_core.transform.coordinates import ORIENTATIONS
from maxrf_core.transform.scan_picture import ScanPicture, corners_of_rectangle

HEIGHT, WIDTH = 6, 9
MARKED = np.arange(40 * 50).reshape(40, 50).astype(np.uint16)


def picture() -> ScanPicture:
    """A picture in which a map pixel covers 3 × 4 pixels, from (10, 8) on."""
    return ScanPicture("video", MARKED, corners_of_rectangle((10, 8, 36, 31), (HEIGHT, WIDTH)))


@pytest.mark.parametrize("view", ORIENTATIONS, ids=str)
def test_after_a_turn_each_corner_of_the_map_lies_on_the_same_detail(view):
    map_places = np.array([[0, 0], [WIDTH - 1, 0], [WIDTH - 1, HEIGHT - 1], [0, HEIGHT - 1]])
    turned = picture().shown(view)
    width, height = view.shown_size(WIDTH, HEIGHT)
    corners = {(0, 0): 0, (width - 1, 0): 1, (width - 1, height - 1): 2, (0, height - 1): 3}
    for place, before in zip(map_places, picture().corners, strict=True):
        number = corners[view.to_shown(*place, WIDTH, HEIGHT)]
        expected = view.to_shown(*before, 50, 40)
        np.testing.assert_allclose(turned.corners[number], expected)
    np.testing.assert_array_equal(turned.pixels, view.turn(MARKED))


def test_a_part_has_its_own_corners_and_a_picture_without_a_place_stays_so():
    np.testing.assert_allclose(
        picture().part((HEIGHT, WIDTH), (2, 1, 4, 3)).corners,
        [[17, 13.5], [23, 13.5], [23, 21.5], [17, 21.5]],
    )
    lost = ScanPicture("camera", MARKED)
    assert lost.part((HEIGHT, WIDTH), (2, 1, 4, 3)).corners is None
    assert lost.shown(ORIENTATIONS[1]).corners is None
