"""A place counts as the only one if it beats every other by more than noise."""

import numpy as np
import pytest

from maxrf_core.autoalign.propose import propose
from maxrf_core.autoalign.pyramid import Pyramid, translation
from maxrf_core.autoalign.refine import refine
from maxrf_core.autoalign.rivals import Rival, find_rival, strongest_rival, student_quantile
from maxrf_core.transform.coordinates import View
from tests.maxrf_core.autoalign.repeating_drawing import STEP, repeating, woven
from tests.maxrf_core.autoalign.seen_drawing import NOWHERE, SHAPE, errors, rough_clicks


def test_the_next_repeat_fits_equally_well_and_marks_beat_it():
    photo, map_, truth = repeating()
    rival = find_rival(Pyramid(photo, map_, truth, 80), truth, 60, turned=False)
    assert rival is not None
    assert not rival.is_beaten
    assert min(abs(rival.shift[0] % STEP[0] - each) for each in (0, STEP[0])) < 1
    assert min(abs(rival.shift[1] % STEP[1] - each) for each in (0, STEP[1])) < 1
    photo, map_, truth = repeating(marks=1.0)
    marked = find_rival(Pyramid(photo, map_, truth, 80), truth, 60, turned=False)
    assert marked is None or marked.is_beaten


@pytest.mark.parametrize("thread", [5, 6, 8])
def test_a_weave_fits_as_well_one_fine_thread_further(thread):
    photo, map_, truth = woven(thread)
    level = Pyramid(photo, map_, truth, 40).level(1)
    for shift in ((thread, thread), (thread, -thread), (2 * thread, 0)):
        rival = strongest_rival(level, truth, [translation(*shift) @ truth], SHAPE)
        assert rival is not None
        assert not rival.is_beaten
        assert np.abs(np.subtract(rival.shift, shift)).max() < 1


def test_the_right_place_beats_a_wrong_one_and_the_wrong_one_is_told_to_be_worse():
    photo, map_, truth = repeating(marks=1.0)
    wrong = translation(STEP[0], 0) @ truth
    level = Pyramid(photo, map_, truth, 80).level(1)
    beaten, better = (
        strongest_rival(level, one, [other], SHAPE) for one, other in ((truth, wrong), (wrong, truth))
    )
    assert beaten is not None
    assert better is not None
    assert beaten.margin > beaten.required
    assert better.margin < -better.required
    assert strongest_rival(level, truth, [truth], SHAPE) is None  # the same place is no rival


def test_a_proposal_on_a_repeat_is_not_sure_and_tells_where_else_it_fits():
    photo, map_, _ = repeating()
    proposal = propose(photo, map_)
    assert not proposal.sure
    assert proposal.rival is not None
    assert f"fits equally well {proposal.rival.where}" in proposal.sentence
    assert proposal.record["rival"]["shift"] == list(proposal.rival.shift)


def test_with_marks_on_it_a_proposal_is_sure_and_right():
    photo, map_, truth = repeating(marks=1.0)
    proposal = propose(photo, map_)
    assert proposal.sure, proposal.sentence
    assert errors(proposal.transform, truth).max() < 0.5


def test_refine_keeps_points_that_may_belong_to_the_next_repeat_and_moves_those_that_cannot():
    photo, map_, truth = repeating()
    src, dst = rough_clicks(truth, 5)
    near = refine(photo, map_, src, dst, click_error=5)
    assert near.accepted, near.sentence
    assert errors(near.after, truth).max() < 0.5
    halfway = np.add(dst, [STEP[0] / 2, 0])
    far = refine(photo, map_, src, halfway, click_error=25)
    assert not far.accepted
    assert far.rival is not None
    assert far.sentence.startswith("The photograph fits equally well")
    np.testing.assert_array_equal(far.dst, halfway)


@pytest.mark.parametrize(
    ("shift", "view", "words"),
    [
        ((-84.3, 3), View(), "84 px to the left"),
        ((12, 40), View(), "12 px to the right and 40 px further down"),
        ((1, -9.6), View(), "10 px further up"),
        ((3, 3), View(2, False), "turned upside down"),
        ((0, 0), View(0, True), "mirrored"),
    ],
)
def test_it_says_in_words_where_else_a_photograph_fits(shift, view, words):
    assert Rival(NOWHERE, shift, view, 1.0, 3.7, NOWHERE).where == words


def test_fewer_patches_require_a_larger_margin():
    assert student_quantile(1e-4, 1000) < student_quantile(1e-4, 50) < student_quantile(1e-4, 10)
    assert student_quantile(0.005, 30) == pytest.approx(2.750, abs=1e-3)  # from tables
