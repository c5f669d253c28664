"""EXIF orientation of picture files, and conversion of points set on the stored pixels.

Pictures are read upright. Other programs may show the pixels as they are stored, so that points set there
have another origin.
"""

import os
from typing import Any

import numpy as np

from maxrf_core.file_signatures import TIFF
from maxrf_core.imaging.pillow import open_picture
from maxrf_core.imaging.read_tiff import tiff_orientation
from maxrf_core.imaging.tiff_pages import ORIENTATION
from maxrf_core.transform.coordinates import View

VIEWS = {  # from the stored pixels to the upright picture (Exif 2.32, 4.6.4 A)
    1: View(0),
    2: View(0, True),
    3: View(2),
    4: View(2, True),
    5: View(3, True),
    6: View(1),
    7: View(1, True),
    8: View(3),
}


def orientation_of(path: str | os.PathLike[str], page: int | None = None) -> int:
    """Return the orientation stored in a picture file, from 1 to 8; 1 if there is none.

    Parameters
    ----------
    path : path
        Of a picture file; of several pages of a TIFF file that counts which is read as the picture.
    page : int, optional
        As in `maxrf_core.read_picture`.

    Returns
    -------
    int
    """
    try:
        with open(path, "rb") as file:
            is_tiff = file.read(4).startswith(TIFF)
            file.seek(0)
            if is_tiff:
                noted = tiff_orientation(file, os.fspath(path), page)
            else:
                with open_picture(file) as image:
                    noted = image.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged or not a picture; reading its pixels gives the reason
        return 1
    return noted if noted in VIEWS else 1


def stored_shape(shape: tuple[int, ...], orientation: int) -> tuple[int, int]:
    """Return the height and width of the stored pixels from those of the upright picture.

    Examples
    --------
    >>> stored_shape((4000, 3000, 3), 6)
    (3000, 4000)
    """
    width, height = VIEWS[orientation].shown_size(shape[1], shape[0])
    return height, width


def upright_points(points: Any, orientation: int, shape: tuple[int, ...]) -> np.ndarray:
    """Convert points set on the stored pixels to the upright picture.

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
