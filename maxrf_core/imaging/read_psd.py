"""Reading of Photoshop files: the picture of all layers that is saved behind them, with 8 or 16 bits.

After Adobe's "Photoshop File Formats Specification" (2019). Pillow reads neither 16 bits nor PSB, and takes a
saved selection for opacity.
"""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageCms

from maxrf_core.errors import PictureError
from maxrf_core.imaging.colours import STRIP, srgb_transform, to_srgb
from maxrf_core.imaging.deep_profile import deep_to_srgb
from maxrf_core.imaging.limits import check_pixels
from maxrf_core.language import _
from maxrf_core.large_array import large_array, let_go

GREY, INDEXED, RGB, CMYK, DUOTONE = 1, 2, 3, 4, 8  # colour modes
COLOURS = {GREY: 1, DUOTONE: 1, INDEXED: 1, RGB: 3, CMYK: 4}  # channels of each; others are not read
DEPTHS = {8: (GREY, DUOTONE, INDEXED, RGB, CMYK), 16: (GREY, DUOTONE, RGB)}
RAW, PACKED = 0, 1  # compressions: none, PackBits by rows
PROFILE, VERSION = 1039, 1057  # image resources
LARGE = 2  # version of a PSB file
MAX_RESOURCES = 64_000_000  # bytes of all image resources
MAX_BLOCKS = 1000
MAX_SIDE = 300_000  # pixels, of a PSB file


@dataclass
class _Header:
    """What precedes the pixels, and where these lie."""

    version: int
    channels: int
    height: int
    width: int
    depth: int
    mode: int
    palette: bytes = b""
    profile: bytes = b""
    has_picture: bool = True
    has_opacity: bool = False

    @property
    def colours(self) -> int:
        return COLOURS[self.mode]

    @property
    def row_bytes(self) -> int:
        return self.width * self.depth // 8


def read_psd(file: BinaryIO, name: str, keep: bool = True) -> tuple[np.ndarray, list[str]]:
    """Read the picture of all layers of a Photoshop file.

    Parameters
    ----------
    file : binary file
    name : str
        For messages.
    keep : bool
        If not, it is only checked that the picture can be read; what is returned is part of it.

    Returns
    -------
    pixels : ndarray, (height, width), (height, width, 3) or (height, width, 4)
        Grey, RGB or RGBA, uint8 or uint16; colours of 8 bits in sRGB. Opacity only where the layers leave
        some of the picture clear: a saved selection is none.
    notes : list of str

    Raises
    ------
    PictureError
        If it has no such picture, is too large, or of a kind that is not read.
    ValueError
        If it is damaged.
    """
    header = _read_header(file, name)
    read_rows = _rows_reader(file, header, name)
    finish = _finisher(header)
    pixels = np.zeros((1, 1), np.uint8)
    for top in range(0, header.height, STRIP):
        rows = slice(top, min(top + STRIP, header.height))
        strip = finish(read_rows(rows))
        if not keep:
            continue
        if top == 0:
            pixels = large_array((header.height, *strip.shape[1:]), strip.dtype)
        pixels[rows] = strip
        let_go(pixels)
    deep = keep and header.depth > 8 and header.mode == RGB
    return pixels, deep_to_srgb(name, pixels, header.profile) if deep else []


def _read_header(file: BinaryIO, name: str) -> _Header:
    file.seek(0)
    header = _Header(*struct.unpack(">4xH6xHIIHH", _exactly(file, 26)))
    sides = header.width, header.height
    if not 0 < min(sides) <= max(sides) <= MAX_SIDE:
        raise ValueError("the size makes no sense")
    check_pixels(name, *sides)
    if header.mode not in DEPTHS.get(header.depth, ()):
        raise PictureError(
            _(
                "{name} is a Photoshop file in a mode that is not read here; choose Image, Mode, "
                "RGB Color and 8 or 16 Bits/Channel, and save a copy."
            ).format(name=name)
        )
    header.palette = _section(file, 4)
    _read_resources(header, _section(file, 4))
    if not header.has_picture:
        raise PictureError(
            _(
                "{name} holds layers alone and no picture of them; save it in Photoshop with “Maximize "
                "Compatibility”, or as a flattened TIFF file."
            ).format(name=name)
        )
    _skip_layers(file, header)
    if header.channels < header.colours:
        raise ValueError("a channel is missing")
    header.has_opacity &= header.channels > header.colours and header.mode in (GREY, RGB)
    return header


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise ValueError("the file is cut off")
    return data


def _number(file: BinaryIO, size: int) -> int:
    return int.from_bytes(_exactly(file, size), "big")


def _section(file: BinaryIO, size: int) -> bytes:
    length = _number(file, size)
    if length > MAX_RESOURCES:
        raise ValueError("a section is too long")
    return _exactly(file, length)


