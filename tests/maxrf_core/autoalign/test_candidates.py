"""Candidate transforms without clicks: the right one is among the first, with an honest uncertainty."""

import numpy as np
import pytest

from maxrf_core.autoalign.candidates import candidates
from tests.maxrf_core.autoalign.seen_drawing import count, draw, errors, turned_photograph


@pytest.mark.parametrize(("quarters", "mirrored"), [(0, False), (1, True)])
def test_the_first_candidates_are_as_right_as_they_say(known, quarters, mirrored):
    photo, truth = turned_photograph(known[0], known[2], quarters, mirrored)
    told = []
    found = list(candidates(photo, known[1][:, :, np.newaxis], lambda done, _: told.append(done)))
    by_edges, by_keypoints = found[0], min(found, key=lambda each: each[1])
    for transform, uncertainty in (by_edges, by_keypoints):
        assert errors(transform, truth).mean() < uncertainty
        assert (np.linalg.det(transform.matrix) < 0) == mirrored
    assert by_keypoints[1] < by_edges[1]
    assert told == sorted(told)


def test_another_drawing_gives_guesses_only(known):
    photo = known[0]
    found = list(candidates(photo, count(draw(7), 7)[:, :, np.newaxis], lambda *_: None))
    assert found
    assert len({uncertainty for _, uncertainty in found}) == 1  # none from keypoints


def test_later_candidates_are_computed_on_demand(known):
    told = []
    next(candidates(known[0], known[1][:, :, np.newaxis], lambda _, doing: told.append(doing)))
    assert "matching distinctive points" not in told
