"""Reading of TIFF files: extra samples, and depths that Pillow does not support."""

from typing import Any, BinaryIO

import cv2
import numpy as np
import tifffile
from PIL import TiffImagePlugin

from maxrf_core.errors import PictureError
from maxrf_core.imaging.colours import (
    STRIP,
    decode_onto_array,
    decode_with_opencv,
    path_of,
    srgb_transform,
    swap_red_and_blue,
    to_srgb,
    upright,
)
from maxrf_core.imaging.deep_profile import deep_to_srgb
from maxrf_core.imaging.limits import check_memory, check_pixels
from maxrf_core.imaging.tiff_pages import (
    PAGE_CHANNELS,
    chosen_page,
    colours_are_pages,
    is_unpacked_by_tifffile,
    orientation_of_page,
    size_of_page,
)
from maxrf_core.language import _
from maxrf_core.large_array import MIN_BYTES, in_bands, is_on_disk, large_array, let_go

WHITE_IS_ZERO, RGB = 0, 2
GREY_OR_RGB = (0, 1, 2)  # photometric interpretations: white is 0, black is 0, RGB
IGNORED, PREMULTIPLIED, ALPHA = 0, 1, 2  # kinds of an extra sample (TIFF 6.0, ExtraSamples)
LZW = 5
MAX_PILLOW_PIXELS = 170_000_000  # Pillow refuses to unpack LZW in larger pictures


def read_tiff(
    file: BinaryIO,
    name: str,
    stored: int,
    keep: bool = True,
    page_number: int | None = None,
    min_pixels: int = 0,
) -> tuple[np.ndarray | None, int, list[str]]:
    """Read a picture of a TIFF file.

    Parameters
    ----------
    file : binary file
    name : str
        For messages.
    stored : int
        Bytes of the file.
    keep : bool
        If not, it is only checked that the picture can be read; what is returned is part of it.
    page_number : int, optional
        Of `picture_pages`; by default the largest picture.
    min_pixels : int, optional
        Read the smallest version of the picture with at least so many pixels; by default all of it.

    Returns
    -------
    pixels : ndarray or None
        uint8, uint16 or float32; None for a picture that Pillow decodes better.
    page : int
        Number of the page in the file.
    notes : list of str
        Sentences on what was ignored or chosen.

    Raises
    ------
    PictureError
        If it is too large, or not supported.
    """
    with tifffile.TiffFile(file) as opened:
        if colours_are_pages(opened):
            return _upright(_stacked(opened, name), opened.pages[0]), 0, []
        page, number, notes = chosen_page(opened, name, page_number, min_pixels)
        _check_supported(page, name)
        is_ours = page.photometric in GREY_OR_RGB and page.dtype is not None
        is_needed = is_unpacked_by_tifffile(page) or size_of_page(page) > MAX_PILLOW_PIXELS
        if page.bitspersample <= 8 and not (is_ours and is_needed):
            return None, number, notes
        _check_kind(page, name)
        pixels = _samples(file, page, number, name, stored, keep)
        if not keep:
            return pixels, number, notes
        profile = page.iccprofile if page.photometric == RGB else None
        pixels = _interpreted(pixels, page)
        if pixels.dtype == np.uint8:
            to_srgb(pixels, srgb_transform(profile))
            let_go(pixels)
        elif profile:
            notes += deep_to_srgb(name, pixels, profile)
        return pixels, number, notes


def tiff_orientation(file: BinaryIO, name: str, page_number: int | None = None) -> int:
    """Return the orientation tag of the picture that `read_tiff` reads, 1 if it has none.

    Parameters
    ----------
    file : binary file
    name : str
        For messages.
    page_number : int, optional
        As in `read_tiff`.

    Raises
    ------
    PictureError
        If the picture is too large, or there is no such page.
    """
    with tifffile.TiffFile(file) as opened:
        page = opened.pages[0] if colours_are_pages(opened) else chosen_page(opened, name, page_number)[0]
        return orientation_of_page(page)


