"""What is made of a map for showing is true to all of its pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.imaging.display import percentile_limits
from widgets.session.map_data import RANKS, MapData, block_means


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 9))
def test_block_means_keep_the_total(height, width, block):
    values = np.random.default_rng(0).random((height, width))
    means = block_means(values, block)
    assert means.shape == (-(-height // block), -(-width // block))
    weights = block_means(np.ones_like(values), block)
    assert weights == pytest.approx(1)
    enlarged = np.kron(means, np.ones((block, block)))[:height, :width]
    assert enlarged.sum() == pytest.approx(values.sum(), rel=1e-5)


@pytest.mark.parametrize(("low", "high"), [(0.5, 99.0), (0, 100), (10, 10.1)])
def test_limits_are_those_of_all_pixels(low, high):
    values = np.random.default_rng(1).gamma(2, size=(500, 600)).astype(np.float32)
    assert values.size > RANKS
    expected = percentile_limits(values, low, high)
    assert MapData(values).limits(low, high) == pytest.approx(expected, rel=1e-3)


def test_the_outermost_percentiles_are_the_outermost_values():
    values = np.random.default_rng(1).random((500, 600)).astype(np.float32)
    values[3, 4] = 7
    assert MapData(values).limits(0, 100) == (values.min(), 7)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_values_do_not_count(value):
    values = np.array([[1, 2], [3, value]])
    assert MapData(values).limits(0, 100) == (1, 3)


@pytest.mark.parametrize("block", [1, 2, 3, 7])
def test_what_is_missing_is_left_out_of_blocks_and_counted(block):
    values = np.random.default_rng(0).random((7, 8)).astype(np.float32)
    values[:3, :3] = values[5, 6] = np.nan
    means = block_means(values, block)
    for row in range(means.shape[0]):
        for column in range(means.shape[1]):
            part = values[row * block :, column * block :][:block, :block]
            known = part[np.isfinite(part)]
            expected = known.mean() if known.size else np.nan
            assert means[row, column] == pytest.approx(expected, rel=1e-5, nan_ok=True)
    assert MapData(values).missing == 10


def test_the_same_values_have_the_same_name_and_others_another():
    values = np.arange(12.0).reshape(3, 4)
    assert MapData(values).name == MapData(values.copy()).name
    assert len({MapData(each).name for each in (values, values + 1, values.reshape(4, 3))}) == 3


def test_means_are_not_made_twice_and_nothing_can_be_changed():
    data = MapData(np.ones((30, 40)))
    assert data.means(7) is data.means(7)
    with pytest.raises(ValueError, match="read-only"):
        data.values[0, 0] = 5
