"""Parallel visits to the chunks of a cube, a few at a time."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from maxrf_core.cube.chunk_grid import Number
from maxrf_core.cube.shuffled_counts import Counts
from maxrf_core.workers import Workers

P = TypeVar("P")
T = TypeVar("T")
CHUNKS_AT_A_TIME = 96  # read by one thread between two checks of the file's state

# Chunks are decompressed without the GIL, so one thread per core is best. All cubes share them.
_THREADS = os.cpu_count() or 2
cube_threads = Workers(ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="cube"), _THREADS)


class Read(Protocol):
    """Reads one chunk."""

    def __call__(self, number: Number, rows: slice | None = None, /) -> Counts:
        """Return the counts of a chunk inside the cube, or of some of its rows."""


class Reading(Protocol):
    """Calls work with a function that reads one of the chunks `numbers`; possibly more than once."""

    def __call__(self, numbers: Sequence[Number], work: Callable[[Read], T], /) -> T:
        """Return the result of `work`."""


def visit(
    parts: Sequence[P],
    needed: Callable[[P], list[Number]],
    work: Callable[[Read, P], T],
    reading: Reading,
    workers: Workers,
) -> Iterator[list[tuple[P, T]]]:
    """Run `work` on all parts of a cube, several at a time; yield batches of parts with results.

    Parameters
    ----------
    parts : sequence
        Such as the numbers of tiles or chunks.
    needed : callable
        Returns the chunks that the work on a part reads.
    work : callable
        Takes the function that reads a chunk, and a part.
    reading : Reading
        Opens the cube for the chunks of a few parts.
    workers : Workers
        Run the work. If the generator is closed, they begin no more of it.
    """
    if not parts:
        return
    share = -(-len(parts) // (2 * workers.count))
    batch_size = max(1, min(workers.grain * CHUNKS_AT_A_TIME // max(1, len(needed(parts[0]))), share))

    def do(batch: Sequence[P]) -> list[tuple[P, T]]:
        numbers = [number for part in batch for number in needed(part)]
        return reading(numbers, lambda read: [(part, work(read, part)) for part in batch])

    batches = (parts[start : start + batch_size] for start in range(0, len(parts), batch_size))
    for _, results in workers.in_order(do, batches):
        yield results


def only_itself(number: Number) -> list[Number]:
    """Return the one chunk that the work on this chunk needs."""
    return [number]