def _read_resources(header: _Header, data: bytes) -> None:
    """Read the profile, and whether there is a picture, from the image resources."""
    place = 0
    while place + 12 <= len(data):
        kind = int.from_bytes(data[place + 4 : place + 6], "big")
        place += 6 + (data[place + 6] // 2 + 1) * 2  # a name, padded to an even length
        size = int.from_bytes(data[place : place + 4], "big")
        content = data[place + 4 : place + 4 + size]
        if kind == PROFILE:
            header.profile = content
        elif kind == VERSION and len(content) > 4:
            header.has_picture = bool(content[4])
        place += 4 + size + size % 2


def _skip_layers(file: BinaryIO, header: _Header) -> None:
    """Go to the pixels; a negative number of layers says that the first further channel is opacity."""
    wide = 8 if header.version == LARGE else 4
    length = _number(file, wide)
    stop = file.tell() + length
    if length > wide:
        size = _number(file, wide)
        if size >= 2:
            header.has_opacity = int.from_bytes(_exactly(file, 2), "big", signed=True) < 0
        else:
            header.has_opacity = _is_clear_in_blocks(file, stop, wide)
    file.seek(stop)


def _is_clear_in_blocks(file: BinaryIO, stop: int, wide: int) -> bool:
    """Return True if layers in a block of their own, as those of 16 bits are, leave some part clear."""
    file.seek(_number(file, 4), os.SEEK_CUR)  # the global mask
    for _block in range(MAX_BLOCKS):
        if file.tell() + 12 > stop:
            break
        key = _exactly(file, 8)[4:]
        size = _number(file, wide if key in (b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mtrn") else 4)
        if key in (b"Lr16", b"Layr") and size >= 2:
            return int.from_bytes(_exactly(file, 2), "big", signed=True) < 0
        if key in (b"Mt16", b"Mtrn"):
            return True
        file.seek(size + -size % 4, os.SEEK_CUR)
    return False


def _rows_reader(file: BinaryIO, header: _Header, name: str) -> Callable[[slice], np.ndarray]:
    """Return a function that reads rows of all channels that are needed: (rows, width, channels)."""
    compression, wide = _number(file, 2), 4 if header.version == LARGE else 2
    if compression not in (RAW, PACKED):
        raise PictureError(
            _("{name} is packed in a way that is not read here; save it as a flattened TIFF file.").format(
                name=name
            )
        )
    lines = header.channels * header.height
    sizes = np.full(lines, header.row_bytes, np.int64)
    if compression == PACKED:
        sizes[:] = np.frombuffer(_exactly(file, lines * wide), f">u{wide}")
    places = file.tell() + np.concatenate([[0], np.cumsum(sizes)])
    if places[-1] > file.seek(0, os.SEEK_END):
        raise ValueError("the file is cut off")
    count = header.colours + header.has_opacity

    def read_rows(rows: slice) -> np.ndarray:
        planes = []
        for channel in range(count):
            first = channel * header.height + rows.start
            last = channel * header.height + rows.stop
            file.seek(int(places[first]))
            data = _exactly(file, int(places[last] - places[first]))
            shape = (rows.stop - rows.start, header.width)
            if compression == PACKED:
                size = (header.row_bytes, shape[0])
                data = Image.frombytes("L", size, data, "packbits", "L").tobytes()
            planes.append(np.frombuffer(data, f">u{header.depth // 8}").reshape(shape))
        return np.stack(planes, axis=-1).astype(f"u{header.depth // 8}")

    return read_rows


def _finisher(header: _Header) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that turns stored channels into grey, RGB or RGBA."""
    if header.mode == CMYK:
        transform = srgb_transform(header.profile, "CMYK")
        return lambda strip: _from_cmyk(strip, transform)
    if header.mode == INDEXED:
        if len(header.palette) < 768:
            raise ValueError("the palette is cut off")
        palette = np.frombuffer(header.palette[:768], np.uint8).reshape(3, 256).T
        return lambda strip: palette[strip[..., 0]]
    if header.mode != RGB:
        return lambda strip: strip[..., [0, 0, 0, 1]] if header.has_opacity else strip[..., 0]
    own = srgb_transform(header.profile) if header.depth == 8 else None

    def in_srgb(strip: np.ndarray) -> np.ndarray:
        to_srgb(strip, own)
        return strip

    return in_srgb


def _from_cmyk(strip: np.ndarray, transform: ImageCms.ImageCmsTransform | None) -> np.ndarray:
    image = Image.frombytes("CMYK", (strip.shape[1], strip.shape[0]), (255 - strip).tobytes())
    return np.asarray(
        image.convert("RGB") if transform is None else ImageCms.applyTransform(image, transform)
    )
