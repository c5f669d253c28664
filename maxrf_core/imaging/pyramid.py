"""A small copy of a large photograph in a TIFF file that holds smaller versions of it."""

import math
import os

from maxrf_core.imaging.display import shrink, to_display
from maxrf_core.imaging.quick_look import LARGE_PIXELS, QUICK_PIXELS, QuickLook
from maxrf_core.imaging.read import read_smaller
from maxrf_core.imaging.tiff_pages import size_with_levels


def level_look(
    path: str | os.PathLike[str],
    page: int | None = None,
    max_pixels: int = QUICK_PIXELS,
    min_pixels: int = LARGE_PIXELS,
) -> QuickLook | None:
    """Return a small copy of a photograph of 8 bits in a TIFF file with smaller versions of it (a pyramid).

    Parameters
    ----------
    path : path_like
    page : int, optional
        As in `maxrf_core.read_picture`.
    max_pixels : int
        Of the copy, which is made from the smallest version with at least as many.
    min_pixels : int
        Of the photograph.

    Returns
    -------
    QuickLook or None
        None for any other file, a smaller photograph, and one of more than 8 bits, whose contrast on screen
        depends on all of its pixels.

    Raises
    ------
    OSError
        If it cannot be opened.
    PictureError
        If it is damaged or too large.
    """
    size = size_with_levels(path, max_pixels, page)
    if size is None or math.prod(size) < min_pixels:
        return None
    pixels = read_smaller(path, max_pixels, page)
    share = math.sqrt(max_pixels / math.prod(size))
    small = shrink(pixels, *(max(1, int(share * side)) for side in size))
    return QuickLook(to_display(small), size)
