"""What JPEG 2000 files state and Pillow does not: depth, tiles and colour profile; and pixels of 16 bits."""

import math
import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

import cv2
import numpy as np

from maxrf_core.imaging.colours import decode_onto_array, decode_with_opencv, path_of, swap_red_and_blue
from maxrf_core.imaging.limits import check_memory
from maxrf_core.imaging.pillow import open_picture

CODESTREAM = b"\xff\x4f\xff\x51"  # SOC and SIZ (ISO 15444-1, A.4.1, A.5.1)
MAX_BOXES = 1000
MAX_HEADER = 16_000_000  # bytes of a JP2 header, most of it the profile
PROFILE_METHODS = (2, 3)  # restricted and any ICC profile (ISO 15444-1 and -2, I.5.3.3)
BYTES_A_SAMPLE = 14  # of OpenCV's decoder and its result, measured


@dataclass(frozen=True)
class Jpeg2000Header:
    """What the header of a JPEG 2000 file states.

    Attributes
    ----------
    size : (int, int)
        Width and height.
    tile_pixels : int
        Pixels of a tile, which is decoded at a time.
    bits : tuple of int
        Of each component.
    profile : bytes
        ICC profile; empty if there is none.
    """

    size: tuple[int, int]
    tile_pixels: int
    bits: tuple[int, ...]
    profile: bytes = b""


def read_jpeg2000_header(file: BinaryIO) -> Jpeg2000Header:
    """Read the header of a JPEG 2000 file or of a codestream alone.

    Raises
    ------
    ValueError
        If it is damaged.
    """
    file.seek(0)
    if file.read(4) == CODESTREAM:
        return _of_codestream(file, b"")
    profile, place = b"", 0
    for _box in range(MAX_BOXES):
        kind, start, stop = _box_at(file, place)
        if kind == b"jp2c":
            file.seek(start)
            if file.read(4) != CODESTREAM:
                break
            return _of_codestream(file, profile)
        if kind == b"jp2h" and stop - start <= MAX_HEADER:
            file.seek(start)
            profile = _profile_in(file.read(stop - start))
        place = stop
    raise ValueError("there is no codestream")


def read_deep_jpeg2000(
    file: BinaryIO, header: Jpeg2000Header, name: str, keep: bool, stored: int
) -> np.ndarray:
    """Decode a picture of more than 8 bits, which Pillow would cut to 8 if it has colours.

    Returns
    -------
    ndarray of uint16, grey, RGB or RGBA
        As stored: white of a file of 12 bits is 4095.

    Raises
    ------
    PictureError
        If it takes too much memory.
    ValueError, OSError
        If it is damaged.
    """
    width, height = header.size
    channels = len(header.bits)
    check_memory(name, width * height * channels * BYTES_A_SAMPLE)
    with open_picture(file) as probe:
        probe.load()  # raises if the file is cut off
    path = path_of(file)
    shape = (height, width) if channels == 1 else (height, width, channels)
    pixels = None
    if path is not None:
        pixels = decode_onto_array(path, shape, np.uint16, cv2.IMREAD_UNCHANGED, keep)
    if pixels is not None:
        swap_red_and_blue(pixels)
        return pixels
    check_memory(name, width * height * channels * BYTES_A_SAMPLE + stored)
    file.seek(0)
    return decode_with_opencv(file.read(), cv2.IMREAD_UNCHANGED)


def _box_at(file: BinaryIO, place: int) -> tuple[bytes, int, int]:
    """Return the kind of a box, and where its content begins and ends (ISO 15444-1, I.4)."""
    file.seek(place)
    head = file.read(16)
    if len(head) < 8:
        raise ValueError("the file is cut off")
    length, kind = struct.unpack(">I4s", head[:8])
    start = place + 8
    if length == 1:
        length, start = int.from_bytes(head[8:16], "big"), place + 16
    stop = file.seek(0, os.SEEK_END) if length == 0 else place + length
    if stop < start:
        raise ValueError("a box ends before it begins")
    return kind, start, stop


def _profile_in(header: bytes) -> bytes:
    """Return the ICC profile in the content of a JP2 header."""
    place = 0
    while place + 8 <= len(header):
        length, kind = struct.unpack_from(">I4s", header, place)
        content = header[place + 8 : place + length]
        if kind == b"colr" and content[:1] and content[0] in PROFILE_METHODS:
            return content[3:]
        place += max(8, length)
    return b""


def _of_codestream(file: BinaryIO, profile: bytes) -> Jpeg2000Header:
    """Read the segment SIZ, whose marker has just been read."""
    head = file.read(38)
    if len(head) < 38:
        raise ValueError("the file is cut off")
    right, bottom, left, top, tile_width, tile_height, _x, _y, count = struct.unpack(">4x8IH", head)
    components = file.read(3 * count)
    if len(components) < 3 * count or count < 1:
        raise ValueError("the file is cut off")
    width, height = right - left, bottom - top
    if min(width, height, tile_width, tile_height) < 1:
        raise ValueError("the size makes no sense")
    bits = tuple((components[3 * number] & 0x7F) + 1 for number in range(count))
    tile = math.prod((min(width, tile_width), min(height, tile_height)))
    return Jpeg2000Header((width, height), tile, bits, profile)
