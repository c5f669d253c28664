"""A bent scene's photograph lies where its truth says, and a homography does not fit it."""

import numpy as np
import pytest

from benchmarks.bent_scenes import BENDS, bent, bent_scenes
from benchmarks.scenes import demo, turned
from maxrf_core.autoalign.robust_fit import landmarks_of
from maxrf_core.transform.homography import homography


@pytest.mark.parametrize("kind", BENDS)
def test_a_bent_photograph_shows_each_place_where_the_truth_says(kind):
    flat = demo(1, "Fe")
    scene = bent(flat, BENDS[kind], 1)
    places = landmarks_of(scene.shape)
    here, there = (each.truth.inverse().apply(places) for each in (scene, flat))
    np.testing.assert_allclose(scene.truth.apply(here), places, atol=1e-6)
    colours = [
        each.photo[tuple(np.round(at).astype(int).T[::-1])].astype(float)
        for each, at in ((scene, here), (flat, there))
    ]
    assert np.median(np.abs(colours[0] - colours[1])) < 12
    off = np.hypot(*(homography(here, places).apply(here) - places).T)
    assert 1.2 < np.sqrt(np.mean(off**2)) < 3
    other = turned(scene, 1, False)
    np.testing.assert_allclose(other.truth.apply(other.truth.inverse().apply(places)), places, atol=1e-6)


def test_flat_scenes_are_there_for_control_and_a_seed_makes_the_same_scene_again():
    scenes = bent_scenes()
    assert {name.split(",")[0] for name in scenes} == {"flat", *BENDS}
    first, again = (scenes["saddle, demo: Fe"](3) for _ in range(2))
    np.testing.assert_array_equal(first.photo, again.photo)
