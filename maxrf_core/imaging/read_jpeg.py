"""Reading of JPEG files with OpenCV, which needs less memory than Pillow."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image

from maxrf_core.imaging.colours import decode_onto_array, path_of, srgb_transform, to_srgb
from maxrf_core.imaging.limits import check_memory
from maxrf_core.imaging.pillow import open_picture
from maxrf_core.imaging.quick_look import QuickLook, quick_look
from maxrf_core.language import _
from maxrf_core.large_array import let_go

JPEG_PROBE = 8  # a JPEG file is first decoded at an eighth of its size, which fails if it is cut off


def read_jpeg(
    file: BinaryIO, image: Image.Image, name: str, keep: bool
) -> tuple[np.ndarray | None, QuickLook | None]:
    """Decode into three bytes per pixel, where Pillow needs seven.

    Parameters
    ----------
    file : binary file
    image : PIL.Image.Image
        The same file, of which only the header is read; grey or RGB.
    name : str
        For messages.
    keep : bool
        If not, it is only checked that the picture can be read; what is returned is part of it.

    Returns
    -------
    pixels : ndarray or None
        Not yet upright, colours in sRGB; None if OpenCV cannot open the file.
    looked : QuickLook or None
        The small copy of a large photograph that was decoded on the way, if it is not kept.

    Raises
    ------
    PictureError
        If a progressive file takes too much memory.
    OSError
        If it is damaged or cut off.
    """
    channels, is_progressive = len(image.getbands()), bool(image.info.get("progressive"))
    colour = cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR_RGB
    if is_progressive:
        check_memory(
            name,
            image.width * image.height * channels + _coefficient_bytes(image),
            _('save it as a baseline ("standard") JPEG file, not a progressive one, or smaller'),
        )
    path = path_of(file)
    if path is None:
        return None, None
    with ThreadPoolExecutor(1) as beside:
        probed = beside.submit(_probe, path, not keep)
        if is_progressive:
            probed.result()  # each of both would hold all coefficients
        if keep or is_progressive:
            flags = colour | cv2.IMREAD_IGNORE_ORIENTATION
            pixels = decode_onto_array(path, array_shape(image), np.uint8, flags, keep)
        else:
            pixels = _decode_means(path, channels)
        looked = probed.result()
    if pixels is not None and keep:
        to_srgb(pixels, srgb_transform(image.info.get("icc_profile")))
        let_go(pixels)
    return pixels, looked


def _decode_means(path: str | os.PathLike[str], channels: int) -> np.ndarray | None:
    """Decode all numbers of a JPEG file, but draw the means of its blocks alone, in less time and memory.

    What a broken file can harm is the decoding of its numbers; how a block is drawn does not depend on them.
    """
    means = cv2.IMREAD_REDUCED_GRAYSCALE_8 if channels == 1 else cv2.IMREAD_REDUCED_COLOR_8
    return cv2.imread(os.fspath(path), means | cv2.IMREAD_IGNORE_ORIENTATION)


def _probe(path: str | os.PathLike[str], is_looked_at: bool) -> QuickLook | None:
    """Raise an error if a JPEG file is cut off: OpenCV would fill the missing part with grey.

    Returns the small copy that comes of it, if it is wanted and the photograph is large.
    """
    looked = quick_look(path) if is_looked_at else None
    if looked is not None:
        return looked
    with open(path, "rb") as file, open_picture(file) as probe:
        probe.draft(probe.mode, (probe.width // JPEG_PROBE, probe.height // JPEG_PROBE))
        probe.load()
    return None


def array_shape(image: Image.Image) -> tuple[int, ...]:
    """Return the shape of a picture's array: (height, width) if it is grey, else with its channels."""
    channels = len(image.getbands())
    return (image.height, image.width) if channels == 1 else (image.height, image.width, channels)


def _coefficient_bytes(image: Image.Image) -> float:
    """Return the memory of libjpeg for a progressive file: all coefficients, two bytes each."""
    layers = [(across, down) for _, across, down, _ in getattr(image, "layer", [])] or [(1, 1)]
    across, down = (max(factors) for factors in zip(*layers, strict=True))
    return 2.0 * image.width * image.height * sum(a * d for a, d in layers) / (across * down)
