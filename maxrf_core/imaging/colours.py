"""Colours and orientation of decoded pictures: ICC profiles, the order of channels, upright pixels."""

import io
import os
from collections.abc import Sequence
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import DTypeLike
from PIL import Image, ImageCms

from maxrf_core.language import Note
from maxrf_core.large_array import in_bands, large_array, let_go

STRIP = 64  # rows that are converted at a time
COLOUR_TOLERANCE = 1  # of 255; a transform that changes colours by no more is not applied


def srgb_transform(profile: bytes | None, mode: str = "RGB") -> ImageCms.ImageCmsTransform | None:
    """Return the transform from the colours of an ICC profile to sRGB.

    Parameters
    ----------
    profile : bytes or None
    mode : "RGB" or "CMYK"

    Returns
    -------
    ImageCmsTransform or None
        None if there is no profile, it is invalid, or it changes nothing.
    """
    if not profile:
        return None
    try:
        own = ImageCms.getOpenProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), mode, "RGB")
    except ImageCms.PyCMSError:
        return None
    return None if mode == "RGB" and _changes_nothing(transform) else transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Return True if a transform leaves all colours as they are: cameras often embed the sRGB profile."""
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(9, -1, 3)
    converted = np.asarray(ImageCms.applyTransform(Image.fromarray(colours), transform))
    return bool(np.abs(converted.astype(int) - colours).max() <= COLOUR_TOLERANCE)


def to_srgb(pixels: np.ndarray, transform: ImageCms.ImageCmsTransform | None) -> None:
    """Apply a transform to RGB or RGBA pixels of 8 bits in place; grey pixels stay as they are."""
    if transform is None or pixels.ndim < 3:
        return
    for top in range(0, len(pixels), STRIP):
        colours = pixels[top : top + STRIP, :, :3]
        converted = ImageCms.applyTransform(Image.fromarray(np.ascontiguousarray(colours)), transform)
        colours[...] = np.asarray(converted)


def profile_notes(name: str, profile: bytes) -> list[str]:
    """Return a sentence on a profile that is not applied; none if it would change nothing."""
    if srgb_transform(profile) is None:
        return []
    described = ImageCms.getProfileDescription(ImageCms.getOpenProfile(io.BytesIO(profile))).strip()
    return [
        Note(
            "{name} has more than 8 bits a channel and the colour profile {described!r:.60}, which is "
            "not applied: its colours differ from those in a photo editor.",
            name=name,
            described=described,
        )
    ]


def decode_with_opencv(content: bytes, flags: int) -> np.ndarray:
    """Decode a picture as grey, RGB or RGBA.

    Raises
    ------
    ValueError
        If OpenCV cannot decode it.
    """
    pixels = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), flags)
    if pixels is None:
        raise ValueError("OpenCV cannot decode this file")
    swap_red_and_blue(pixels)
    return pixels


def decode_onto_array(
    path: str | os.PathLike[str], shape: Sequence[int], dtype: DTypeLike, flags: int, keep: bool
) -> np.ndarray | None:
    """Decode with OpenCV directly into an array, of which `cv2.imdecode` would make a second copy.

    Returns
    -------
    ndarray or None
        On the disk if it is large and kept. None if OpenCV does not support the file's layout or name.
    """
    pixels = large_array(shape, dtype) if keep else np.zeros(shape, dtype)
    return pixels if cv2.imread(os.fspath(path), pixels, flags) is pixels else None


def path_of(file: BinaryIO) -> str | os.PathLike[str] | None:
    """Return the path of an open file, None if it has none."""
    path = getattr(file, "name", None)
    return path if isinstance(path, str | os.PathLike) else None


def swap_red_and_blue(pixels: np.ndarray) -> None:
    """Convert OpenCV's BGR to RGB in place; cv2.cvtColor would need memory for a second copy."""
    if pixels.ndim == 3:
        for top in range(0, len(pixels), STRIP):
            strip = pixels[top : top + STRIP]
            strip[:, :, :3] = strip[:, :, 2::-1].copy()


def contiguous(pixels: np.ndarray) -> np.ndarray:
    """Return pixels in the order of their rows: the same array, or a copy of one that is turned."""
    if pixels.flags.c_contiguous:
        return pixels
    ordered = large_array(pixels.shape, pixels.dtype)
    for rows in in_bands(len(pixels), ordered[0].nbytes):
        ordered[rows] = pixels[rows]
        let_go(ordered, pixels)
    return ordered


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Return pixels rotated and mirrored according to the orientation tag (1 to 8)."""
    if orientation in (2, 3, 7, 8):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 6, 7):
        pixels = pixels[::-1]
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    return pixels
