"""Sums, means and maxima from the byte planes of a chunk are exact, and leave missing values out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maxrf_core.cube.shuffled_counts import Counts, mean_of_present, sum_of_present, wide, with_nan

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
UNSIGNED = st.sampled_from(["u1", "<u2", ">u2", "<u4", ">u4"])
FLOATS = st.sampled_from([0.0, 0.5, 3.0, 250.0, np.nan, np.inf, -np.inf])


def shuffled(values: np.ndarray) -> Counts:
    """Return counts from the bytes as HDF5's shuffle filter arranges them."""
    data = np.frombuffer(values.tobytes(), np.uint8).reshape(-1, values.dtype.itemsize).T.tobytes()
    return Counts.shuffled(data, values.shape, values.dtype)


@st.composite
def chunks(draw) -> tuple[Counts, np.ndarray]:
    dtype = np.dtype(draw(UNSIGNED))
    top = np.iinfo(dtype).max
    few = st.sampled_from(sorted({0, 1, 2, min(255, top), min(256, top), min(65536, top), top}))
    values = draw(hnp.arrays(dtype, draw(SHAPES), elements=few))
    return draw(st.sampled_from([shuffled, Counts.plain]))(values), values


@st.composite
def places(draw, shape: tuple[int, ...]) -> tuple[slice, slice] | np.ndarray:
    if draw(st.booleans()):
        mask = draw(hnp.arrays(bool, shape[:2]))
        mask[draw(st.integers(0, shape[0] - 1)), 0] = True
        return mask
    y, x = (draw(st.integers(0, length - 1)) for length in shape[:2])
    return slice(y, draw(st.integers(y + 1, shape[0]))), slice(x, draw(st.integers(x + 1, shape[1])))


@given(chunks(), st.data())
def test_counts_from_byte_planes_are_those_that_were_stored(chunk, data):
    counts, values = chunk
    np.testing.assert_array_equal(counts.values(), values)
    inside = tuple(data.draw(st.integers(1, length)) for length in values.shape)
    cropped = values[tuple(map(slice, inside))]
    np.testing.assert_array_equal(counts.cropped(inside).values(), cropped)
    indices = st.integers(0, values.shape[0] - 1), st.integers(0, values.shape[1] - 1)
    rows, columns = np.array(data.draw(st.lists(st.tuples(*indices), min_size=1, max_size=5))).T
    np.testing.assert_array_equal(counts.of_pixels(rows, columns), values[rows, columns])


@given(chunks(), st.data())
def test_sums_and_maxima_are_exact_up_to_the_largest_count(chunk, data):
    counts, values = chunk
    exact = values.astype(np.int64)
    first = data.draw(st.integers(0, values.shape[2] - 1))
    stop = data.draw(st.integers(first + 1, values.shape[2]))
    sums, missing = counts.over_channels(first, stop)
    np.testing.assert_array_equal(sums, exact[:, :, first:stop].sum(axis=2))
    assert missing is None

    where = data.draw(places(values.shape))
    pixels = exact[where].reshape(-1, values.shape[2])
    sums, missing = counts.over_pixels(where)
    np.testing.assert_array_equal(sums, pixels.sum(axis=0))
    assert missing is None
    np.testing.assert_array_equal(counts.highest(where), pixels.max(axis=0))
    assert counts.highest(where).dtype.newbyteorder("=") == values.dtype.newbyteorder("=")

    weights = data.draw(hnp.arrays(float, values.shape[2], elements=st.sampled_from([0.0, 1.0, -0.5, 2.0])))
    np.testing.assert_allclose(counts.weighted(weights)[0], exact @ weights, rtol=1e-12)


@pytest.mark.parametrize("shape", [(1, 2**31 // 255 + 2, 1), (1, 1, 2**31 // 255 + 2)])
def test_the_sum_of_very_many_full_bytes_does_not_wrap(shape):
    counts = Counts.plain(np.full(shape, 255, np.uint8))
    assert counts.over_pixels(np.s_[:, :])[0].sum() == 255 * max(shape)
    assert counts.over_channels(0, shape[2])[0].sum() == 255 * max(shape)


@given(SHAPES.flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=FLOATS)), st.data())
def test_missing_values_are_left_out_and_counted(values, data):
    counts, channels = Counts.plain(values), values.shape[2]
    present = np.isfinite(values)
    filled = np.where(present, values, 0).astype(float)
    where = data.draw(places(values.shape))

    for (sums, gone), expected, holes in (
        (counts.over_channels(0, channels), filled.sum(axis=2), (~present).sum(axis=2)),
        (
            counts.over_pixels(where),
            filled[where].reshape(-1, channels).sum(axis=0),
            (~present)[where].reshape(-1, channels).sum(axis=0),
        ),
    ):
        np.testing.assert_allclose(sums, expected)
        np.testing.assert_array_equal(np.zeros_like(holes) if gone is None else gone, holes)

    pixels = np.where(present, values, np.nan)[where].reshape(-1, channels)
    highest = [column[~np.isnan(column)].max(initial=-1) for column in pixels.T]
    np.testing.assert_array_equal(np.nan_to_num(counts.highest(where), nan=-1), highest)
    np.testing.assert_array_equal(with_nan(values), np.where(present, values, np.nan))


@given(hnp.arrays(np.float64, (4, 6), elements=FLOATS))
def test_a_mean_is_over_the_values_that_are_there(values):
    means = mean_of_present(*sum_of_present(values, axis=1), 6)
    for mean, row in zip(means, values, strict=True):
        present = row[np.isfinite(row)]
        assert np.isnan(mean) if not present.size else np.isclose(mean, present.mean())


def test_sums_are_whole_numbers_unless_these_could_overflow():
    assert wide(np.dtype(">u4")) == wide(np.dtype("i2")) == np.int64
    assert wide(np.dtype("u8")) == wide(np.dtype("f4")) == np.float64
