"""Limits of the sizes that an uploaded file declares.

docs/security.md explains the choice of each limit.
"""

import math
from collections.abc import Sequence

from maxrf_core.cube.chunk_grid import CHUNK_SHAPE
from maxrf_core.errors import refusal
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.language import _
from maxrf_core.names import CUBE

GIGABYTE = 1_000_000_000
MAX_UNSTORED_BYTES = 1 * GIGABYTE  # allowed for an array however little of it is stored
MAX_RATIO = 1100  # gzip packs nothing smaller than 1032 : 1
MAX_ARRAY_BYTES = 16 * GIGABYTE
MAX_CUBE_BYTES = 1000 * GIGABYTE
MAX_CHUNK_BYTES = 256 << 20  # twice what dask takes by itself
MAX_CHUNKS = 5_000_000
MAX_MAP_PIXELS = 100_000_000  # of a cube: a map of it has 8 bytes each
MAX_MEMBERS = 500_000
MAX_METADATA_BYTES = 10_000_000  # of one description in a zip
MAX_ATTRIBUTE_BYTES = 1_000_000
MAX_AXES = 16


def check_array(
    file: str, name: str, shape: Sequence[int], itemsize: int, stored: int, chunks: Sequence[int] | None
) -> None:
    """Refuse an array whose declared size is too large, in itself or for its stored bytes.

    Parameters
    ----------
    file, name : str
        For the error message.
    shape : sequence of int
    itemsize : int
        Bytes of one number.
    stored : int
        Bytes of the array in the file.
    chunks : sequence of int or None
        Shape of its chunks, if it has chunks.

    Raises
    ------
    DatastackError
    """
    size = math.prod(shape) * itemsize
    if len(shape) > MAX_AXES:
        raise refusal(file, _("its array {name} has {count} axes").format(name=name, count=len(shape)))
    most = MAX_CUBE_BYTES if name.rstrip("_") == CUBE else MAX_ARRAY_BYTES
    spanned = math.prod(length or 1 for length in shape) * itemsize  # numpy cannot even have the empty ones
    if spanned > most:
        raise refusal(
            file,
            _("its array {name} would be {size}, and at most {limit} are taken").format(
                name=name, size=bytes_text(spanned), limit=bytes_text(most)
            ),
        )
    if size > MAX_UNSTORED_BYTES and size > MAX_RATIO * stored:
        raise refusal(
            file,
            _("its array {name} would be {size}, but only {stored} are stored").format(
                name=name, size=bytes_text(size), stored=bytes_text(stored)
            ),
        )
    max_pixels = MAX_MAP_PIXELS if name.rstrip("_") == CUBE else picture_limits.MAX_PIXELS
    if len(shape) == 3 and shape[0] * shape[1] > max_pixels:
        raise refusal(
            file,
            _("its array {name} would have {height:,} × {width:,} pixels").format(
                name=name, height=shape[0], width=shape[1]
            ),
        )
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
            if block > MAX_CHUNK_BYTES:
                raise refusal(
                    file,
                    _("the spectra of its array {name} have {channels:,} channels").format(
                        name=name, channels=shape[2]
                    ),
                )
        return
    if len(chunks) != len(shape) or min(chunks, default=1) < 1:
        raise refusal(file, _("the chunks of its array {name} do not fit it").format(name=name))
    if math.prod(chunks) * itemsize > MAX_CHUNK_BYTES:
        raise refusal(
            file,
            _("a chunk of its array {name} would be {size}, and at most {limit} are taken").format(
                name=name, size=bytes_text(math.prod(chunks) * itemsize), limit=bytes_text(MAX_CHUNK_BYTES)
            ),
        )
    count = math.prod(-(-length // chunk) for length, chunk in zip(shape, chunks, strict=True))
    if count > MAX_CHUNKS:
        raise refusal(file, _("its array {name} would have {count:,} chunks").format(name=name, count=count))


def bytes_text(count: int) -> str:
    """Return a number of bytes with three digits.

    Examples
    --------
    >>> bytes_text(5_000_000_000), bytes_text(1500)
    ('5 GB', '1.5 kB')
    """
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return (
                f"{count / factor:,.3g} {unit}" if count < 1000 * factor else f"{count / factor:,.0f} {unit}"
            )
    return f"{count} bytes"
