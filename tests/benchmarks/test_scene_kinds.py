"""Each kind of scene has its trials, and every scene of a kind its turn."""

import pytest

from benchmarks.scene_kinds import KINDS, OFTEN, trials_of


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
