"""What is kept of a photograph that was laid over the maps, and of the points that it was laid by?

The parts that it is made of are offered here too: coordinates, the homography, and warping.
"""

import datetime
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.coordinates import (
    displayed_to_image,
    image_extent,
    image_to_displayed,
    latlon_to_xy,
    rescale_points,
    xy_to_latlon,
)
from maxrf_core.errors import RegistrationError
from maxrf_core.naming import check_name
from maxrf_core.pairs import as_points
from maxrf_core.perspective import Homography, homography, residuals, scale_of
from maxrf_core.version import SOFTWARE
from maxrf_core.warping import enlarged_shape, warp, warp_onto

__all__ = [
    "Homography",
    "Registration",
    "checksum",
    "displayed_to_image",
    "homography",
    "image_extent",
    "image_to_displayed",
    "latlon_to_xy",
    "load_points",
    "register",
    "rescale_points",
    "residuals",
    "save_points",
    "scale_of",
    "warp",
    "xy_to_latlon",
]

SOURCE_KEY, DESTINATION_KEY = "src_points", "dst_points"


@dataclass(frozen=True, eq=False)
class Registration:
    """A registered photograph, ready to be appended to a datastack.

    Attributes
    ----------
    arrays : dict of str to ndarray
        ``{name}_reg`` (map height, map width[, channels]) at map scale; ``{name}_reg_highres`` at the
        photograph's scale, both of the photograph's dtype and 0 where it does not reach; ``{name}_extent``
        (4,) float64; ``{name}_points`` (n, 2, 2) float64, for each pair source x, y and destination x, y.
    attributes : dict of str to dict
        For each array what tells where it comes from: plain numbers, strings and lists.
    homography : Homography
        From photograph to map.
    """

    arrays: dict[str, np.ndarray]
    attributes: dict[str, dict[str, Any]]
    homography: Homography


def register(
    photo: Any,
    map_shape: Sequence[int],
    src: Any,
    dst: Any,
    name: str = "imvis",
    *,
    photo_name: str | None = None,
    photo_sha256: str | None = None,
) -> Registration:
    """Warp a photograph onto the maps at both scales and note how it was done.

    Parameters
    ----------
    photo : array_like, (height, width) or (height, width, channels)
    map_shape : (height, width) or more
        Shape of the maps or the cube.
    src, dst : array_like, (n, 2)
        Four or more matching points x, y, in the photograph and on the map.
    name : str
        First part of the arrays' names.
    photo_name, photo_sha256 : str, optional
        File name and SHA-256 of the photograph, to be noted in the attributes.

    Returns
    -------
    Registration

    Raises
    ------
    RegistrationError
        Where no sensible transform follows from the points, see `homography`, or the result were too large.
    PictureError
        Where `photo` is no image.
    DatastackError
        Where `name` cannot name arrays.

    Examples
    --------
    >>> photo = np.full((80, 60, 3), 200, dtype=np.uint8)
    >>> src, dst = [[0, 0], [59, 0], [0, 79], [59, 79]], [[2, 2], [17, 2], [2, 21], [17, 21]]
    >>> result = register(photo, (24, 20), src, dst)
    >>> for name, array in result.arrays.items():
    ...     print(name, array.shape)
    imvis_reg (24, 20, 3)
    imvis_reg_highres (97, 81, 3)
    imvis_extent (4,)
    imvis_points (4, 2, 2)
    """
    check_name(f"{name}_reg_highres")  # before the long work
    photo = np.asarray(photo)
    height, width = (int(length) for length in map_shape[:2])
    transform = homography(src, dst)
    large, _ = warp_onto(photo, transform, (height, width), enlarged_shape(transform, (height, width)))
    small, _ = warp_onto(photo, transform, (height, width), (height, width))
    points = np.stack([as_points(src, "in the photograph"), as_points(dst, "on the map")], axis=1)
    arrays = {
        f"{name}_reg": small,
        f"{name}_reg_highres": large,
        f"{name}_extent": np.array(image_extent(height, width)),
        f"{name}_points": points,
    }
    origin = _origin(photo, photo_name, photo_sha256)
    how: dict[str, Any] = {
        **origin,
        "map_shape": [height, width],
        "homography": np.asarray(transform).tolist(),
        "residuals": residuals(transform, points[:, 0], points[:, 1]).tolist(),
        "scale": scale_of(transform, (height, width)),
        "pixel_convention": "x, y; the centre of the top-left pixel is 0, 0",
    }
    attributes = {array: dict(origin) for array in arrays} | {f"{name}_points": how}
    return Registration(arrays, attributes, transform)


