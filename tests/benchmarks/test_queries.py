"""Queries lie within the cube, and the right answers are those of plain sums over the raw counts."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.alternatives import Files, convert_ours
from benchmarks.cubes import Density
from benchmarks.queries import REFERENCE_BAND, Truths, queries, truths
from benchmarks.workfolder import make_raw

SHAPE = (60, 55, 128)


def test_all_places_lie_within_the_cube_and_one_band_is_irons():
    asked = queries((400, 376, 4096))
    for query in asked:
        for place in query.places:
            assert all(number >= 0 for number in place)
            if query.kind == "band":
                assert place[0] < place[1] <= 4096
            elif query.kind == "region":
                assert place[2] <= 376
                assert place[3] <= 400
    assert (REFERENCE_BAND, REFERENCE_BAND + 60) in asked[1].places
    assert asked == queries((400, 376, 4096))  # the same in every run


def test_the_right_answers_are_plain_sums_over_the_counts(tmp_path: Path):
    files = Files(tmp_path, "small")
    make_raw(files, SHAPE, Density("sparse", 40))
    convert_ours(files)
    asked = queries(SHAPE)
    right, counts = truths(files, asked), files.counts().astype(np.float64)
    first, after = asked[0].places[1]
    np.testing.assert_allclose(
        right.answers[False, "band", (first, after)], counts[:, :, first:after].mean(axis=2)
    )
    x, y = asked[3].places[0]
    np.testing.assert_array_equal(right.answers[False, "pixel", (x, y)], counts[y, x])
    total, most = right.answers[False, "totals", ()]
    np.testing.assert_array_equal(total, counts.sum(axis=(0, 1)))
    np.testing.assert_array_equal(most, counts.max(axis=(0, 1)))


def test_a_wrong_answer_stops_the_benchmark():
    right = Truths((1, 1, 3), {(False, "pixel", (0, 0)): np.array([1.0, 2.0, 3.0])})
    with pytest.raises(AssertionError, match="a liar: pixel"):
        right.check(np.array([1.0, 2.0, 4.0]), False, "pixel", (0, 0), "a liar")
