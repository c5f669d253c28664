"""Pieces of an axis cover it once, and what is copied piece by piece is the part that was asked for."""

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cube.slicing import around, overlaps, pieces, steps

LENGTHS, SIZES = st.integers(0, 60), st.integers(1, 20)


@given(LENGTHS, SIZES)
def test_the_pieces_of_an_axis_hold_each_index_once_and_only_the_last_is_shorter(length, size):
    found = [range(length)[piece] for piece in steps(length, size)]
    assert [index for piece in found for index in piece] == list(range(length))
    assert all(len(piece) == size for piece in found[:-1])
    assert all(0 < len(piece) <= size for piece in found[-1:])


@given(LENGTHS, SIZES, st.data())
def test_a_part_assembled_from_chunks_is_that_part(length, size, data):
    axis = np.arange(length)
    start = data.draw(st.integers(0, length))
    part = slice(start, data.draw(st.integers(start, length)))
    found = np.full(part.stop - part.start, -1)
    for number, target, origin in overlaps(part, size):
        found[target] = axis[number * size : (number + 1) * size][origin]
    np.testing.assert_array_equal(found, axis[part])


@given(LENGTHS, st.slices(60))
def test_a_range_of_any_step_lies_within_one_plain_slice_that_begins_and_ends_with_it(length, part):
    wanted = range(length)[part]
    whole = range(length)[around(wanted)]
    assert set(wanted) <= set(whole)
    assert (len(whole) == 0) if not wanted else {whole[0], whole[-1]} <= set(wanted)


def test_a_single_index_is_a_slice_of_one():
    assert around(7) == slice(7, 8)


@given(st.lists(st.tuples(LENGTHS, SIZES, st.slices(60)), min_size=1, max_size=3), st.integers(1, 3000))
def test_pieces_hold_each_index_once_and_need_each_chunk_once(axes, max_values):
    chosen = [range(length)[part] for length, _size, part in axes]
    chosen = [indices if indices.step > 0 else indices[::-1] for indices in chosen]
    chunk = [size for _length, size, _part in axes]
    met = np.zeros([len(indices) for indices in chosen], int)
    chunks_met: list[tuple[int, ...]] = []
    for piece in pieces(chosen, chunk, max_values):
        met[piece] += 1
        read = [range(60)[around(indices[part])] for indices, part in zip(chosen, piece, strict=True)]
        numbers = [sorted({i // size for i in indices}) for indices, size in zip(read, chunk, strict=True)]
        chunks_met += itertools.product(*numbers)
        assert math.prod(map(len, read)) <= max(max_values, math.prod(chunk))
    assert (met == 1).all()
    needed = [{i // size for i in indices} for indices, size in zip(chosen, chunk, strict=True)]
    assert sorted(chunks_met) == sorted(itertools.product(*needed))
