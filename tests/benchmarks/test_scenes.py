"""The truth of a scene is known: its photograph lies where the transform says."""

import numpy as np
import pytest

from benchmarks.registration_trials import errors, rough_clicks
from benchmarks.scenes import BANDS, MEASURED, beside, camera, demo, drawing, turned
from maxrf_core.transform.homography import Homography, homography


@pytest.mark.parametrize("make", [drawing, lambda seed: beside(seed, "Fe")], ids=["made", "real"])
def test_the_truth_of_a_scene_is_none_of_the_clicks_and_turns_with_the_photograph(shared, make):
    shared("data/susanna")
    scene = make(2)
    src, dst = rough_clicks(scene, 7, 2)
    np.testing.assert_allclose(np.hypot(*(scene.truth.apply(src) - dst).T), 7, atol=1e-6)
    np.testing.assert_allclose(errors(scene.truth, scene), 0, atol=1e-9)
    assert errors(homography(src, dst), scene).mean() > 2
    other = turned(scene, 1, True)
    height, width = scene.photo.shape[:2]
    x, y = 30, 40  # mirrored, then turned counter-clockwise
    np.testing.assert_array_equal(other.photo[x, y], scene.photo[y, x])
    np.testing.assert_allclose(other.truth.apply([[y, x]]), scene.truth.apply([[x, y]]), atol=1e-6)
    assert (height, width) == other.photo.shape[1::-1]


def test_the_measured_transform_of_the_real_pair_is_a_shift_by_about_a_pixel():
    moved = MEASURED.apply([[0, 0], [332, 353]]) - [[0, 0], [332, 353]]
    assert (np.abs(moved) < 1.3).all()
    assert isinstance(MEASURED, Homography)


def test_a_camera_sees_the_whole_map_with_a_border():
    for seed in range(20):
        matrix, (width, height) = camera(np.random.default_rng(seed), (300, 280), 2.0)
        corners = matrix.apply([[-0.5, -0.5], [279.5, -0.5], [279.5, 299.5], [-0.5, 299.5]])
        assert (corners > -0.5).all()
        assert (corners < [width, height]).all()


@pytest.mark.parametrize("element", BANDS)
def test_a_seed_makes_the_same_scene_again(element: str):
    first, again, other = (demo(seed, element) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.photo, again.photo)
    assert first.photo.shape != other.photo.shape or (first.photo != other.photo).any()
