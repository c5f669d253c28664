"""Reading of pictures of all formats that are declared, in their own depth and upright."""

import io
import os
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import Image, ImageCms

from maxrf_core.errors import MaxrfError, PictureError
from maxrf_core.file_signatures import JPEG, PNG, TIFF
from maxrf_core.imaging.colours import (
    STRIP,
    contiguous,
    decode_onto_array,
    decode_with_opencv,
    path_of,
    profile_notes,
    srgb_transform,
    swap_red_and_blue,
    to_srgb,
    upright,
)
from maxrf_core.imaging.deep_profile import deep_to_srgb
from maxrf_core.imaging.limits import check_memory, check_pixels, max_pixels_text
from maxrf_core.imaging.picture_formats import (
    AVIF,
    HEIC,
    JPEG2000,
    PSD,
    START,
    PictureFormat,
    other_kind,
    picture_format,
    pictures_in_words,
)
from maxrf_core.imaging.pillow import open_picture
from maxrf_core.imaging.quick_look import QuickLook
from maxrf_core.imaging.read_heif import BYTE, bits_of_heif, note_of_deep_avif, read_deep_heif
from maxrf_core.imaging.read_jpeg import array_shape, read_jpeg
from maxrf_core.imaging.read_jpeg2000 import read_deep_jpeg2000, read_jpeg2000_header
from maxrf_core.imaging.read_psd import read_psd
from maxrf_core.imaging.read_tiff import read_tiff
from maxrf_core.imaging.tiff_pages import ORIENTATION, pages_in
from maxrf_core.language import _
from maxrf_core.large_array import MIN_BYTES, large_array, let_go

MAX_FILE_BYTES = 4_000_000_000
PNG_DEPTH = 24  # offset of the bits per channel in a PNG file
BYTES_IN_PILLOW = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2}  # per pixel; 4 in all other modes


Source = str | os.PathLike[str] | bytes | BinaryIO


def read_picture(source: Source, name: str | None = None, page: int | None = None) -> np.ndarray:
    """Read a photograph or a map from a picture file, see `maxrf_core.imaging.picture_formats`.

    Parameters
    ----------
    source : path, bytes or binary file
        A file is read from its beginning.
    name : str, optional
        Name of the picture in messages; by default the file's name.
    page : int, optional
        Number of the page of a TIFF file, from 1, see `maxrf_core.imaging.tiff_pages.picture_pages`.

    Returns
    -------
    ndarray, (height, width), (height, width, 3) or (height, width, 4)
        Grey, RGB or RGBA; uint8, uint16, or float32 for TIFF files of any other numbers. Palettes and CMYK
        become RGB. Colours that come with an ICC profile become sRGB, of 16 bits if the profile has
        primaries and curves; grey and float pixels keep their values. The orientation tag of a camera is
        applied. Of several pages of a TIFF file the (first) largest is read; if it has more than 210 million
        pixels, a smaller version of it in the same file. Three pages that ImageJ stored as red, green and
        blue are one colour picture. An extra sample of a TIFF file is opacity only if the file declares it.
        The pixels of a large picture lie in a temporary file, see `maxrf_core.large_array`.

    Raises
    ------
    PictureError
        If the file does not exist, is empty, too large, damaged, or not such a picture.
    """
    return read_with_notes(source, name, page)[0]


def read_with_notes(
    source: Source, name: str | None = None, page: int | None = None
) -> tuple[np.ndarray, list[str]]:
    """Read a picture as `read_picture` does, with notes on what was ignored or chosen.

    Returns
    -------
    pixels : ndarray
    notes : list of str
        Sentences on a colour profile that is not applied, or a smaller version that is used instead.
    """
    pixels, notes = _opened(source, name, _Wanted(page=page))
    return contiguous(pixels), notes


def read_smaller(source: Source, min_pixels: int, page: int | None = None) -> np.ndarray:
    """Read the smallest version of a picture in a TIFF file that has at least so many pixels.

    Raises
    ------
    PictureError
        As by `read_picture`.
    """
    return contiguous(_opened(source, None, _Wanted(page=page, min_pixels=min_pixels))[0])


def check_picture(source: Source, name: str | None = None) -> QuickLook | None:
    """Check that a picture can be read, each page that can be chosen, with the same decoders and less memory.

    Parameters
    ----------
    source, name
        As in `read_picture`.

    Returns
    -------
    QuickLook or None
        The small copy of a large photograph that was decoded on the way.

    Raises
    ------
    PictureError
        If `read_picture` would raise it.
    """
    wanted = _Wanted(keep=False)
    _opened(source, name, wanted)
    return wanted.looked


@dataclass
class _Wanted:
    """What is to be read of a file, and the small copy that was decoded on the way.

    If it is not kept, what is returned is only part of it. `page` and `min_pixels` as in `read_tiff`.
    """

    keep: bool = True
    page: int | None = None
    min_pixels: int = 0
    looked: QuickLook | None = None


