"""The orientation that a camera noted in a picture's file, and what it does to points.

Pictures are read upright. Another program may have shown the same file as its pixels are stored, and points
set there count from another corner.
"""

import os
from typing import Any

import numpy as np
import tifffile

from maxrf_core.imaging.pillow import open_picture
from maxrf_core.transform.coordinates import View

TAG = 0x0112  # of EXIF and TIFF
VIEWS = {  # how the stored pixels are turned to stand upright (Exif 2.32, 4.6.4 A)
    1: View(0),
    2: View(0, True),
    3: View(2),
    4: View(2, True),
    5: View(3, True),
    6: View(1),
    7: View(1, True),
    8: View(3),
}


def orientation_of(path: str | os.PathLike[str]) -> int:
    """Return the orientation that a picture's file notes, from 1 to 8; 1 where it notes none.

    Parameters
    ----------
    path : path
        Of a PNG, JPEG or TIFF file.

    Returns
    -------
    int
    """
    try:
        with open(path, "rb") as file, open_picture(file) as image:
            noted = image.getexif().get(TAG, 1)
    except Exception:  # Pillow knows no TIFF files of 16-bit colour, and raises nearly anything
        noted = _noted_in_tiff(path)
    return noted if noted in VIEWS else 1


def stored_shape(shape: tuple[int, ...], orientation: int) -> tuple[int, int]:
    """Return the height and width in which the pixels are stored, from those of the upright picture.

    Examples
    --------
    >>> stored_shape((4000, 3000, 3), 6)
    (3000, 4000)
    """
    width, height = VIEWS[orientation].shown_size(shape[1], shape[0])
    return height, width


def upright_points(points: Any, orientation: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return where points that were set on the stored pixels lie in the upright picture.

    Parameters
    ----------
    points : array_like, (n, 2)
        x, y in stored pixels.
    orientation : int
        From 1 to 8.
    shape : (height, width) or more
        Of the upright picture.

    Returns
    -------
    ndarray, (n, 2), float64

    Examples
    --------
    >>> upright_points([[0, 0]], 6, (4000, 3000))
    array([[2999.,    0.]])
    """
    height, width = stored_shape(shape, orientation)
    return VIEWS[orientation].points_to_shown(points, width, height)


def _noted_in_tiff(path: str | os.PathLike[str]) -> int:
    try:
        with tifffile.TiffFile(path) as file:
            tags: Any = file.pages[0]
            return int(tags.tags[TAG].value) if TAG in tags.tags else 1
    except Exception:  # of a file that is damaged, or none; reading its pixels tells
        return 1
