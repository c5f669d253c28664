"""Slices of an axis: pieces, and their overlaps with chunks."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np


def steps(length: int, size: int) -> list[slice]:
    """Return the slices that cut an axis into pieces of `size`; the last one may be shorter."""
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


def around(part: range | int) -> slice:
    """Return the slice of step 1 from the smallest to the largest of some indices."""
    if isinstance(part, int):
        return slice(part, part + 1)
    return slice(min(part), max(part) + 1) if part else slice(0, 0)


def overlaps(part: slice, size: int) -> Iterator[tuple[int, slice, slice]]:
    """Yield each chunk that `part` of an axis overlaps: number, slice in the result, slice in the chunk."""
    for number in range(part.start // size, -(-part.stop // size)):
        first = number * size
        low, high = max(first, part.start), min(first + size, part.stop)
        yield number, slice(low - part.start, high - part.start), slice(low - first, high - first)


def by_chunk(chosen: range, size: int) -> list[tuple[int, slice]]:
    """Return the chunks of an axis that hold some of the chosen indices, and which of them each holds.

    Examples
    --------
    >>> by_chunk(range(3, 20, 4), 8)
    [(0, slice(0, 2, None)), (1, slice(2, 4, None)), (2, slice(4, 5, None))]
    """
    numbers = np.asarray(chosen) // size
    found, starts = np.unique(numbers, return_index=True)
    stops = [*starts[1:].tolist(), len(chosen)] if chosen else []
    return [
        (int(number), slice(int(start), stop))
        for number, start, stop in zip(found, starts, stops, strict=True)
    ]


def pieces(chosen: Sequence[range], chunk: Sequence[int], max_values: int) -> Iterator[tuple[slice, ...]]:
    """Cut a block of an array into pieces that together need each chunk once.

    Parameters
    ----------
    chosen : sequence of range
        Indices of each axis, rising.
    chunk : sequence of int
        Shape of the array's chunks.
    max_values : int
        That are read for a piece; more if one chunk has more.

    Yields
    ------
    tuple of slice
        For each axis the places in `chosen`. Chunks between them that hold none of them are not in a piece.

    Examples
    --------
    >>> list(pieces((range(0, 20, 10), range(0, 8)), (4, 4), 32))
    [(slice(0, 1, None), slice(0, 8, None)), (slice(1, 2, None), slice(0, 8, None))]
    """
    parts = [by_chunk(indices, size) for indices, size in zip(chosen, chunk, strict=True)]
    room = [min(size, _span(indices)) for indices, size in zip(chosen, chunk, strict=True)]
    joined: list[list[slice]] = []
    for axis in reversed(range(len(chosen))):  # the last axis is the one along which values are neighbours
        others = max(1, int(np.prod(room[:axis] + room[axis + 1 :], dtype=object)))
        count = max(1, max_values // (others * max(1, chunk[axis])))
        joined.insert(0, _joined(parts[axis], count))
        room[axis] = min(count * chunk[axis], _span(chosen[axis]))
    yield from itertools.product(*joined)


def _span(indices: range) -> int:
    return indices[-1] + 1 - indices[0] if indices else 1


def _joined(parts: list[tuple[int, slice]], count: int) -> list[slice]:
    """Join at most `count` chunks that lie beside one another."""
    found: list[slice] = []
    begun = last = -2
    for number, part in parts:
        if number == last + 1 and number < begun + count:
            found[-1] = slice(found[-1].start, part.stop)
        else:
            found.append(part)
            begun = number
        last = number
    return found
