"""Rows and columns that were not measured are found; dark edges, margins and objects are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxrf_core.conversion.dead_lines import (
    SAMPLE_BYTES,
    DeadLines,
    Lines,
    dead_lines_in_sample,
    find_dead_lines,
    lines_in_words,
    pixel_totals,
)
from maxrf_core.readers import ArrayScan, open_scan

NOTHING = DeadLines()


def smooth_object(shape: tuple[int, int], mean: float, seed: int) -> np.ndarray:
    """Draw counts of an object whose brightness changes across it up to fivefold."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    brightness = 3 + 2 * np.sin(x / 9 + seed) * np.cos(y / 7 + seed)
    return np.random.default_rng(seed).poisson(mean * brightness).astype(float)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(20, 60), st.integers(20, 60)),
    st.sampled_from([5.0, 50.0, 5000.0]),
    st.integers(0, 1000),
    st.sets(st.integers(3, 16), max_size=3),
    st.sets(st.integers(3, 16), max_size=3),
)
def test_lines_without_counts_are_found_and_no_others(shape, mean, seed, rows, columns):
    totals = smooth_object(shape, mean, seed)
    totals[list(rows)], totals[:, list(columns)] = 0, 0
    found = find_dead_lines(totals)
    assert (set(found.rows.empty), set(found.columns.empty)) == (rows, columns)
    assert found.doubtful == []
    mask = np.zeros(shape, bool)
    mask[list(rows)], mask[:, list(columns)] = True, True
    np.testing.assert_array_equal(found.mask(shape), mask)
    assert find_dead_lines(totals.T) == DeadLines(found.columns, found.rows)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 25), st.integers(0, 25), st.sampled_from([0.0, 0.02, 0.5, 40.0]), st.integers(0, 1000))
def test_a_dark_or_empty_margin_is_not_dead(left, top, margin, seed):
    """Nor is a thick empty edge marked: it may be a margin."""
    rng = np.random.default_rng(seed)
    totals = rng.poisson(margin, (60, 70)).astype(float)
    inner = totals[top : 60 - top, left : 70 - left]
    inner += smooth_object(inner.shape, 60, seed)
    found = find_dead_lines(totals)
    # A line or two without a single count at the edge of what is bright everywhere cannot be a margin of air.
    thick = {*range(top), *range(60 - top, 60)} if top > 2 else set()
    assert not thick & set(found.rows.empty)
    assert not set(range(top, 60 - top)) & {*found.rows.empty, *found.rows.edge, *found.rows.odd}
    assert not set(range(left, 70 - left)) & {*found.columns.empty, *found.columns.edge, *found.columns.odd}
    if margin == 0 and top > 2:
        assert set(found.rows.edge) == thick


def test_a_scan_that_holds_little_or_nothing_tells_nothing():
    for totals in (
        np.zeros((30, 40)),
        np.eye(30),
        np.ones((1, 1)),
        np.ones((30, 40)),
        np.full((9, 9), 100.0),
    ):
        assert find_dead_lines(totals) == NOTHING
    sparse = np.zeros((30, 40))
    sparse[4, 7], sparse[6, 7] = 10_000, 10_000  # two bright pixels do not make the row between them dead
    assert find_dead_lines(sparse) == NOTHING


@pytest.mark.parametrize(("factor", "is_odd"), [(0.2, True), (5, True), (0.8, False), (1.3, False)])
def test_lines_unlike_their_neighbours_are_named_and_steps_are_not(factor, is_odd):
    totals = smooth_object((50, 60), 200, 1)
    totals[:, 30:] *= 8  # the edge of something bright
    totals[20] *= factor
    totals[:, [40, 41]] *= factor
    found = find_dead_lines(totals)
    assert found.rows.odd == ((20,) if is_odd else ())
    assert found.columns.odd == ((40, 41) if is_odd else ())
    assert found.empty == []


def test_a_line_that_holds_the_same_in_each_pixel_is_odd():
    totals = smooth_object((50, 60), 200, 1)
    totals[:, 59] = 500
    assert find_dead_lines(totals).columns == Lines(odd=(59,))


def test_a_scanner_that_measures_each_second_row_longer_has_no_odd_rows():
    totals = smooth_object((50, 60), 200, 1)
    totals[::2] *= 3
    assert find_dead_lines(totals) == NOTHING


def test_pixels_known_to_be_missing_tell_nothing():
    totals = smooth_object((30, 40), 50, 2)
    totals[10], totals[20, 5:] = 0, np.nan
    missing = np.zeros(totals.shape, bool)
    missing[10] = True
    assert find_dead_lines(totals, missing) == NOTHING


@pytest.mark.parametrize("name", ["prova1_10264", "prova2_10264_repeat"])
def test_a_genuine_scan_has_none_and_those_made_in_it_are_found(shared, name):
    with np.load(shared(f"data/spectra/fresco_aurora-antico1-{name}.npz")) as file:
        totals = pixel_totals(file["counts"])
    assert find_dead_lines(totals) == NOTHING
    totals[7], totals[:, 90:92], totals[:, 119] = 0, 0, 0
    assert find_dead_lines(totals) == DeadLines(Lines((7,)), Lines((90, 91, 119)))


@pytest.mark.parametrize(
    "name",
    ["real/sem_maps/bcf_v2_50x50px.bcf", "faults/crono_layout_20x30x4096.hdf5", "faults/pymca_stack.h5"],
)
def test_genuine_files_have_no_dead_lines(shared, name):
    assert dead_lines_in_sample(open_scan(shared(f"data/{name}"))) == (NOTHING, True)


def test_of_a_large_scan_a_sample_of_rows_tells_the_columns():
    class Watched(ArrayScan):
        rows_read = 0

        def read(self, rows, columns, channels=slice(None)):
            self.rows_read += len(range(self.shape[0])[rows])
            return super().read(rows, columns, channels)

    counts = np.ones((8000, 100, 64), np.uint8)
    counts[:, 12] = 0
    scan = Watched(counts)
    assert counts.nbytes > SAMPLE_BYTES
    assert dead_lines_in_sample(scan) == (DeadLines(columns=Lines((12,))), False)
    assert 12 <= scan.rows_read <= 400


def test_lines_are_named_as_runs():
    assert lines_in_words([12]) == "12"
    assert lines_in_words([7, 3, 4, 5]) == "3–5, 7"
    assert lines_in_words(range(0, 100, 2)).endswith("22 …")
    found = DeadLines(Lines((12, 13)), Lines((4,), (0, 1, 2), (9,))).shifted(10, 20)
    assert found.empty == ["Rows 32–33 hold no counts", "Column 14 holds no counts"]
    assert found.doubtful == [
        "Columns 10–12 at the edge hold no counts: a margin, or not measured",
        "Column 19 holds far more or fewer counts than its neighbours",
    ]
