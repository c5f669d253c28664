"""Each kind of scene has its trials, and every scene of a kind its turn."""

import numpy as np
import pytest

from benchmarks.registration_trials import errors, rough_clicks
from benchmarks.scene_kinds import KINDS, OFTEN, trials_of
from benchmarks.scenes import turned


@pytest.mark.parametrize("kind", KINDS)
def test_every_scene_has_its_turn_and_no_trial_comes_twice(kind: str):
    names = KINDS[kind].scenes()
    if not names:
        pytest.skip("the data of these scenes are missing")
    trials = trials_of(kind, 200)
    assert len(set(trials)) == len(trials) == 200
    assert {name for name, _ in trials} == set(names)
    assert set(KINDS[kind].seldom) <= set(names)


def test_scenes_that_take_long_are_tried_less_often():
    names = [name for name, _ in trials_of("demo", 2 * OFTEN)]
    assert names.count("demo: Fe") > 4 * names.count("demo: Ca") > 0


@pytest.mark.parametrize("kind", KINDS)
def test_scenes_of_all_kinds_have_a_truth_that_can_be_measured(kind: str):
    names = list(KINDS[kind].scenes())
    if not names:
        pytest.skip("the data of these scenes are missing")
    scene = KINDS[kind].scenes()[names[0]](1)
    src, dst = rough_clicks(scene, 5, 1)
    assert np.hypot(*(scene.truth.apply(src) - dst).T) == pytest.approx(5, abs=0.01)
    assert errors(scene.truth, scene).max() < 0.01
    assert turned(scene, 1, True).is_mirrored is not scene.is_mirrored