def _opened(source: Source, name: str | None, wanted: _Wanted) -> tuple[np.ndarray, list[str]]:
    if isinstance(source, bytes | bytearray | memoryview):
        return _read(io.BytesIO(source), name or _("The picture"), wanted)
    if not isinstance(source, str | os.PathLike):
        return _read(source, name or _own_name(source), wanted)
    path = Path(source)
    try:
        with open(path, "rb") as file:
            return _read(file, name or path.name, wanted)
    except FileNotFoundError:
        raise PictureError(_("There is no picture {name}.").format(name=path.name)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, PictureError):
            raise
        reason = error.strerror if isinstance(error, OSError) else error
        raise PictureError(
            _("The picture {name} cannot be opened ({reason}).").format(name=path.name or path, reason=reason)
        ) from error


def check_kind(start: bytes, name: str) -> None:
    """Check by its first bytes that a file is a picture that can be read.

    Raises
    ------
    PictureError
        If it is not.
    """
    if not start:
        raise PictureError(_("{name} is empty; choose a picture.").format(name=name))
    sentence = other_kind(start)
    if sentence:
        raise PictureError(_(sentence).format(name=name))
    if picture_format(start) is None:
        raise PictureError(
            _("{name} is no picture that can be read here; save it as {known}.").format(
                name=name, known=pictures_in_words()
            )
        )


def _own_name(file: Any) -> str:
    own = getattr(file, "name", None)
    return Path(own).name if isinstance(own, str) else _("The picture")


def _read(file: BinaryIO, name: str, wanted: _Wanted) -> tuple[np.ndarray, list[str]]:
    if not file.seekable():
        file = io.BytesIO(file.read(MAX_FILE_BYTES + 1))
    stored = file.seek(0, os.SEEK_END)
    if stored > MAX_FILE_BYTES:
        raise PictureError(
            _("{name} is larger than {max_file_bytes:.0f} GB; save a smaller copy of it.").format(
                name=name, max_file_bytes=MAX_FILE_BYTES / 1e9
            )
        )
    file.seek(0)
    start = file.read(START)
    check_kind(start, name)
    file.seek(0)
    try:
        for each in [] if wanted.keep else pages_in(file):
            if not each.is_default:  # which is decoded below
                _decode(file, start, stored, name, replace(wanted, page=each.number))
        pixels, notes = _decode(file, start, stored, name, wanted)
    except MaxrfError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise PictureError(
            _("{name} is too large to be read here (limit {max_pixels_text}); save a smaller copy.").format(
                name=name, max_pixels_text=max_pixels_text()
            )
        ) from error
    except Exception as error:  # decoders raise nearly anything on damaged files
        message = (
            f"{name} is damaged, cut off, or saved in a way that cannot be read here; save it again as PNG."
        )
        raise PictureError(message) from error
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,), (4,)) or pixels.size == 0:
        raise PictureError(
            _("{name} is neither grey nor RGB nor RGBA: its shape is {shape}.").format(
                name=name, shape=pixels.shape
            )
        )
    return pixels, notes


def _decode(
    file: BinaryIO, start: bytes, stored: int, name: str, wanted: _Wanted
) -> tuple[np.ndarray, list[str]]:
    page, notes, keep = 0, list[str](), wanted.keep
    if start.startswith(TIFF):
        file.seek(0)
        pixels, page, notes = read_tiff(file, name, stored, keep, wanted.page, wanted.min_pixels)
        if pixels is not None:
            return pixels, notes
        file.seek(0)
    if start.startswith(PSD):
        return read_psd(file, name, keep)
    with open_picture(file) as image:
        if page:
            image.seek(page)
        check_pixels(name, image.width, image.height)
        if start.startswith(JPEG2000):
            return _from_jpeg2000(file, image, name, stored, keep)
        form = picture_format(start)
        pixels, more = _in_own_depth(file, image, start, form, name, wanted, stored)
        if pixels is None:
            per_sample = 0 if form is None else form.decoder_bytes
            pixels = _from_pillow(image, name, keep, per_sample * image.width * image.height)
        # of a TIFF file Pillow has applied and removed the orientation
        return upright(pixels, image.getexif().get(ORIENTATION, 1)), [*notes, *more]


def _in_own_depth(
    file: BinaryIO,
    image: Image.Image,
    start: bytes,
    form: PictureFormat | None,
    name: str,
    wanted: _Wanted,
    stored: int,
) -> tuple[np.ndarray | None, list[str]]:
    """Decode what Pillow would reduce or decode worse; None for other pictures."""
    keep = wanted.keep
    if start.startswith(PNG) and start[PNG_DEPTH] == 16:
        pixels = _from_deep_png(file, image, name, stored, keep)
        is_coloured = keep and pixels.ndim == 3
        return pixels, deep_to_srgb(name, pixels, image.info.get("icc_profile") or b"") if is_coloured else []
    if start.startswith(JPEG) and image.mode in ("L", "RGB"):
        whole, wanted.looked = read_jpeg(file, image, name, keep)
        return whole, []
    if form is not None and form.name == HEIC and bits_of_heif(image) > BYTE:
        return read_deep_heif(file, image, name, keep)
    return None, note_of_deep_avif(file, name) if form is not None and form.name == AVIF else []


