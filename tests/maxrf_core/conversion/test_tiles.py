"""Tiles hold each count once, within the memory allowed, and the type of the cube holds every count."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maxrf_core.conversion.tiles import HALO, CountStats, Plan, Tile, cut_tiles, pack_tile, process_tile
from maxrf_core.cube import deflate as packing
from maxrf_core.cube.max_spectrum import BAND
from maxrf_core.readers import ArrayScan
from maxrf_core.transform.coordinates import View

CHUNK = (4, 5, 6)
AXES = st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(1, 500))
COUNTS = st.one_of(
    st.sampled_from(["u1", "u2", "u4", "i2", "i8"]).flatmap(lambda dtype: hnp.arrays(dtype, (3, 4))),
    hnp.arrays("f4", (3, 4), elements=st.sampled_from([0.0, -1.0, 3.0, 250.0, 70000.0, 0.5, np.nan, np.inf])),
)


@given(AXES, st.sampled_from([1, 2, 8]), st.floats(0, 1e6), AXES)
def test_tiles_hold_each_count_once_and_begin_at_the_corner_of_a_chunk(shape, itemsize, memory, natural):
    met = np.zeros(shape, np.uint8)
    for tile in cut_tiles(shape, itemsize, Plan(np.dtype("u2"), CHUNK), memory, natural):
        parts = tile.rows, tile.columns, tile.channels
        assert all(part.start % size == 0 for part, size in zip(parts, CHUNK, strict=True))
        if tile.channels != slice(0, shape[2]):
            assert tile.channels.start % BAND == 0  # so that smoothing does not depend on the tiles
        met[parts] += 1
    assert (met == 1).all()


@given(AXES, st.sampled_from([1, 2, 8]), st.floats(1e5, 1e7), AXES)
def test_a_tile_uses_no_more_memory_than_allowed_if_its_smallest_part_fits(shape, itemsize, memory, natural):
    plan = Plan(np.dtype("u2"), CHUNK)
    for tile in cut_tiles(shape, itemsize, plan, memory, natural):
        rows, columns, channels = (
            part.stop - part.start for part in (tile.rows, tile.columns, tile.channels)
        )
        assert rows * columns * channels * (itemsize + 3 * plan.dtype.itemsize) <= memory


@pytest.mark.parametrize(
    ("shape", "natural"),
    [
        ((512, 512, 4096), (512, 512, 1)),  # an image of each channel
        ((512, 512, 4096), (64, 512, 1)),
        ((512, 512, 4096), (32, 32, 256)),
        ((512, 512, 4096), (1, 1, 4096)),
        ((1692, 1592, 2048), (128, 128, 16)),
    ],
)
def test_whatever_the_chunks_of_a_scan_each_is_unpacked_about_once(shape, natural):
    share = 233e6  # bytes of a tile on a computer with two processors
    unpacked: Counter[tuple[int, int, int]] = Counter()
    for tile in cut_tiles(shape, 2, Plan(np.dtype("u1"), (64, 64, 64)), share, natural):
        deep = slice(max(0, tile.channels.start - HALO), min(shape[2], tile.channels.stop + HALO))
        numbers = [
            range(part.start // size, -(-part.stop // size))
            for part, size in zip((tile.rows, tile.columns, deep), natural, strict=True)
        ]
        unpacked.update(product(*numbers))
    assert unpacked.total() < 2 * len(unpacked)


@given(COUNTS, COUNTS)
def test_statistics_of_two_blocks_are_those_of_both_together(first, second):
    both = np.concatenate([first.ravel().astype(object), second.ravel().astype(object)])
    present = [count for count in both if np.isfinite(float(count))]
    stats = CountStats.of(first) + CountStats.of(second)
    assert stats.missing == len(both) - len(present)
    assert stats.negative == sum(count < 0 for count in present)
    assert stats.largest == max([0, *present])
    assert stats.whole == (not stats.missing and all(count == int(count) for count in present))


@given(COUNTS)
def test_the_smallest_type_holds_all_counts_and_no_smaller_one_does(counts):
    stats = CountStats.of(counts)
    dtype = stats.smallest_dtype
    if not stats.whole:
        assert dtype == np.float32
        return
    assert np.iinfo(dtype).min == 0
    assert stats.largest <= np.iinfo(dtype).max
    smaller = [np.iinfo(each).max for each in ("u1", "u2", "u4") if np.dtype(each).itemsize < dtype.itemsize]
    assert all(stats.largest > top for top in smaller)


def test_the_chunks_of_a_tile_are_its_counts_mirrored_and_filled_with_0_beyond_the_edge():
    counts = np.random.default_rng(0).integers(0, 300, (9, 8, 14)).astype(np.uint16)
    plan = Plan(np.dtype("u2"), CHUNK, View(mirrored=True))
    (column,) = pack_tile(ArrayScan(counts), plan, Tile(slice(4, 8), slice(5, 8), slice(0, 14))).columns
    found = np.zeros((4, 5, 18), np.uint16)
    for (y, x, channel), packed in column.chunks.items():
        assert (y, x) == (4, 5)
        planes = np.frombuffer(packing.unpack(packed.data, 4 * 5 * 6 * 2), np.uint8).reshape(2, -1)
        found[:, :, channel : channel + 6] = planes.T.copy().view("<u2").reshape(CHUNK)
    expected = np.zeros_like(found)
    expected[:, :3, :14] = counts[4:8, ::-1][:, 5:8]
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(column.total, expected.sum(axis=(0, 1))[:14])


def test_a_tile_whose_counts_do_not_fit_is_not_packed_but_told():
    counts = np.full((4, 5, 6), 256, np.uint16)
    whole = Tile(slice(0, 4), slice(0, 5), slice(0, 6))
    for plan, pack, packed in (("u1", True, 0), ("u2", False, 0), ("u2", True, 1)):
        done = process_tile(ArrayScan(counts), Plan(np.dtype(plan), CHUNK), (whole, pack))
        assert len(done.columns) == packed
        assert done.found.largest == 256
