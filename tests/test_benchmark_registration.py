"""The benchmark of refining and proposing runs and counts errors as errors."""

import numpy as np
import pytest

from benchmarks.registration import BEGIN, END, PAGE, measure, table_of_gate, table_of_proposed
from benchmarks.registration_trials import Proposed, Refined, errors, rough_clicks
from benchmarks.report import markdown, write_between
from benchmarks.scenes import MEASURED, beside, drawing, turned
from maxrf_core.transform.homography import Homography, homography


def test_a_few_scenes_are_tried_and_told(shared, tmp_path):
    shared("data/susanna")
    refined, gate, proposed = measure(quick=True)
    assert refined[-1][0] == "**all real**"
    assert float(refined[-1][3]) <= 0.5  # the median error, in map pixels, that was aimed at
    assert gate[-1][-1] == "1"  # the hopeless one was refused
    assert {row[4] for row in proposed[1:]} == {"0"}  # nothing wrong was proposed as sure
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_between(page, BEGIN, END, markdown(refined))
    text = page.read_text()
    assert "real: K" in text
    assert "old" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")


def test_the_page_has_the_marks_between_which_the_tables_go():
    text = PAGE.read_text(encoding="utf-8")
    assert 0 < text.index(BEGIN) < text.index(END)


def test_wrong_answers_are_counted_as_wrong():
    far, near = np.full(49, 9.0), np.full(49, 0.5)
    trials = [
        Refined("one", 15, True, far, near, 0.3, 1.0),
        Refined("two", 15, True, near, far, 0.3, 1.0),  # moved away
        Refined("three", 15, False, far, far, np.inf, 1.0),
    ]
    assert table_of_gate(trials, [])[1] == ["good, clicks 15 px off", "3", "2", "1", "1", "1"]
    rows = table_of_proposed(
        [Proposed("a", True, 0.4, 1.0), Proposed("a", True, 40.0, 1.0), Proposed("a", False, 0.4, 1.0)],
        [Proposed("b", False, 90.0, 1.0)],
    )
    assert rows[1][1:6] == ["1", "1", "1", "1", "0.40"]


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