def _check_supported(page: Any, name: str) -> None:
    if page.compression not in TiffImagePlugin.COMPRESSION_INFO:
        packing = getattr(page.compression, "name", str(page.compression))
        kind = "JPEG 2000" if "2000" in packing or "J2K" in packing else packing.replace("_", " ")
        raise PictureError(
            _(
                "{name} is a TIFF file that is packed as {kind:.40}, which is not supported here; save "
                "it with LZW, ZIP or no compression."
            ).format(name=name, kind=kind)
        )


def _check_kind(page: Any, name: str) -> None:
    samples = page.samplesperpixel
    if page.imagedepth > 1 or (page.photometric != RGB and samples > 4):
        raise PictureError(
            _("{name} is neither grey nor RGB nor RGBA: its shape is {shape}.").format(
                name=name, shape=page.shape
            )
        )
    if page.photometric not in GREY_OR_RGB:
        raise PictureError(
            _("{name} is a 16-bit TIFF file in other colours than RGB; save it as RGB.").format(name=name)
        )


def _samples(file: BinaryIO, page: Any, number: int, name: str, stored: int, keep: bool) -> np.ndarray:
    """Return the stored samples, upright."""
    if is_unpacked_by_tifffile(page) or not _lies_on_disk(page):
        check_memory(name, _needed(page))
    try:
        pixels = _unpacked(page, keep, stored)
    except ValueError as error:
        if "imagecodecs" not in str(error):
            raise
        unpacked = _unpacked_by_opencv(file, page, number, keep)
        if unpacked is not None:
            return unpacked
        check_memory(name, 2 * _needed(page) + stored)  # OpenCV copies its result
        return _unpacked_from_content(file, page, number)
    if not keep:
        return pixels
    return _upright(np.moveaxis(pixels, 0, -1) if page.axes.startswith("S") else pixels, page)


def _unpacked(page: Any, keep: bool, stored: int) -> np.ndarray:
    """Return the stored samples; if they are not kept, unpack them piece by piece, to no end.

    Raises
    ------
    ValueError
        If they cannot be unpacked, or the file is cut off.
    """
    if keep:
        pixels = large_array(page.shape, page.dtype)
        if not is_on_disk(pixels) or page.axes not in ("YX", "YXS"):
            return page.asarray(out=pixels, maxworkers=1)
        _fill(pixels, page)
        return pixels
    if max(map(sum, zip(page.dataoffsets, page.databytecounts, strict=True)), default=0) > stored:
        raise ValueError("the file is cut off")
    if not page.is_memmappable:  # nothing is packed
        for _piece in page.segments(maxworkers=1):
            pass
    return np.zeros((1, 1), np.uint8)


def _fill(pixels: np.ndarray, page: Any) -> None:
    """Unpack the samples of a large page piece by piece, so that few are in memory at a time."""
    if page.is_memmappable:  # one piece of the file, as it is
        file, dtype = page.parent.filehandle, np.dtype(page.parent.byteorder + page.dtype.char)
        for rows in in_bands(len(pixels), pixels[0].nbytes):
            file.seek(page.dataoffsets[0] + rows.start * pixels[0].nbytes)
            pixels[rows] = file.read_array(dtype, pixels[rows].size).reshape(pixels[rows].shape)
            let_go(pixels)
        return
    done = 0
    for piece, index, (_depth, height, width, _count) in page.segments(maxworkers=1, sort=True):
        top, left = index[2:4]
        if piece is None:  # it is not stored, as it is empty
            continue
        place = pixels[top : top + height, left : left + width]
        place[...] = piece[0, : place.shape[0], : place.shape[1]].reshape(place.shape)
        done += place.nbytes
        if done > MIN_BYTES:
            let_go(pixels)
            done = 0


def _lies_on_disk(page: Any) -> bool:
    """Return True if the result is what is stored, and large."""
    size = size_of_page(page) * page.samplesperpixel * np.dtype(page.dtype).itemsize
    is_plain = page.photometric != WHITE_IS_ZERO and PREMULTIPLIED not in tuple(page.extrasamples)
    return is_plain and page.dtype in (np.uint8, np.uint16, np.float32) and size >= MIN_BYTES


