"""Trials of refining and proposing measure the true error, which is known."""

import numpy as np
import pytest

from benchmarks.registration_trials import RIGHT, Proposed, Refined, Task, do, errors, rough_clicks
from benchmarks.scenes import demo
from maxrf_core.transform.homography import homography


@pytest.mark.parametrize("length", [0, 15])
def test_clicks_are_off_by_exactly_what_is_wanted(length: int):
    scene = demo(1, "Fe")
    src, dst = rough_clicks(scene, length, 1)
    np.testing.assert_allclose(np.hypot(*(scene.truth.apply(src) - dst).T), length, atol=1e-6)
    mean = float(errors(homography(src, dst), scene).mean())
    assert (mean < 1e-6) is (length == 0)


def test_a_result_is_right_or_worse_by_its_true_error():
    far, near = np.full(49, 9.0), np.full(49, 0.5)

    def refined(accepted: bool, before: np.ndarray, after: np.ndarray) -> tuple[bool, bool]:
        result = Refined("one", 15, accepted, before, after, 0.3, 1.0)
        return result.right, result.worse

    assert refined(True, far, near) == (True, False)
    assert refined(True, near, far) == (False, True)
    assert refined(False, near, far) == (False, False)
    proposals = [
        Proposed("one", sure, error, 1.0) for sure, error in ((True, RIGHT), (True, 9.0), (False, 0.1))
    ]
    assert [each.verdict for each in proposals] == ["right", "wrong", "not sure"]
    assert Proposed("repeats", True, 0.1, 1.0, unique=False).verdict == "wrong"


def test_a_task_tries_a_scene_as_often_as_it_says():
    refined, proposed = do(Task("demo: Fe", 1, (3, 15), ((1, True),)))
    assert [each.click_error for each in refined] == [3, 15]
    assert all(each.right for each in refined)
    assert [each.verdict for each in proposed] == ["right"]
