"""Scenes that repeat: the photograph lies where the truth says, and elsewhere too where nothing tells."""

import numpy as np
import pytest

from benchmarks.repeating_scenes import FINE, chessboard, repeating_scenes, weave
from maxrf_core.autoalign.evidence import correlations
from maxrf_core.autoalign.pyramid import Pyramid, translation

RELATED = (
    "twill, part of it", "wallpaper, with its border", "tiles, few marks", "printed text", "mirrored sheet",
    "photograph mirrored", "round mask, related",
)  # fmt: skip


@pytest.mark.parametrize("name", RELATED)
def test_a_photograph_lies_where_the_truth_says(name: str):
    scene = repeating_scenes()[name](1)
    level = Pyramid(scene.photo, scene.maps, scene.truth, 20).level(1)
    here, beside = correlations(level, [scene.truth, translation(2.5, 2.5) @ scene.truth])
    assert here > 0.3
    assert here > beside + 0.05


def test_a_scene_that_repeats_without_a_mark_is_not_unique_and_marks_or_a_border_settle_it():
    made = repeating_scenes()
    names = ("chessboard, part of it", "chessboard, with its border", "chessboard, few marks",
             "round mask, unrelated", "round mask, related", "mirrored sheet")  # fmt: skip
    assert [made[name](0).unique for name in names] == [False, True, True, False, True, False]
    assert [made[name](0).is_mirrored for name in ("photograph mirrored", "twill, few marks")] == [
        True,
        False,
    ]
    assert len(made) * 5 >= 200  # trials that five seeds give


def test_a_seed_makes_the_same_scene_again():
    make = repeating_scenes()["frame, unrelated within"]
    first, again, other = make(3), make(3), make(4)
    np.testing.assert_array_equal(first.photo, again.photo)
    np.testing.assert_array_equal(first.maps[0], again.maps[0])
    assert (first.maps[0] != other.maps[0]).any()


@pytest.mark.parametrize("draw", [chessboard, lambda rng, *size: weave(rng, *size, over=1)])
def test_a_pattern_repeats_and_uneven_threads_do_not(draw):
    def most_alike(ink: np.ndarray) -> float:
        ink = ink - ink.mean()
        rows = range(2 * FINE * 4, FINE * 80)
        return max(float((ink[:-row] * ink[row:]).mean() / ink.var()) for row in rows)

    assert most_alike(draw(np.random.default_rng(2), 100, 100)) > 0.85
    assert most_alike(weave(np.random.default_rng(2), 100, 100, over=1, uneven=1.5)) < 0.8
