"""What photograph and maps have in common, compared with chance."""

import numpy as np
import pytest

from maxrf_core.autoalign.evidence import correlations, find_evidence
from maxrf_core.autoalign.pyramid import Level, Pyramid, translation
from tests.maxrf_core.autoalign.seen_drawing import count, draw


@pytest.fixture(scope="module")
def level(known) -> Level:
    photo, map_, truth = known
    return Pyramid(photo, map_, truth, 60).level(1)


def test_many_patches_are_found_where_the_photograph_lies(level, known):
    evidence = find_evidence(level, known[2])
    assert evidence.found > 0.7 * evidence.tried
    assert evidence.found > 10 * evidence.by_chance
    assert evidence.significance > 10
    assert evidence.weight > 5


def test_no_more_than_by_chance_are_found_elsewhere_and_in_another_drawing(level, known):
    photo, _, truth = known
    other = Pyramid(photo, count(draw(7), 7), truth, 60).level(1)
    for evidence in (find_evidence(level, translation(30, 25) @ truth), find_evidence(other, truth)):
        assert abs(evidence.significance) < 4
        assert evidence.found < evidence.by_chance
        assert -1 < evidence.weight < 0  # what chance gives is subtracted


def test_a_frame_around_two_pictures_is_no_evidence():
    """Straight lines match all along themselves."""
    frame = np.zeros((150, 170))
    frame[10:14], frame[-14:-10] = 100, 100
    level = Pyramid(frame, frame, translation(0, 0), 20).level(1)
    assert find_evidence(level, translation(0, 0)).found == 0


def test_the_edges_correlate_best_where_the_photograph_lies(level, known):
    shifts = [(0, 0), (3, 0), (0, -3), (12, 8)]
    best, *others = correlations(level, [translation(*shift) @ known[2] for shift in shifts])
    assert best > 0.5
    assert best > max(others) + 0.05


def test_where_photograph_and_map_hardly_overlap_nothing_is_compared(level, known):
    away = translation(180, 0) @ known[2]
    assert correlations(level, [known[2], away]) == [-1, -1]
