"""Clicks, typed numbers, undo and start-over treat the points as a visitor expects."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.session.point_pairs import MIN_PAIRS, PointPairs

places = st.tuples(st.floats(0, 1000), st.floats(0, 1000))
acts = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.sampled_from(["src", "dst"]), places),
        st.tuples(st.just("type"), st.integers(1, MIN_PAIRS), st.one_of(st.none(), st.floats(0, 1000))),
        st.tuples(st.just("reset"), st.none(), st.none()),
    ),
    max_size=25,
)


def perform(pairs: PointPairs, act: tuple) -> None:
    kind, which, what = act
    if kind == "place":
        pairs.place(which, what, reach=30)
    elif kind == "type":
        pairs.edit({("dst", which - 1, 0): what})
    else:
        pairs.reset()


@given(acts)
def test_undo_gives_back_every_state_in_turn(done):
    pairs, states = PointPairs(), []
    for act in done:
        before, revision = (list(pairs.src), list(pairs.dst)), pairs.revision
        perform(pairs, act)
        if pairs.revision != revision:
            states.append(before)
        assert len(pairs.src) == len(pairs.dst) == MIN_PAIRS
    for state in reversed(states):
        pairs.undo()
        assert (pairs.src, pairs.dst) == state
    assert not pairs.can_undo


@given(st.lists(places, min_size=MIN_PAIRS, max_size=MIN_PAIRS, unique=True), places)
def test_with_all_points_set_a_click_moves_the_marker_beside_it_or_nothing(points, click):
    pairs = PointPairs()
    pairs.replace(src=list(points))
    near = min(math.dist(point, click) for point in points) <= 50
    assert pairs.place("src", click, reach=50) == near
    assert (click in pairs.src) == (near or click in points)
    assert sum(before != after for before, after in zip(points, pairs.src, strict=True)) <= 1


def test_the_points_are_placed_in_turn_on_each_side():
    pairs = PointPairs()
    pairs.place("dst", (10, 10), reach=5)
    assert (pairs.next_number("src"), pairs.next_number("dst")) == (1, 2)
    assert not pairs.complete


def test_only_pairs_that_are_placed_on_both_sides_count():
    pairs = PointPairs()
    pairs.replace([(1, 2), None, (5, 6), None], [(10, 20), (30, 40), None, None])
    assert pairs.placed() == ([(1, 2)], [(10, 20)])


@pytest.mark.parametrize("value", [3.25, None])
def test_a_number_can_be_typed_and_taken_away(value):
    pairs = PointPairs()
    pairs.replace([(1.0, 2.0), None, None, None])
    pairs.edit({("src", 0, 1): value})
    assert pairs.next_number("src") == (1 if value is None else 2)


def test_a_point_counts_only_when_both_its_numbers_are_typed():
    pairs = PointPairs()
    pairs.edit({("src", 0, 0): 5.0})
    assert pairs.next_number("src") == 1
    pairs.edit({("src", 0, 1): 7.0})
    assert pairs.src[0] == (5.0, 7.0)
    assert pairs.next_number("src") == 2


def test_numbers_that_are_pasted_together_are_one_change():
    pairs = PointPairs()
    pairs.edit({("src", index, axis): 10.0 * index + axis for index in range(MIN_PAIRS) for axis in (0, 1)})
    pairs.undo()
    assert pairs.src == [None] * MIN_PAIRS
