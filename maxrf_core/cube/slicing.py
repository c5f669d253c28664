"""Slices of an axis: pieces, and their overlaps with chunks."""

from collections.abc import Iterator


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
