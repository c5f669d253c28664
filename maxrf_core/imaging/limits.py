"""Size limits of photographs, before and after registration: pixels, and memory while decoding."""

import math

from maxrf_core.errors import PictureError
from maxrf_core.language import _, marked

MAX_PIXELS = 210_000_000  # of a photograph, and of a registered one: the largest sensors have 201 million
MAX_BYTES = 1_100_000_000  # memory of a decoder, and of a result that does not lie on the disk


def max_pixels_text() -> str:
    """Return the largest number of pixels as text, for messages.

    Examples
    --------
    >>> max_pixels_text()
    '210 million pixels'
    """
    return _("{max_pixels} million pixels").format(max_pixels=MAX_PIXELS // 1_000_000)


def check_pixels(name: str, width: int, height: int) -> None:
    """Check that a photograph does not have too many pixels.

    Raises
    ------
    PictureError
        If it has more than `MAX_PIXELS`.
    """
    if width * height > MAX_PIXELS:
        raise PictureError(
            _(
                "{name} has {width}×{height} pixels and is too large to be read here (limit "
                "{max_pixels_text}); save a smaller copy."
            ).format(name=name, width=width, height=height, max_pixels_text=max_pixels_text())
        )


def check_memory(name: str, needed: float, remedy: str = marked("save a smaller copy")) -> None:
    """Check that a photograph can be decoded in `MAX_BYTES` of memory.

    Parameters
    ----------
    name : str
    needed : float
        Bytes of the decoder and the result together.
    remedy : str
        What the user can do instead.

    Raises
    ------
    PictureError
        If it needs more.
    """
    if needed > MAX_BYTES:
        raise PictureError(
            _(
                "{name} is too large to be read here: it takes {needed:.1f} GB of memory (limit "
                "{max_bytes:.1f} GB); {remedy}."
            ).format(name=name, needed=needed / 1e9, max_bytes=MAX_BYTES / 1e9, remedy=_(remedy))
        )


def shape_within(height: float, width: float) -> tuple[int, int]:
    """Return a shape in whole pixels, scaled down to at most `MAX_PIXELS`.

    Examples
    --------
    >>> shape_within(1200.4, 800.6)
    (1200, 801)
    >>> shape_within(40_000, 10_000)
    (28982, 7245)
    """
    rows, columns = max(1, round(height)), max(1, round(width))
    if rows * columns <= MAX_PIXELS:
        return rows, columns
    scale = math.sqrt(MAX_PIXELS / (rows * columns))
    rows, columns = max(1, int(rows * scale)), max(1, int(columns * scale))
    return min(rows, MAX_PIXELS), min(columns, MAX_PIXELS)
