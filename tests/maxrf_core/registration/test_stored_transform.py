"""A stored registration gives the transform that it was stored with, or says why it cannot be relied on."""

import numpy as np
import pytest

from maxrf_core.registration.register import register
from maxrf_core.registration.stored_transform import stored_transform, unsound_because
from maxrf_core.transform.coordinates import View
from maxrf_core.transform.homography import Homography
from maxrf_core.transform.models import MODELS

MAP, PHOTO = (60, 80), (190, 250)
DST = np.array([[3.0, 4], [76, 5], [75, 56], [4, 55], [40, 30]])


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("model", MODELS)
def test_it_is_the_transform_that_was_stored(model, mirrored):
    src = 3 * DST + [5, 6] + np.array([[0, 2], [1, 0], [0, -1], [0, 0], [2, 1]])
    if mirrored:
        src[:, 0] = 249 - src[:, 0]
    made = register(np.ones(PHOTO, np.uint8), MAP, src, DST, model=model, view=View(0, mirrored))
    notes = made.attributes["imvis_points"]
    again = stored_transform(made.arrays["imvis_points"], notes)
    np.testing.assert_allclose(again.apply(src), made.transform.apply(src), atol=1e-9)
    assert unsound_because(again, PHOTO, MAP, notes) == ""


def test_maps_of_another_size_are_not_those_it_was_made_on():
    same = Homography(np.eye(3))
    told = unsound_because(same, MAP, MAP, {"map_shape": [60, 81]})
    assert told == "it was made on maps of 81 × 60 pixels, and these have 80 × 60"


def test_a_horizon_on_the_map_is_not_sound():
    beyond = Homography([[1, 0, 0], [0, 1, 0], [0.02, 0, 1]]).inverse()
    assert unsound_because(Homography([[1, 0, 0], [0, 1, 0], [-0.02, 0, 1]]).inverse(), MAP, MAP, {})
    assert unsound_because(beyond, MAP, MAP, {}) == ""
