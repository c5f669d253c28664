"""Patches as ROIs of ImageJ and Fiji: one .roi file, or a .zip of them.

ImageJ counts from the outer corner of the top-left pixel, so that a pixel's centre lies at half numbers
(ij.gui.PolygonRoi, PolygonFiller); a ROI of several rings is a path of segments (ij.gui.ShapeRoi).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence

import numpy as np
from roifile import ROI_OPTIONS, ROI_TYPE, ImagejRoi

from maxrf_core.cube.polygons import pixels_inside
from maxrf_core.errors import PatchError
from maxrf_core.file_signatures import ZIP
from maxrf_core.language import _
from maxrf_core.patches.outlines import polygons_of
from maxrf_core.patches.patch import COLOUR, MAX_PATCHES, Patch, nearest_name, next_name_and_colour

UNSAFE = re.compile(r"[^\w -]")  # characters in a file's name
ROI_SIGNATURE = b"Iout"
CORNER = 0.5  # from a pixel's centre, where we count from, to its corner, where ImageJ does
OUTLINES = (ROI_TYPE.POLYGON, ROI_TYPE.FREEHAND, ROI_TYPE.TRACED)
MOVE, LINE, CLOSE = 0.0, 1.0, 4.0  # java.awt.geom.PathIterator
MAX_ROI_BYTES = 20_000_000
MAX_ZIP_BYTES = 100_000_000  # of all members, unpacked


def format_imagej(patches: Sequence[Patch]) -> bytes:
    """Return patches as a .zip of ROIs, as ImageJ's ROI Manager opens it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, patch in enumerate(patches):
            called = UNSAFE.sub("_", patch.name)
            archive.writestr(zipfile.ZipInfo(f"{number + 1:03} {called}.roi"), format_roi(patch))
    return written.getvalue()


def format_roi(patch: Patch) -> bytes:
    """Return a patch as a .roi file, from which exactly the same pixels are read."""
    rings = [ring for rings in polygons_of(patch.mask) for ring in rings]
    if len(patch.drawn) == 1 and _survives(patch.drawn[0], patch.mask):
        roi = ImagejRoi.frompoints((patch.drawn[0] + CORNER).astype(np.float32), name=patch.name)
        roi.roitype = ROI_TYPE.FREEHAND
    elif len(rings) == 1:
        roi = ImagejRoi.frompoints(np.rint(rings[0] + CORNER).astype(np.int64), name=patch.name)
        roi.roitype = ROI_TYPE.TRACED
    else:
        roi = _composite(rings, patch.name)
    roi.options &= ~(ROI_OPTIONS.OVERLAY_BACKGROUNDS | ROI_OPTIONS.OVERLAY_LABELS)
    roi.stroke_color = b"\xff" + bytes.fromhex(patch.colour[1:])
    return roi.tobytes()


def parse_imagej(content: bytes, shape: Sequence[int], called: str = "") -> list[Patch]:
    """Return the patches of a .roi file or a .zip of them.

    Parameters
    ----------
    content : bytes
    shape : (height, width) or more
        Of the scan; what exceeds it is cut off.
    called : str
        The file's name, for a ROI without one.

    Raises
    ------
    PatchError
        If it is none, or holds a ROI without an area.
    """
    members = _members(content) if content.startswith(ZIP) else [(called.removesuffix(".roi"), content)]
    patches: list[Patch] = []
    for name, data in members:
        patches.append(_patch(name, data, (shape[0], shape[1]), patches))
    if not patches:
        raise PatchError(_("it holds no ROI."))
    return patches


def _survives(ring: np.ndarray, mask: np.ndarray) -> bool:
    """Return True if a drawn ring holds the same pixels after it was rounded to ImageJ's numbers."""
    height, width = mask.shape
    rounded = (ring + CORNER).astype(np.float32).astype(np.float64) - CORNER
    near = np.abs(ring).max() < 2 * max(height, width)  # far outside, ImageJ's numbers of 16 bits end
    return bool(near and np.array_equal(pixels_inside([rounded], (height, width)), mask))


def _composite(rings: Sequence[np.ndarray], name: str) -> ImagejRoi:
    path: list[float] = []
    for ring in rings:
        (first, *others) = (ring + CORNER).tolist()
        path += [MOVE, *first]
        for corner in others:
            path += [LINE, *corner]
        path.append(CLOSE)
    corners = np.concatenate(rings) + CORNER
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    roi = ImagejRoi(name=name, roitype=ROI_TYPE.RECT, shape_roi_size=len(path))
    roi.left, roi.top, roi.right, roi.bottom = (int(edge) for edge in (left, top, right, bottom))
    roi.multi_coordinates = np.array(path, np.float32)
    return roi


