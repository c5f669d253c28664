"""How large may that be which a file from a stranger says of itself?

docs/security.md tells how each limit was chosen.
"""

import math
from collections.abc import Sequence

from maxrf_core.cube.chunk_shape import CHUNK_SHAPE
from maxrf_core.errors import refusal
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.names import CUBE

GIGABYTE = 1_000_000_000
FREE = 1 * GIGABYTE  # so much an array may hold however little of it is stored
MOST_RATIO = 1100  # gzip packs nothing smaller than 1032 : 1
MOST_IN_AN_ARRAY = 16 * GIGABYTE
MOST_IN_A_CUBE = 1000 * GIGABYTE
MOST_IN_A_CHUNK = 256 << 20  # twice what dask takes by itself
MOST_CHUNKS = 5_000_000
MAX_MAP_PIXELS = 100_000_000  # of a cube: a map of it has 8 bytes each
MOST_MEMBERS = 500_000
MOST_METADATA = 10_000_000  # bytes of one description in a zip
MOST_IN_AN_ATTRIBUTE = 1_000_000
MOST_AXES = 16


def check_array(
    file: str, name: str, shape: Sequence[int], itemsize: int, stored: int, chunks: Sequence[int] | None
) -> None:
    """Refuse an array whose declared size makes no sense for what is stored of it, or is beyond all reason.

    Parameters
    ----------
    file, name : str
        For the sentence.
    shape : sequence of int
    itemsize : int
        Bytes of one number.
    stored : int
        Bytes that the array takes in the file.
    chunks : sequence of int or None
        Its chunks' shape, where it has chunks.

    Raises
    ------
    DatastackError
    """
    size = math.prod(shape) * itemsize
    if len(shape) > MOST_AXES:
        raise refusal(file, f"its array {name} has {len(shape)} axes")
    most = MOST_IN_A_CUBE if name.rstrip("_") == CUBE else MOST_IN_AN_ARRAY
    spanned = math.prod(length or 1 for length in shape) * itemsize  # numpy cannot even have the empty ones
    if spanned > most:
        raise refusal(
            file, f"its array {name} would be {_size(spanned)}, and at most {_size(most)} are taken"
        )
    if size > FREE and size > MOST_RATIO * stored:
        raise refusal(file, f"its array {name} would be {_size(size)}, but only {_size(stored)} are stored")
    max_pixels = MAX_MAP_PIXELS if name.rstrip("_") == CUBE else picture_limits.MAX_PIXELS
    if len(shape) == 3 and shape[0] * shape[1] > max_pixels:
        raise refusal(file, f"its array {name} would have {shape[0]:,} × {shape[1]:,} pixels")
    _check_chunks(file, name, shape, itemsize, chunks)


def _check_chunks(
    file: str, name: str, shape: Sequence[int], itemsize: int, chunks: Sequence[int] | None
) -> None:
    if chunks is None:
        if len(shape) == 3:
            block = (
                math.prod(min(*pair) for pair in zip(CHUNK_SHAPE[:2], shape, strict=False))
                * shape[2]
                * itemsize
            )
            if block > MOST_IN_A_CHUNK:
                raise refusal(file, f"the spectra of its array {name} have {shape[2]:,} channels")
        return
    if len(chunks) != len(shape) or min(chunks, default=1) < 1:
        raise refusal(file, f"the chunks of its array {name} do not fit it")
    if math.prod(chunks) * itemsize > MOST_IN_A_CHUNK:
        raise refusal(
            file,
            f"a chunk of its array {name} would be {_size(math.prod(chunks) * itemsize)}, and at most "
            f"{_size(MOST_IN_A_CHUNK)} are taken",
        )
    count = math.prod(-(-length // chunk) for length, chunk in zip(shape, chunks, strict=True))
    if count > MOST_CHUNKS:
        raise refusal(file, f"its array {name} would have {count:,} chunks")


def _size(count: int) -> str:
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return (
                f"{count / factor:,.3g} {unit}" if count < 1000 * factor else f"{count / factor:,.0f} {unit}"
            )
    return f"{count} bytes"