def checksum(path: str | os.PathLike[str]) -> str:
    """Give the SHA-256 of a file in hexadecimal digits, read piece by piece."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_points(path_or_text: str | bytes | os.PathLike[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read matching points from a JSON file, or from its text.

    Parameters
    ----------
    path_or_text : path, str or bytes
        A path, or text such as ``{"src_points": [[x, y], …], "dst_points": [[x, y], …]}``. Other keys are
        ignored.

    Returns
    -------
    src, dst : tuple of ndarray, (n, 2), float64

    Raises
    ------
    RegistrationError
        Where the file cannot be read, is no such JSON, or does not hold as many points for both images.

    Examples
    --------
    >>> src, dst = load_points('{"src_points": [[1, 2]], "dst_points": [[3, 4.5]]}')
    >>> dst
    array([[3. , 4.5]])
    """
    text, name = _text_of(path_or_text)
    shape = f'{{"{SOURCE_KEY}": [[x, y], …], "{DESTINATION_KEY}": [[x, y], …]}}'
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RegistrationError(f"{name} is no JSON text; it should read {shape}.") from error
    if not isinstance(content, dict) or not {SOURCE_KEY, DESTINATION_KEY} <= content.keys():
        raise RegistrationError(f"{name} does not hold the points; it should read {shape}.")
    try:
        src = as_points(content[SOURCE_KEY], f"under {SOURCE_KEY}")
        dst = as_points(content[DESTINATION_KEY], f"under {DESTINATION_KEY}")
    except RegistrationError as error:
        raise RegistrationError(f"{name}: {error}") from error
    if len(src) != len(dst):
        raise RegistrationError(
            f"{name} holds {len(src)} source points but {len(dst)} destination points; they do not match."
        )
    return src, dst


def save_points(src: Any, dst: Any) -> str:
    """Write matching points as JSON text that `load_points` reads back exactly.

    Parameters
    ----------
    src, dst : array_like, (n, 2)

    Returns
    -------
    str

    Raises
    ------
    RegistrationError
        Where they are no pairs of finite numbers, or not as many in both.

    Examples
    --------
    >>> print(save_points([[1, 2]], [[3, 4.5]]))
    {"src_points": [[1.0, 2.0]], "dst_points": [[3.0, 4.5]]}
    """
    source, destination = as_points(src, "in the photograph"), as_points(dst, "on the map")
    if len(source) != len(destination):
        raise RegistrationError(
            f"{len(source)} source points and {len(destination)} destination points do not match."
        )
    return json.dumps({SOURCE_KEY: source.tolist(), DESTINATION_KEY: destination.tolist()})


def _origin(photo: np.ndarray, photo_name: str | None, photo_sha256: str | None) -> dict[str, Any]:
    """Note where the registered arrays come from."""
    origin: dict[str, Any] = {
        "photo_shape": list(photo.shape),
        "software": SOFTWARE,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    if photo_name:
        origin["photo"] = photo_name
    if photo_sha256:
        origin["photo_sha256"] = photo_sha256
    return origin


def _text_of(path_or_text: str | bytes | os.PathLike[str]) -> tuple[str | bytes, str]:
    """Give the text and what to call it in a message."""
    if isinstance(path_or_text, bytes) or (
        isinstance(path_or_text, str) and path_or_text.lstrip().startswith(("{", "["))
    ):
        return path_or_text, "The text of the points"
    path = Path(path_or_text)
    try:
        return path.read_bytes(), path.name
    except FileNotFoundError:
        raise RegistrationError(f"There is no points file {path.name}.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise RegistrationError(f"The points file {path.name or path} cannot be read ({reason}).") from error
