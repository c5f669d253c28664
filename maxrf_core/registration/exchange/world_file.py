"""World files: six numbers that place a picture (.tfw, .jgw, .pgw).

They lead from the centres of a photograph's pixels to a plane in which y runs up. That plane is the one in
which QGIS shows the element maps, images without coordinates: from (0, −height) to (width, 0), so that the
centre of a map's first pixel lies at (0.5, −0.5). A world file is always affine.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _
from maxrf_core.registration.exchange.control_pairs import of_transform
from maxrf_core.registration.photo_transform import PhotoTransform
from maxrf_core.registration.points_formats import ParsedPoints, Shape
from maxrf_core.transform.homography import Homography
from maxrf_core.written_numbers import read_number

TO_PLANE = Homography(np.array([[1.0, 0, 0.5], [0, -1, -0.5], [0, 0, 1]]))  # from map pixels
ENDINGS = {".jpg": ".jgw", ".jpeg": ".jgw", ".png": ".pgw", ".tif": ".tfw", ".tiff": ".tfw"}
ORDER = ((0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2))  # of the elements of the matrix in the lines


def world_ending(photo_name: str) -> str:
    """Return the ending of the world file of a photograph.

    Examples
    --------
    >>> world_ending("panel.JPG"), world_ending("panel.webp")
    ('.jgw', '.wld')
    """
    return ENDINGS.get(Path(photo_name).suffix.lower(), ".wld")


def format_world_file(placed: PhotoTransform) -> tuple[str, float]:
    """Write the world file of a photograph.

    Parameters
    ----------
    placed : PhotoTransform

    Returns
    -------
    (str, float)
        The text, and by how many map pixels it departs from the transform at most: of a perspective only
        the nearest affine transform can be written.

    Examples
    --------
    A photograph of four times the map's pixels: the centre of its first pixel is at −0.375 on the map.

    >>> corners = np.array([[-0.5, -0.5], [79.5, -0.5], [79.5, 59.5], [-0.5, 59.5]])
    >>> placed = PhotoTransform.of_points(corners, (corners + 0.5) / 4 - 0.5, "affine", (60, 80), (15, 20))
    >>> [round(float(line), 9) + 0.0 for line in format_world_file(placed)[0].split()]
    [0.25, 0.0, 0.0, -0.25, 0.125, -0.125]
    """
    fitted, departure = placed.affine_part()
    matrix = (TO_PLANE @ fitted).matrix
    text = "".join(f"{float(matrix[place])!r}\n" for place in ORDER)
    return text, 0.0 if placed.is_affine else departure


def is_world_file(lines: Sequence[str]) -> bool:
    """Return True for six lines of one number each."""
    try:
        return len(lines) == len(ORDER) and all(np.isfinite(read_number(line)) for line in lines)
    except ValueError:
        return False


def parse_world_file(text: str, photo_shape: Shape | None, map_shape: Shape | None) -> ParsedPoints:
    """Read a world file that places a photograph on an element map in QGIS.

    Parameters
    ----------
    text : str
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand; they are not in the file.

    Returns
    -------
    ParsedPoints
        Four control pairs.

    Raises
    ------
    RegistrationError
        If the photograph does not lie on the map.
    """
    matrix = np.eye(3)
    for place, line in zip(ORDER, text.split(), strict=True):
        matrix[place] = read_number(line)
    if np.linalg.det(matrix) == 0:
        raise RegistrationError(_("it makes a line of the photograph."))
    return of_transform(TO_PLANE.inverse() @ Homography(matrix), photo_shape, map_shape, {})
