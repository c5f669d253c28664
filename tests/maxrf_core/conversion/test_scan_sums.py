"""The sums of a scan do not depend on how it is cut into tiles."""

import numpy as np
import pytest

from maxrf_core.conversion.scan_sums import ScanSums
from maxrf_core.conversion.tiles import Plan, cut_tiles, pack_tile
from maxrf_core.readers import ArrayScan


@pytest.mark.parametrize("memory", [0, 1e9])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_totals_of_pixels_and_channels_are_those_of_the_counts(memory, dtype):
    counts = np.random.default_rng(0).poisson(3, (70, 65, 700)).astype(dtype)
    if dtype == np.float32:
        counts[5, 6], counts[7, 8, 9] = np.nan, np.nan
    plan = Plan(np.dtype(dtype), (64, 64, 64))
    sums = ScanSums(counts.shape)
    for tile in cut_tiles(counts.shape, counts.itemsize, plan, memory):
        sums.add(pack_tile(ArrayScan(counts), plan, tile))
    expected = np.nansum(counts, axis=2, dtype=float)
    if dtype == np.float32:
        expected[5, 6] = np.nan
    np.testing.assert_array_equal(sums.pixel_totals, expected)
    np.testing.assert_array_equal(sums.total, np.nansum(counts, axis=(0, 1), dtype=float))
    np.testing.assert_array_equal(sums.missing, np.isnan(counts).sum(axis=(0, 1)))
