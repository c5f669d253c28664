"""Verdicts on right and wrong photographs are counted by group, and wrong ones are named."""

import numpy as np
import pytest

from benchmarks.multimodal_scenes import pair_names
from benchmarks.verdict import (
    BEGIN,
    CLICK_ERRORS,
    END,
    PAGE,
    Judged,
    judge,
    table,
    table_of_distances,
    wrong,
    wrong_names,
)

RIGHT, WRONG = "right photograph, clicks 3 px off", "wrong photograph, corner to corner"


def judged(group: str, kind: str, off: float = 3.0, told: float = 3.0) -> Judged:
    return Judged(group, "one", kind, 1.0, off, told, 9.0)


def test_verdicts_are_counted_by_group():
    rows = table([judged(RIGHT, "same"), judged(RIGHT, "unclear"), judged(WRONG, "nothing")])
    assert [row[:5] for row in rows[1:]] == [[RIGHT, "2", "1", "1", "0"], [WRONG, "1", "0", "0", "1"]]


def test_told_distances_are_compared_with_true_ones_where_the_verdict_is_the_same():
    trials = [
        judged(f"right photograph, clicks {length} px off", "same", 4.0, 2.0) for length in CLICK_ERRORS
    ]
    trials.append(judged(RIGHT, "nothing", 4.0, 400.0))
    assert table_of_distances(trials)[1:] == [["4.0 px", "2.0 px", "0.50 to 0.50"]] * 2


def test_photographs_over_other_maps_are_unlike_and_lie_corner_on_corner(shared):
    shared("data/susanna")
    shared("data/multimodal")
    names = wrong_names()
    assert len(names) == len(set(names))
    assert not any(name.startswith(f"{one} over {one},") for name in names for one in ("drawing", "demo"))
    scene = wrong("painting over demo, plain")
    height, width = scene.photo.shape[:2]
    corner = scene.truth.apply([[width - 1, height - 1]])
    np.testing.assert_allclose(corner, [[scene.shape[1] - 1, scene.shape[0] - 1]], atol=1e-6)


def test_a_right_scene_is_judged_for_each_click_error_and_a_wrong_one_once(shared):
    shared("data/susanna")
    shared("data/multimodal")
    assert pair_names()
    same = judge(("right photograph", "demo: Fe"))
    assert [each.kind for each in same] == ["same"] * len(CLICK_ERRORS)
    assert [each.off for each in same] == pytest.approx([0, 3, 15], rel=0.6, abs=0.1)
    [other] = judge((WRONG, "painting over demo, plain"))
    assert other.kind != "same"
    assert np.isnan(other.off)


def test_the_page_has_the_marks_between_which_the_tables_go():
    text = PAGE.read_text(encoding="utf-8")
    assert 0 < text.index(BEGIN) < text.index(END)
