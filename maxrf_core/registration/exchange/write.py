"""Writing of the transform of a photograph for other programs."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from maxrf_core.errors import RegistrationError
from maxrf_core.language import _, marked
from maxrf_core.registration.exchange.elastix_text import format_elastix, format_elastix_points
from maxrf_core.registration.exchange.iiif import georeference_annotation
from maxrf_core.registration.exchange.itk_text import format_itk
from maxrf_core.registration.exchange.read import FIXED_POINTS, MOVING_POINTS
from maxrf_core.registration.exchange.transform_json import as_json
from maxrf_core.registration.exchange.world_file import format_world_file
from maxrf_core.registration.photo_transform import ROUNDING, PhotoTransform
from maxrf_core.registration.points_io import KINDS, write_points

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time in a .zip, so that the same points give the same bytes


@dataclass(frozen=True)
class WrittenTransform:
    """The content of a file with a transform.

    Attributes
    ----------
    content : bytes
    note : str
        A sentence if the format does not hold the transform exactly, else empty.
    """

    content: bytes
    note: str = ""


@dataclass(frozen=True)
class TransformKind:
    """A format in which the transform of a photograph can be written.

    Attributes
    ----------
    title : str
        As on screen.
    ending : str
        Of its files.
    write : callable
        Makes the file.
    """

    title: str
    ending: str
    write: Callable[[PhotoTransform], WrittenTransform]


def write_transform(placed: PhotoTransform, kind: str) -> WrittenTransform:
    """Write a transform, or the points that it was fitted to, for another program.

    Parameters
    ----------
    placed : PhotoTransform
    kind : str
        One of `TRANSFORM_KINDS`, or a kind of points file: qgis, bigwarp or butterfly.

    Returns
    -------
    WrittenTransform

    Raises
    ------
    RegistrationError
        If there is no such kind.

    Examples
    --------
    >>> import numpy as np
    >>> corners = np.array([[0.0, 0], [80, 0], [80, 60], [0, 60]])
    >>> placed = PhotoTransform.of_points(corners, corners / 4, "affine", (61, 81), (16, 21))
    >>> print(write_transform(placed, "itk").content.decode().splitlines()[-3])
    Transform: AffineTransform_double_2_2
    """
    if kind in TRANSFORM_KINDS:
        return TRANSFORM_KINDS[kind].write(placed)
    if kind not in KINDS:
        raise RegistrationError(
            _("There is no kind {kind!r:.40} of transform; there are {listed}.").format(
                kind=kind, listed=", ".join([*TRANSFORM_KINDS, *(name for name in KINDS if name != "json")])
            )
        )
    text = write_points(
        placed.src,
        placed.dst,
        kind,
        photo_shape=placed.photo_shape,
        map_shape=placed.map_shape,
        photo_name=placed.photo_name,
        map_name=placed.map_name,
    )
    return WrittenTransform(text.encode())


def _json(placed: PhotoTransform) -> WrittenTransform:
    text = write_points(
        placed.src,
        placed.dst,
        "json",
        photo_shape=placed.photo_shape,
        map_shape=placed.map_shape,
        about=as_json(placed),
    )
    return WrittenTransform((text + "\n").encode())


def _world_file(placed: PhotoTransform) -> WrittenTransform:
    text, departure = format_world_file(placed)
    if not departure:
        return WrittenTransform(text.encode())
    if placed.is_onto_maps:
        note = _(
            "A world file holds an affine transform only; of this one it holds the nearest, which is off by "
            "up to {departure:.2g} map pixels. The registered picture as GeoTIFF lies exactly."
        )
    else:
        note = _(
            "A world file holds an affine transform only; of this one it holds the nearest, which is off by "
            "up to {departure:.2g} pixels of {name}."
        )
    return WrittenTransform(text.encode(), note.format(departure=departure, name=placed.map_name))


def _itk(placed: PhotoTransform) -> WrittenTransform:
    text, departure = format_itk(placed)
    return WrittenTransform(text.encode(), _spline_note("ITK", departure))


def _elastix(placed: PhotoTransform) -> WrittenTransform:
    text, departure = format_elastix(placed)
    return WrittenTransform(text.encode(), _spline_note("elastix", departure))


def _elastix_points(placed: PhotoTransform) -> WrittenTransform:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, points in ((FIXED_POINTS, placed.dst), (MOVING_POINTS, placed.src)):
            member = zipfile.ZipInfo(name, LONG_AGO)
            archive.writestr(member, format_elastix_points(points))
    return WrittenTransform(file.getvalue())


def _iiif(placed: PhotoTransform) -> WrittenTransform:
    annotation, departure = georeference_annotation(placed)
    if placed.is_onto_maps:
        note = _(
            "IIIF wants longitude and latitude: the map is laid at 0° 0°, as the annotation says. Put the "
            "address of the photograph's IIIF image in the place of its target's source."
        )
    else:
        note = _(
            "IIIF wants longitude and latitude: {end} is laid at 0° 0°, as the annotation says. Put the "
            "address of the IIIF image of {start} in the place of its target's source."
        ).format(end=placed.map_name, start=placed.photo_name)
    content = json.dumps(annotation, ensure_ascii=False, indent=1) + "\n"
    return WrittenTransform(content.encode(), " ".join([note, _spline_note("IIIF", departure)]).strip())


def _spline_note(program: str, departure: float) -> str:
    """Return a sentence if a spline stands for the transform and departs from it by more than rounding."""
    if departure <= ROUNDING:
        return ""
    return _(
        "{program} has no such transform; a spline is written in its place, which is off by up to "
        "{departure:.2g} photograph pixels."
    ).format(program=program, departure=departure)


TRANSFORM_KINDS = {
    "json": TransformKind("JSON", ".json", _json),
    "world-file": TransformKind(marked("World file"), ".wld", _world_file),
    "iiif": TransformKind("IIIF", ".iiif.json", _iiif),
    "elastix": TransformKind("elastix", ".txt", _elastix),
    "elastix-points": TransformKind(marked("elastix points"), ".zip", _elastix_points),
    "itk": TransformKind("ITK", ".tfm", _itk),
}