def _needed(page: Any) -> int:
    """Return the bytes that are held at a time: all stored samples, and those of the result."""
    if _lies_on_disk(page) and is_unpacked_by_tifffile(page):
        return sum(page.databytecounts[:1])  # a piece
    samples, itemsize = page.samplesperpixel, np.dtype(page.dtype).itemsize
    kept = 0
    if page.dtype not in (np.uint8, np.uint16, np.float32):
        kept = min(samples, 4) * 4
    elif samples not in (1, 3) or page.axes.startswith("S"):
        kept = min(samples, 4) * itemsize
    return size_of_page(page) * (samples * itemsize + kept)


def _stacked(opened: tifffile.TiffFile, name: str) -> np.ndarray:
    first: Any = opened.pages[0]
    check_pixels(name, first.imagewidth, first.imagelength)
    _check_supported(first, name)
    check_memory(name, size_of_page(first) * np.dtype(first.dtype).itemsize * 5 + size_of_page(first) * 12)
    pixels = np.empty((*first.shape, PAGE_CHANNELS), first.dtype)
    for number in range(PAGE_CHANNELS):
        pixels[..., number] = opened.pages[number].asarray(maxworkers=1)
    return pixels if pixels.dtype in (np.uint8, np.uint16) else pixels.astype(np.float32)


def _unpacked_by_opencv(file: BinaryIO, page: Any, number: int, keep: bool) -> np.ndarray | None:
    """Unpack a large page for which tifffile needs another package (LZW …) directly into an array.

    None if the file has no name, or the page is small or of a kind that OpenCV stores otherwise.
    """
    path = path_of(file)
    if number or path is None or not _lies_on_disk(page) or page.extrasamples:
        return None
    pixels = decode_onto_array(path, page.shape, page.dtype, cv2.IMREAD_UNCHANGED, keep)
    if pixels is not None:
        swap_red_and_blue(pixels)
        let_go(pixels)
    return pixels


def _unpacked_from_content(file: BinaryIO, page: Any, number: int) -> np.ndarray:
    """Unpack compressions for which tifffile needs another package (LZW …)."""
    if number:
        raise ValueError("OpenCV decodes the first page only")
    file.seek(0)
    pixels = decode_with_opencv(file.read(), cv2.IMREAD_UNCHANGED)
    if sorted(pixels.shape[:2]) != sorted((page.imagelength, page.imagewidth)):
        raise ValueError("the decoded size differs from the size in the file")
    return pixels


def _interpreted(pixels: np.ndarray, page: Any) -> np.ndarray:
    """Return grey, RGB or RGBA pixels, without other extra samples, with white at full scale."""
    if page.photometric == WHITE_IS_ZERO and pixels.dtype.kind in "iu":
        pixels = np.iinfo(pixels.dtype).max - pixels
    colours = 3 if page.photometric == RGB or page.samplesperpixel - len(page.extrasamples) == 3 else 1
    if pixels.ndim == 3 and pixels.shape[2] > colours:
        extra = tuple(page.extrasamples)
        # OpenCV does not write the tag for opacity
        kind = (*extra, ALPHA)[0] if len(extra) < 2 and pixels.shape[2] == colours + 1 else IGNORED
        if kind == PREMULTIPLIED:
            pixels = pixels.copy()
            _divide_by_alpha(pixels)
        if kind == IGNORED:
            pixels = pixels[:, :, :colours]
        elif colours == 1:
            pixels = pixels[:, :, [0, 0, 0, 1]]
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    return pixels if pixels.dtype in (np.uint8, np.uint16) else pixels.astype(np.float32, copy=False)


def _divide_by_alpha(pixels: np.ndarray) -> None:
    """Divide premultiplied colours by their opacity, in place."""
    full = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "iu" else 1
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP]
        alpha = strip[:, :, -1:].astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            colour = np.where(alpha > 0, strip[:, :, :-1] * (full / alpha), 0)
        if pixels.dtype.kind in "iu":
            colour = np.clip(np.rint(colour), 0, full)
        strip[:, :, :-1] = colour


def _upright(pixels: np.ndarray, page: Any) -> np.ndarray:
    return upright(pixels, orientation_of_page(page))
