"""Every part of a cube is worked on once, in order, with the chunks that it needs and no others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maxrf_core.cube.chunk_visits import CHUNKS_AT_A_TIME, visit
from maxrf_core.cube.shuffled_counts import Counts
from maxrf_core.workers import Workers


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as executor:
        yield executor


class Opened:
    """A cube whose chunks hold the sum of their indices; notes the chunks of each opening."""

    def __init__(self) -> None:
        self.openings: list[list] = []

    def __call__(self, numbers, work):
        self.openings.append(list(numbers))

        def read(number):
            assert number in numbers
            return Counts.plain(np.full((1, 1, 1), sum(number)))

        return work(read)


@given(st.integers(0, 700), st.integers(1, 4), st.integers(1, 8), st.sampled_from([1, 32]))
def test_each_part_is_visited_once_and_in_order(pool, n_parts, n_layers, count, grain):
    opened = Opened()
    batches = list(
        visit(
            range(n_parts),
            lambda part: [(part, 0, layer) for layer in range(n_layers)],
            lambda read, part: sum(read((part, 0, layer)).values().item() for layer in range(n_layers)),
            opened,
            Workers(pool, count, grain),
        )
    )
    found = [result for batch in batches for result in batch]
    assert found == [(part, n_layers * part + sum(range(n_layers))) for part in range(n_parts)]
    assert max(map(len, opened.openings), default=0) <= grain * CHUNKS_AT_A_TIME
    assert sum(map(len, opened.openings)) == n_parts * n_layers
    if n_parts >= 2 * count:  # otherwise a thread would have nothing to do
        assert len(batches) >= count


def test_one_who_stops_after_the_first_results_has_little_work_done(pool):
    opened = Opened()
    visits = visit(
        range(100_000),
        lambda part: [(part, 0, 0)],
        lambda read, part: read((part, 0, 0)).values().item(),
        opened,
        Workers(pool, 3),
    )
    assert next(visits)[0] == (0, 0)
    visits.close()  # type: ignore[attr-defined]
    assert sum(map(len, opened.openings)) <= 10 * CHUNKS_AT_A_TIME
