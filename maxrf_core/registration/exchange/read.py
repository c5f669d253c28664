"""Reading of transforms of a photograph as pairs of points, recognised by the content of their file."""

import io
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _, marked
from maxrf_core.registration.exchange.elastix_text import parse_elastix, parse_elastix_points
from maxrf_core.registration.exchange.iiif import is_annotation, parse_annotation
from maxrf_core.registration.exchange.itk_text import ITK_HEADER, parse_itk
from maxrf_core.registration.exchange.transform_json import TO_MAP, TO_PHOTO, pairs_of_json
from maxrf_core.registration.exchange.world_file import is_world_file, parse_world_file
from maxrf_core.registration.points_formats import ParsedPoints, Shape
from maxrf_core.transform.models import affine
from maxrf_core.transform.plane_transform import view_of

TITLES = {
    "itk": "ITK",
    "elastix": "elastix",
    "elastix-points": "elastix",
    "world-file": marked("World file"),
    "geotiff": "GeoTIFF",
    "iiif": "IIIF",
    "json": "JSON",
}
TEXT_PARSERS: dict[str, Callable[[str, Shape | None, Shape | None], ParsedPoints]] = {
    "itk": parse_itk,
    "elastix": parse_elastix,
    "world-file": parse_world_file,
}
FIXED_POINTS, MOVING_POINTS = "fixed_points.txt", "moving_points.txt"  # of elastix, in one .zip
MAX_MEMBER = 10_000_000  # bytes


def detect_transform(text: str) -> str | None:
    """Return the kind of a text that holds a transform.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        itk, elastix or world-file; None for any other text.

    Examples
    --------
    >>> detect_transform("0.25\\n0\\n0\\n-0.25\\n0.125\\n-0.125\\n"), detect_transform("1\\n2\\n")
    ('world-file', None)
    """
    lines = [line.strip() for line in text[:10_000].splitlines() if line.strip()]
    if not lines:
        return None
    if lines[0].startswith(ITK_HEADER[:24]):
        return "itk"
    if any(line.startswith(("(Transform ", "(TransformParameters ")) for line in lines):
        return "elastix"
    return "world-file" if is_world_file(lines) else None


def parse_transform(kind: str, text: str, photo_shape: Shape | None, map_shape: Shape | None) -> ParsedPoints:
    """Read a text of a kind that `detect_transform` returned.

    Returns
    -------
    ParsedPoints

    Raises
    ------
    RegistrationError
        If it does not hold a transform that can be used.
    """
    return TEXT_PARSERS[kind](text, photo_shape, map_shape)


def parse_json_transform(
    found: Any, photo_shape: Shape | None, map_shape: Shape | None
) -> tuple[str, ParsedPoints] | None:
    """Read a transform from JSON that holds no points.

    Parameters
    ----------
    found : object
        From JSON.
    photo_shape, map_shape : (height, width) or more, or None
        Of the pictures at hand.

    Returns
    -------
    (str, ParsedPoints) or None
        The kind, iiif or json, and the pairs; None if it holds no transform.

    Raises
    ------
    RegistrationError
        If the transform cannot be used.
    """
    if is_annotation(found):
        return "iiif", parse_annotation(found, photo_shape, map_shape)
    if isinstance(found, dict) and (TO_MAP in found or TO_PHOTO in found):
        return "json", pairs_of_json(found, photo_shape, map_shape)
    return None


def holds_elastix_points(source: bytes | os.PathLike[str]) -> bool:
    """Return True for a .zip file with elastix's points, which is no datastack."""
    try:
        with zipfile.ZipFile(_opened(source)) as archive:
            return FIXED_POINTS in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False


def _opened(source: bytes | os.PathLike[str]) -> Any:
    return io.BytesIO(source) if isinstance(source, bytes) else source


def parse_elastix_zip(source: bytes | os.PathLike[str]) -> ParsedPoints:
    """Read elastix's points of both images from one .zip file.

    Parameters
    ----------
    source : bytes or path

    Returns
    -------
    ParsedPoints

    Raises
    ------
    RegistrationError
        If the file is damaged, or does not hold equally many points for both images.
    """
    texts = []
    try:
        with zipfile.ZipFile(_opened(source)) as archive:
            for name in (MOVING_POINTS, FIXED_POINTS):
                with archive.open(name) as member:
                    texts.append(member.read(MAX_MEMBER))
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, OSError, EOFError, ValueError):
        raise RegistrationError(
            _("it does not hold {one} and {other}.").format(one=MOVING_POINTS, other=FIXED_POINTS)
        ) from None
    src, dst = (parse_elastix_points(text.decode("utf-8-sig", errors="replace")) for text in texts)
    if len(src) != len(dst):
        raise RegistrationError(_("it has another number of points in each image."))
    return ParsedPoints(src, dst)


def view_told(parsed: ParsedPoints, map_shape: Shape | None) -> Mapping[str, Any]:
    """Return whether the pairs of a transform mirror the photograph, and how they turn it.

    Parameters
    ----------
    parsed : ParsedPoints
    map_shape : (height, width) or more, or None

    Returns
    -------
    mapping
        ``mirrored`` and ``turned``, as in files of points; empty if the pairs do not tell.
    """
    if len(parsed.src) < 3 or map_shape is None:
        return {}
    linear = np.linalg.lstsq(parsed.src - parsed.src.mean(axis=0), parsed.dst, rcond=None)[0]
    try:
        view = view_of(affine(parsed.src, parsed.dst, bool(np.linalg.det(linear) < 0)), map_shape)
    except RegistrationError:
        return {}
    return {"mirrored": view.mirrored, "turned": 90 * view.turns}
