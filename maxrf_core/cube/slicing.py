"""Which pieces does an axis fall into, and which of them does a part of it meet?"""

from collections.abc import Iterator


def steps(length: int, size: int) -> list[slice]:
    """Cut an axis into pieces of `size`, the last one perhaps shorter."""
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


def around(part: range | int) -> slice:
    """Give the slice of step 1 from the first to the last of some numbers."""
    if isinstance(part, int):
        return slice(part, part + 1)
    return slice(min(part), max(part) + 1) if part else slice(0, 0)


def overlaps(part: slice, size: int) -> Iterator[tuple[int, slice, slice]]:
    """Give each chunk that `part` of an axis meets: number, place in the result, place in the chunk."""
    for number in range(part.start // size, -(-part.stop // size)):
        first = number * size
        low, high = max(first, part.start), min(first + size, part.stop)
        yield number, slice(low - part.start, high - part.start), slice(low - first, high - first)
