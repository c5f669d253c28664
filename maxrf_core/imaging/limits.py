"""Limits of photographs, before and after registration: one for pixels, one for memory while decoding."""

import math

from maxrf_core.errors import PictureError

MAX_PIXELS = 155_000_000  # of a photograph, and of a registered one: the largest cameras have 151 million
MAX_BYTES = 1_100_000_000  # of all that a decoder holds at once: the app then stays below 1.5 GB


def limit_in_words() -> str:
    """Return the limit of pixels, for messages.

    Examples
    --------
    >>> limit_in_words()
    '155 million pixels'
    """
    return f"{MAX_PIXELS // 1_000_000} million pixels"


def check_pixels(name: str, width: int, height: int) -> None:
    """Check that a photograph has not too many pixels.

    Raises
    ------
    PictureError
        Where it has.
    """
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{name} has {width}×{height} pixels and is too large to be read here (limit "
            f"{limit_in_words()}); save a smaller copy."
        )


def check_memory(name: str, needed: float, remedy: str = "save a smaller copy") -> None:
    """Check that a photograph can be decoded within the memory that the app has for it.

    Parameters
    ----------
    name : str
    needed : float
        Bytes that its decoder and the result take together.
    remedy : str
        What can be done instead.

    Raises
    ------
    PictureError
        Where it takes more.
    """
    if needed > MAX_BYTES:
        raise PictureError(
            f"{name} is too large to be read here: it takes {needed / 1e9:.1f} GB of memory (limit "
            f"{MAX_BYTES / 1e9:.1f} GB); {remedy}."
        )


def shape_within(height: float, width: float) -> tuple[int, int]:
    """Return a shape in whole pixels, scaled down where it would have too many.

    Examples
    --------
    >>> shape_within(1200.4, 800.6)
    (1200, 801)
    >>> shape_within(40_000, 10_000)
    (24899, 6224)
    """
    rows, columns = max(1, round(height)), max(1, round(width))
    if rows * columns <= MAX_PIXELS:
        return rows, columns
    scale = math.sqrt(MAX_PIXELS / (rows * columns))
    rows, columns = max(1, int(rows * scale)), max(1, int(columns * scale))
    return min(rows, MAX_PIXELS), min(columns, MAX_PIXELS)
