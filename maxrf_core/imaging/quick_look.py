"""A small copy of a large JPEG photograph, without decoding all of it."""

import math
import os
from dataclasses import dataclass

import numpy as np
from PIL import Image

from maxrf_core.file_signatures import JPEG
from maxrf_core.imaging.colours import srgb_transform, to_srgb, upright
from maxrf_core.imaging.limits import check_pixels
from maxrf_core.imaging.pillow import open_picture
from maxrf_core.imaging.tiff_pages import ORIENTATION, TURNED

QUICK_PIXELS = 2_000_000  # of the copy
LARGE_PIXELS = 50_000_000  # of a photograph whose copy is worth making


@dataclass(frozen=True, eq=False)
class QuickLook:
    """A small copy of a photograph.

    Attributes
    ----------
    pixels : numpy.ndarray
        (rows, columns, 3) uint8, upright, in sRGB.
    size : (int, int)
        Width and height of the photograph itself.
    """

    pixels: np.ndarray
    size: tuple[int, int]


def quick_look(
    path: str | os.PathLike[str], max_pixels: int = QUICK_PIXELS, min_pixels: int = LARGE_PIXELS
) -> QuickLook | None:
    """Return a small copy of a baseline JPEG photograph, decoded from the means of its blocks.

    Parameters
    ----------
    path : path_like
    max_pixels : int
        Of the copy.
    min_pixels : int
        Of the photograph.

    Returns
    -------
    QuickLook or None
        None for any other file, and for a smaller photograph.

    Raises
    ------
    OSError
        If it is damaged or cut off.
    PictureError
        If it is too large.
    """
    with open(path, "rb") as file:
        if not file.read(len(JPEG)).startswith(JPEG):
            return None
        with open_picture(file) as image:
            width, height = image.size
            check_pixels(os.path.basename(path), width, height)
            share = math.sqrt(max_pixels / (width * height))
            if (
                image.mode not in ("L", "RGB")
                or image.info.get("progressive")
                or width * height < min_pixels
                or share >= 1
            ):
                return None
            size = max(1, int(share * width)), max(1, int(share * height))
            drafted = image.draft(image.mode, size)
            box = None if drafted is None else _exact_box(image.size, (width, height))
            pixels = np.array(image.convert("RGB").resize(size, Image.Resampling.BILINEAR, box))
            if image.mode == "RGB":
                to_srgb(pixels, srgb_transform(image.info.get("icc_profile")))
            orientation = image.getexif().get(ORIENTATION, 1)
            turned = (height, width) if orientation >= TURNED else (width, height)
            return QuickLook(np.ascontiguousarray(upright(pixels, orientation)), turned)


def _exact_box(small: tuple[int, int], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the part of the small picture that the photograph takes up: its last blocks reach beyond it."""
    times = round(size[0] / small[0])
    return 0, 0, size[0] / times, size[1] / times