def _members(content: bytes) -> list[tuple[str, bytes]]:
    """Return the names and contents of the ROIs in a zip."""
    found, size = [], 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = [info for info in archive.infolist() if info.filename.lower().endswith(".roi")]
            if len(listed) > MAX_PATCHES:
                raise PatchError(_("it holds more than {count} patches.").format(count=MAX_PATCHES))
            for info in listed:
                with archive.open(info) as member:
                    data = member.read(MAX_ROI_BYTES + 1)
                size += len(data)
                if len(data) > MAX_ROI_BYTES or size > MAX_ZIP_BYTES:
                    raise PatchError(_("its ROIs are too large."))
                found.append((info.filename.rpartition("/")[2][: -len(".roi")], data))
    except PatchError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise PatchError(_("it is a damaged zip, or an encrypted one.")) from error
    return found


def _patch(name: str, data: bytes, shape: tuple[int, int], others: Sequence[Patch]) -> Patch:
    try:
        roi = ImagejRoi.frombytes(data)
        name = nearest_name(roi.name or name)
        mask, drawn = _pixels(roi, name, shape)
    except PatchError:
        raise
    except (ValueError, TypeError, IndexError, OverflowError, RuntimeError, struct.error) as error:
        words = _("{name!r:.60} is a damaged ROI, or of a kind that is not known.")
        raise PatchError(words.format(name=name)) from error
    new_name, new_colour = next_name_and_colour(others)
    if not mask.any():
        words = _("{name} lies outside the scan, or holds no pixel's centre.")
        raise PatchError(words.format(name=name or new_name))
    colour = f"#{roi.stroke_color[1:].hex()}" if roi.stroke_color[:1] != b"\0" else ""
    return Patch(name or new_name, colour if COLOUR.fullmatch(colour) else new_colour, mask, drawn)


def _pixels(roi: ImagejRoi, name: str, shape: tuple[int, int]) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return the pixels of a ROI, and its outline where that was drawn."""
    if roi.roitype == ROI_TYPE.RECT and roi.multi_coordinates is not None:
        rings = [ring for ring in ImagejRoi.path2coords(roi.multi_coordinates) if len(ring) >= 3]
    elif roi.roitype in (ROI_TYPE.RECT, ROI_TYPE.OVAL) and not roi.rounded_rect_arc_size:
        left, top, right, bottom = _frame(roi)
        if roi.roitype == ROI_TYPE.OVAL:
            return _ellipse(left, top, right, bottom, shape), ()
        rings = [np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)]
    elif roi.roitype in OUTLINES:
        rings = [_corners(roi)]
    else:
        words = _("{name!r:.60} is a ROI without an area, or of a kind that is not known.")
        raise PatchError(words.format(name=name))
    drawn = tuple(np.asarray(ring, np.float64) - CORNER for ring in rings)
    if not drawn or any(len(ring) < 3 or not np.isfinite(ring).all() for ring in drawn):
        raise ValueError("no ring")
    return pixels_inside(drawn, shape), drawn


def _frame(roi: ImagejRoi) -> tuple[float, float, float, float]:
    if roi.subpixelrect:
        return roi.xd, roi.yd, roi.xd + roi.widthd, roi.yd + roi.heightd
    return roi.left, roi.top, roi.right, roi.bottom


def _corners(roi: ImagejRoi) -> np.ndarray:
    if roi.subpixel_coordinates is not None:
        return roi.subpixel_coordinates
    if roi.integer_coordinates is None:
        raise ValueError("no corners")
    return roi.integer_coordinates + np.array([roi.left, roi.top])


def _ellipse(left: float, top: float, right: float, bottom: float, shape: tuple[int, int]) -> np.ndarray:
    """Return the pixels whose centres lie in an ellipse, given by its frame as ImageJ counts."""
    if not np.isfinite([left, top, right, bottom]).all() or right <= left or bottom <= top:
        raise ValueError("no ellipse")
    x, y = np.arange(shape[1]) + CORNER, np.arange(shape[0]) + CORNER
    across = ((2 * x - left - right) / (right - left)) ** 2
    along = ((2 * y - top - bottom) / (bottom - top)) ** 2
    return np.asarray(across[np.newaxis] + along[:, np.newaxis] <= 1)
