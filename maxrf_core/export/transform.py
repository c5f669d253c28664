"""Export of a registration: its transform in files of other programs, and pictures that lie on the maps."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path, is_one_of
from maxrf_core.datastack.datastack import DataStack
from maxrf_core.errors import DatastackError, RegistrationError
from maxrf_core.export.scan import Exported
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.write import write_picture
from maxrf_core.language import _
from maxrf_core.registration.exchange.geotiff import tags_of_extent, tags_of_photo
from maxrf_core.registration.exchange.write import TRANSFORM_KINDS, write_transform
from maxrf_core.registration.frame_graph import FrameGraph
from maxrf_core.registration.frame_transform import frame_transform
from maxrf_core.registration.photo_transform import PhotoTransform, photo_transform
from maxrf_core.registration.placed_photo import placed_photo
from maxrf_core.registration.points_io import KINDS
from maxrf_core.registration.register import checksum
from maxrf_core.registration.stored import registered_photos

GEOTIFF = "geotiff"
EXPORTED_KINDS = (*TRANSFORM_KINDS, GEOTIFF, *(kind for kind in KINDS if kind != "json"))


def export_transform(
    ds: DataStack,
    path: str | os.PathLike[str],
    kind: str = "json",
    *,
    name: str | None = None,
    into: str | None = None,
    photo: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write the transform of a registered photograph in a format of another program.

    It leads to the element maps, or into any other frame.

    Parameters
    ----------
    ds : DataStack
    path : path_like
        Of the file to make.
    kind : str
        One of `EXPORTED_KINDS`: json, world-file, iiif, elastix, elastix-points, itk, geotiff, or a kind of
        points file.
    name : str, optional
        Of the registered picture, such as ``imvis_reg`` or ``imvis``; by default the only one there is.
    into : str, optional
        The frame into which it leads, see `FrameGraph.frame`: another registered photograph, whose grid then
        stands for the map in the file. `name` may be "map", too. Not for geotiff, see `render_onto`.
    photo : path_like, optional
        For geotiff: the photograph's file, of which a copy is written, placed by its points. Without it the
        registered picture is written, which lies exactly.
    overwrite : bool
        Replace a file that exists.

    Returns
    -------
    Exported
        With a note where the format does not hold the transform exactly.

    Raises
    ------
    RegistrationError
        If there is no such registration or kind, or `photo` is another photograph.
    DatastackError
        If the file exists or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from maxrf_core import ArrayScan, DataStack, convert, register
    >>> folder = Path(tempfile.mkdtemp())
    >>> ds = DataStack(convert(ArrayScan(np.ones((24, 20, 64), np.uint16)), folder / "scan.datastack"))
    >>> corners = np.array([[0, 0], [19, 0], [19, 23], [0, 23]])
    >>> result = register(np.ones((72, 60), np.uint8), (24, 20), 3 * corners, corners, model="affine")
    >>> stored = ds.append(result.arrays, result.attributes)
    >>> exported = export_transform(ds, folder / "photo.tfw", "world-file")
    >>> [round(float(line), 3) + 0.0 for line in exported.files[0].read_text().split()]
    [0.333, 0.0, 0.0, -0.333, 0.5, -0.5]
    """
    path = Path(path)
    check_new_path(path, overwrite)
    if is_one_of(path, [ds.path, *([photo] if photo is not None else [])]):
        raise DatastackError(_("{name} is read for this; choose another name.").format(name=path.name))
    if kind == GEOTIFF:
        if into is not None:
            words = _("A picture in another frame than that of the maps is written by render, not as {kind}.")
            raise RegistrationError(words.format(kind=kind))
        _write_geotiff(ds, path, name, photo)
        return Exported((path,))
    notes = []
    placed: PhotoTransform
    if into is None:
        placed = photo_transform(ds, name)
    else:
        start = _picture_name(ds, None) if name is None else name
        placed = frame_transform(FrameGraph(ds).path(start, into))
        notes.append(placed.note)
    written = write_transform(placed, kind)
    with atomic.replacing(path) as unfinished:
        unfinished.write_bytes(written.content)
    return Exported((path,), tuple(note for note in (written.note, *notes) if note))


def _write_geotiff(ds: DataStack, path: Path, name: str | None, photo: str | os.PathLike[str] | None) -> None:
    """Write a picture with tags that place it on the maps."""
    if path.suffix.lower() not in (".tif", ".tiff"):
        raise DatastackError(_("{name} should end in .tif.").format(name=path.name))
    if photo is not None:
        placed = photo_transform(ds, name)
        write_picture(path, _pixels_of(placed, Path(photo)), placed.photo_name, tags_of_photo(placed))
        return
    picture = placed_photo(ds, _picture_name(ds, name))
    pixels: Any = ds.read(picture.name, latest=False)
    write_picture(path, np.asarray(pixels), picture.name, tags_of_extent(picture.shape, picture.extent))


def _picture_name(ds: DataStack, name: str | None) -> str:
    """Return the exact name of a registered picture at its finest scale, or of the one that is asked for."""
    photos = registered_photos(ds)
    if name is not None and any(name in (photo.name, photo.small) for photo in photos):
        return next(photo.name for photo in photos if name in (photo.name, photo.small))
    found = [photo.name for photo in photos if name is None or photo.name.startswith(f"{name}_reg")]
    if not found or (name is None and len({each.rstrip("_") for each in found}) > 1):
        listed = ", ".join(photo.name for photo in photos) or "–"
        words = _("Name one of the registered photographs of {scan}: {listed}.")
        raise RegistrationError(words.format(scan=ds.path.name, listed=listed))
    return found[0]


def _pixels_of(placed: PhotoTransform, photo: Path) -> np.ndarray:
    """Read the photograph, and check that it is the one that was registered."""
    told, page = placed.attributes.get("photo_sha256"), placed.attributes.get("photo_page")
    pixels = read_picture(photo, page=None if page is None else int(page))
    if pixels.shape[:2] != tuple(placed.photo_shape[:2]) or (told and checksum(photo) != told):
        raise RegistrationError(
            _("{name} is another file than the photograph that was registered, {photo}.").format(
                name=photo.name, photo=placed.photo_name
            )
        )
    return pixels