def _from_deep_png(file: BinaryIO, image: Image.Image, name: str, stored: int, keep: bool) -> np.ndarray:
    """Decode with more than 8 bits per channel, which Pillow would truncate."""
    count, kept = image.width * image.height, 2 * len(image.getbands())
    check_memory(name, count * max(kept * _copies(image), _bytes_in_pillow(image)))
    with open_picture(file) as probe:
        probe.load()  # raises if the file is cut off
    path, flags = path_of(file), cv2.IMREAD_UNCHANGED
    pixels = None if path is None else decode_onto_array(path, array_shape(image), np.uint16, flags, keep)
    if pixels is not None:
        swap_red_and_blue(pixels)
        return pixels
    check_memory(name, count * kept * 2 + stored)
    file.seek(0)
    return decode_with_opencv(file.read(), cv2.IMREAD_UNCHANGED)


def _copies(image: Image.Image) -> int:
    """Return how many copies of the result are held at a time: a rotated picture is copied."""
    return 1 if image.getexif().get(ORIENTATION, 1) == 1 else 2


def _bytes_in_pillow(image: Image.Image) -> int:
    return BYTES_IN_PILLOW.get(image.mode, 4)


def _from_jpeg2000(
    file: BinaryIO, image: Image.Image, name: str, stored: int, keep: bool
) -> tuple[np.ndarray, list[str]]:
    """Decode with OpenCV what has more than 8 bits, and with Pillow, tile by tile, what has not."""
    header = read_jpeg2000_header(file)
    if max(header.bits) > 8:
        pixels = read_deep_jpeg2000(file, header, name, keep, stored)
        if not keep or pixels.ndim < 3:
            return pixels, []
        apply = deep_to_srgb if min(header.bits) == 16 else _leave_profile
        return pixels, apply(name, pixels, header.profile)
    image.info["icc_profile"] = header.profile
    form = picture_format(JPEG2000[0])
    return _from_pillow(image, name, keep, header.tile_pixels * (form.decoder_bytes if form else 0)), []


def _leave_profile(name: str, pixels: np.ndarray, profile: bytes) -> list[str]:
    """Return the note on a profile of a picture whose white is not that of 16 bits."""
    return profile_notes(name, profile)


def _from_pillow(image: Image.Image, name: str, keep: bool, decoder_bytes: int = 0) -> np.ndarray:
    """Decode any other file, in strips, since Pillow would make two more copies of a whole picture.

    The decoder needs `decoder_bytes` for each channel in addition to Pillow's own copy.
    """
    mode = _mode_of(image)
    kept = {"L": 1, "I;16": 2, "F": 4}.get(mode, len(mode))
    count = image.width * image.height
    is_on_disk = mode not in ("I;16", "F") and count * kept >= MIN_BYTES
    own = count * (_bytes_in_pillow(image) + kept * _copies(image) * (not is_on_disk))
    check_memory(name, own + decoder_bytes * len(image.getbands()))
    image.load()
    if not keep:
        return np.zeros((1, 1), np.uint8)
    if mode == "I;16":
        return np.asarray(image).astype(np.uint16)
    if mode == "F":
        return np.asarray(image, dtype=np.float32)
    profile = image.info.get("icc_profile") if mode != "L" else None
    transform = srgb_transform(profile, "CMYK" if image.mode == "CMYK" else "RGB")
    strips = (
        _converted(image.crop((0, top, image.width, min(top + STRIP, image.height))), mode, transform)
        for top in range(0, image.height, STRIP)
    )
    first = next(strips)
    pixels = large_array((image.height, *first.shape[1:]), first.dtype)
    for number, strip in enumerate(chain([first], strips)):
        pixels[number * STRIP : number * STRIP + len(strip)] = strip
        let_go(pixels)
    return pixels


def _mode_of(image: Image.Image) -> str:
    """Return the Pillow mode of the result."""
    if image.mode.startswith("I;16"):
        return "I;16"
    if image.mode in ("I", "F"):
        return "F"
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L") else "RGB"


def _converted(strip: Image.Image, mode: str, transform: ImageCms.ImageCmsTransform | None) -> np.ndarray:
    if strip.mode == "CMYK" and transform is not None:
        return np.asarray(ImageCms.applyTransform(strip, transform))
    pixels = np.array(strip if strip.mode == mode else strip.convert(mode))
    to_srgb(pixels, transform)
    return pixels
