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
    def refined(accepted: bool, before: float, after: float) -> tuple[bool, bool, bool]:
        result = Refined("made", "one", 15, accepted, before, after, after, 0.3, 1.0)
        return result.right, result.wrong, result.worse

    assert refined(True, 9.0, 0.5) == (True, False, False)
    assert refined(True, 9.0, 3.0) == (False, True, False)
    assert refined(True, 0.5, 9.0) == (False, True, True)
    assert refined(False, 0.5, 9.0) == (False, False, False)
    proposals = [
        Proposed("made", "one", sure, error, error, 0.3, 1.0)
        for sure, error in ((True, RIGHT), (True, 9.0), (False, 0.1))
    ]
    assert [each.verdict for each in proposals] == ["right", "wrong", "not sure"]
    assert Proposed("repeating", "one", True, 0.1, 0.1, 0.3, 1.0, unique=False).verdict == "wrong"


def test_a_truth_known_to_some_pixels_only_allows_as_many_more():
    assert Proposed("other light", "one", True, RIGHT + 1, RIGHT + 1, 0.3, 1.0).verdict == "right"
    assert Proposed("real", "one", True, RIGHT + 1, RIGHT + 1, 0.3, 1.0).verdict == "wrong"


def test_a_task_tries_a_scene_from_all_clicks_and_without():
    refined, proposed = do(Task("demo", "demo: Fe", 1, (3, 15)))
    assert [each.click_error for each in refined] == [3, 15]
    assert all(each.right for each in refined)
    assert proposed.verdict == "right"
