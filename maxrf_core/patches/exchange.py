"""Files of patches: GeoJSON, and ROIs of ImageJ."""

import os
from collections.abc import Sequence
from pathlib import Path

from maxrf_core.atomic import changes as atomic
from maxrf_core.atomic.new_path import check_new_path
from maxrf_core.errors import PatchError
from maxrf_core.file_signatures import ZIP
from maxrf_core.language import _
from maxrf_core.patches.geojson import format_geojson, parse_geojson
from maxrf_core.patches.imagej import ROI_SIGNATURE, format_imagej, format_roi, parse_imagej
from maxrf_core.patches.patch import Patch

MAX_BYTES = 50_000_000
GEOJSON, ROI, ROIS = ".geojson", ".roi", ".zip"


def read_patches(path: str | os.PathLike[str], shape: Sequence[int]) -> list[Patch]:
    """Read patches from a file of any kind, recognised by its content.

    Parameters
    ----------
    path : path_like
        GeoJSON in map pixels, a ROI of ImageJ, or a zip of ROIs.
    shape : (height, width) or more
        Of the scan.

    Raises
    ------
    PatchError
        If the file cannot be read, or does not fit the scan.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        words = _("{name} cannot be read: {reason}.")
        raise PatchError(words.format(name=path.name, reason=error.strerror or error)) from error
    return patches_of(content, path.name, shape)


def patches_of(content: bytes, called: str, shape: Sequence[int]) -> list[Patch]:
    """Return the patches of a file's content; `called` names it in messages. See `read_patches`."""
    try:
        if len(content) > MAX_BYTES:
            raise PatchError(_("it is larger than {limit} MB.").format(limit=MAX_BYTES // 1_000_000))
        if content.startswith((ROI_SIGNATURE, ZIP)):
            return parse_imagej(content, shape, called)
        return parse_geojson(content, shape)
    except PatchError as error:
        words = _("{file:.80} cannot be taken: {reason}")
        raise PatchError(words.format(file=called, reason=error)) from error


def format_patches(patches: Sequence[Patch], shape: Sequence[int], kind: str) -> bytes:
    """Return patches as the content of a file.

    Parameters
    ----------
    patches : sequence of Patch
    shape : (height, width) or more
        Of the scan.
    kind : {".geojson", ".json", ".roi", ".zip"}

    Raises
    ------
    PatchError
        If there is none, the kind is another, or several are to be written to a .roi file.
    """
    if not patches:
        raise PatchError(_("There are no patches to be written."))
    if kind == ROIS:
        return format_imagej(patches)
    if kind == ROI and len(patches) == 1:
        return format_roi(patches[0])
    if kind == ROI:
        raise PatchError(_("A .roi file holds one patch: write several to a .zip file."))
    if kind not in (GEOJSON, ".json"):
        words = _("Patches are written to .geojson, .roi or .zip files, not {kind!r:.20}.")
        raise PatchError(words.format(kind=kind))
    return format_geojson(patches, shape).encode()


def write_patches(
    path: str | os.PathLike[str], patches: Sequence[Patch], shape: Sequence[int], *, overwrite: bool = False
) -> Path:
    """Write patches to a file of the kind that its ending tells; see `format_patches`.

    Raises
    ------
    PatchError
        As `format_patches`.
    DatastackError
        If the file exists or cannot be written.
    """
    path = Path(path)
    content = format_patches(patches, shape, path.suffix.lower())
    check_new_path(path, overwrite)
    with atomic.replacing(path) as temporary:
        temporary.write_bytes(content)
    return path
