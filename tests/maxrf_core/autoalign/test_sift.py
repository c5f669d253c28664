"""Keypoints of two pictures, and the transform that they agree on."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.autoalign.sift import detect_keypoints, largest_consensus, match_keypoints
from tests.maxrf_core.autoalign.seen_drawing import draw


def picture(seed: int) -> np.ndarray:
    return cv2.resize((255 * draw(seed)).astype(np.uint8), (340, 300), interpolation=cv2.INTER_AREA)


@settings(max_examples=4)
@given(st.floats(-3.1, 3.1), st.floats(0.7, 1.5))
def test_a_turned_and_scaled_picture_is_recognised_by_its_keypoints(angle, scale):
    turn = scale * np.exp(1j * angle)
    middle, beyond = 170 + 150j, 300 + 300j
    shift = beyond - turn * middle
    onto = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    seen = cv2.warpAffine(picture(1), onto, (600, 600), flags=cv2.INTER_LINEAR)
    pairs = largest_consensus(match_keypoints(detect_keypoints(picture(1)), detect_keypoints(seen)), 600)
    assert len(pairs) >= 20
    assert np.median(np.abs(turn * pairs.places + shift - pairs.onto)) < 1
    assert np.median(np.abs(np.log(pairs.turns / turn))) < 0.1


def test_different_drawings_agree_on_few_keypoints():
    pairs = match_keypoints(detect_keypoints(picture(1)), detect_keypoints(picture(7)))
    assert len(largest_consensus(pairs, 340)) < 8


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_of_one_colour_has_no_keypoints_and_matches_nothing(level):
    nothing = detect_keypoints(np.full((60, 60), level, np.uint8))
    assert nothing.descriptors.shape == (0, 128)
    for one, other in ((nothing, detect_keypoints(picture(1))), (nothing, nothing)):
        assert len(largest_consensus(match_keypoints(one, other), 60)) == 0


def test_the_same_picture_has_always_the_same_keypoints():
    one, other = detect_keypoints(picture(2)), detect_keypoints(picture(2))
    np.testing.assert_array_equal(one.places, other.places)
    np.testing.assert_array_equal(one.descriptors, other.descriptors)
    np.testing.assert_allclose(np.linalg.norm(one.descriptors, axis=1), 1, atol=1e-3)
