"""Which pixels does a PNG, JPEG or TIFF file hold, upright and in the depth that it was saved in?"""

import io
import os
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
import tifffile
from PIL import Image, ImageCms

from maxrf_core.errors import PictureError

MOST_PIXELS = 250_000_000
TOO_LARGE = (
    f"too large to be read here (limit {MOST_PIXELS // 1_000_000} million pixels); save a smaller copy"
)
MOST_BYTES = 4_000_000_000
# More pixels than this have to come from a file that is worth them: blank ones pack to next to nothing
FREE_PIXELS, MOST_RATIO = 110_000_000, 250
Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # Pillow's own limit would refuse large photographs of drawings

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
PNG_DEPTH = 24  # where a PNG file tells its bits per channel
ORIENTATION = 0x0112  # the tag in EXIF and TIFF
GREY_OR_RGB = (0, 1, 2)  # photometric interpretations of TIFF: white is 0, black is 0, RGB
WHITE_IS_ZERO = 0
STRIP = 64  # rows
SAME_COLOUR = 1  # profiles that differ by no more are the same: nothing is gained by rounding once more


def read_picture(source: str | os.PathLike[str] | bytes | BinaryIO, name: str | None = None) -> np.ndarray:
    """Read a photograph or a map from a PNG, JPEG or TIFF file.

    Parameters
    ----------
    source : path, bytes or binary file
        A file is read from its beginning.
    name : str, optional
        What messages call the picture; by default the file's name.

    Returns
    -------
    ndarray, (height, width), (height, width, 3) or (height, width, 4)
        Grey, RGB or RGBA; uint8, uint16, or float32 for TIFF files of any other numbers. Palettes and CMYK
        become RGB. Colours of 8 bits that come with an ICC profile become sRGB; grey, 16-bit and float
        pixels keep their values. The orientation that a camera noted is applied. Of a file with several
        pages or frames the first.

    Raises
    ------
    PictureError
        Where there is no such file, or it is empty, too large, damaged, or no such picture.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return _read(io.BytesIO(source), name or "The picture")
    if not isinstance(source, str | os.PathLike):
        return _read(source, name or _own_name(source))
    path = Path(source)
    try:
        with open(path, "rb") as file:
            return _read(file, name or path.name)
    except FileNotFoundError:
        raise PictureError(f"There is no picture {path.name}.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, PictureError):
            raise
        reason = error.strerror if isinstance(error, OSError) else error
        raise PictureError(f"The picture {path.name or path} cannot be opened ({reason}).") from error


def _own_name(file: Any) -> str:
    own = getattr(file, "name", None)
    return Path(own).name if isinstance(own, str) else "The picture"


def _read(file: BinaryIO, name: str) -> np.ndarray:
    if file.seekable():
        if file.seek(0, os.SEEK_END) > MOST_BYTES:
            raise _too_many_bytes(name)
        file.seek(0)
    start = file.read(32)
    if not start:
        raise PictureError(f"{name} is empty; choose a PNG, JPEG or TIFF file.")
    if not start.startswith((PNG, JPEG, *TIFF)):
        raise PictureError(f"{name} is no PNG, JPEG or TIFF file; save the picture as one of these.")
    content = start + (file.read() if file.seekable() else file.read(MOST_BYTES))
    if len(content) > MOST_BYTES:
        raise _too_many_bytes(name)
    try:
        pixels = _decode(content, name)
    except PictureError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise PictureError(f"{name} is {TOO_LARGE}.") from error
    except Exception as error:  # decoders raise nearly anything on damaged files
        message = (
            f"{name} is damaged, cut off, or saved in a way that cannot be read here; save it again as PNG."
        )
        raise PictureError(message) from error
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,), (4,)) or pixels.size == 0:
        raise PictureError(f"{name} is neither grey nor RGB nor RGBA: its shape is {pixels.shape}.")
    return np.ascontiguousarray(pixels)


def _too_many_bytes(name: str) -> PictureError:
    return PictureError(f"{name} is larger than {MOST_BYTES / 1e9:.0f} GB; save a smaller copy of it.")


def _decode(content: bytes, name: str) -> np.ndarray:
    if content.startswith(TIFF):
        pixels = _deep_tiff(content, name)
        if pixels is not None:
            return pixels
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as image:
        _check_size(image.width, image.height, len(content), name)
        image.load()  # also where another decoder reads the pixels: this one notices a file that was cut off
        orientation = image.getexif().get(ORIENTATION, 1)
        if content.startswith(PNG) and content[PNG_DEPTH] == 16:
            pixels = _decoded_by_opencv(content)
        else:
            pixels = _from_pillow(image)
    return _upright(pixels, orientation)


def _check_size(width: int, height: int, stored: int, name: str) -> None:
    pixels = width * height
    if pixels > MOST_PIXELS or (pixels > FREE_PIXELS and pixels > stored * MOST_RATIO):
        raise PictureError(f"{name} has {width}×{height} pixels and is {TOO_LARGE}.")


def _from_pillow(image: Image.Image) -> np.ndarray:
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    if image.mode in ("I", "F"):
        return np.asarray(image, dtype=np.float32)
    if image.has_transparency_data:
        return _pixels(_in_srgb(_in_mode("RGBA", image), image.info.get("icc_profile")))
    if image.mode in ("1", "L"):
        return _pixels(_in_mode("L", image))
    if image.mode not in ("RGB", "CMYK"):
        image = image.convert("RGB")
    return _pixels(_in_mode("RGB", _in_srgb(image, image.info.get("icc_profile"))))


def _in_mode(mode: str, image: Image.Image) -> Image.Image:
    """Convert an image; one that is in this mode already is not copied."""
    return image if image.mode == mode else image.convert(mode)


def _pixels(image: Image.Image) -> np.ndarray:
    """Give an image's pixels, 8 bits each, in strips: of a whole one Pillow would make two copies more."""
    strips = (
        np.asarray(image.crop((0, top, image.width, min(top + STRIP, image.height))))
        for top in range(0, image.height, STRIP)
    )
    first = next(strips)
    pixels = np.empty((image.height, *first.shape[1:]), first.dtype)
    for number, strip in enumerate(chain([first], strips)):
        pixels[number * STRIP : number * STRIP + len(strip)] = strip
    return pixels


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Turn colours into those of sRGB, as a screen shows them; a profile that makes no sense is left out."""
    if not profile:
        return image
    mode = "CMYK" if image.mode == "CMYK" else "RGB"
    try:
        own = ImageCms.getOpenProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), mode, "RGB")
    except ImageCms.PyCMSError:
        return image
    if mode == "RGB" and _changes_nothing(transform):
        return image
    colours = ImageCms.applyTransform(image.convert(mode), transform)
    assert colours is not None  # it is, but where the image is changed in place
    if image.mode == "RGBA":
        colours.putalpha(image.getchannel("A"))
    return colours


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Try a transform on colours all over the cube: cameras often note that their pictures are in sRGB."""
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    tried = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(9, -1, 3)
    turned = np.asarray(ImageCms.applyTransform(Image.fromarray(tried), transform))
    return bool(np.abs(turned.astype(int) - tried).max() <= SAME_COLOUR)


def _decoded_by_opencv(content: bytes) -> np.ndarray:
    """Decode with more than 8 bits a channel, which Pillow would cut off."""
    pixels = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("OpenCV cannot decode this file")
    if pixels.ndim == 2:
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)


def _deep_tiff(content: bytes, name: str) -> np.ndarray | None:
    """Decode a TIFF file of more than 8 bits a channel; none for those that Pillow knows better."""
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        page: Any = file.pages[0]
        _check_size(page.imagewidth, page.imagelength, len(content), name)
        if page.dtype is None or page.bitspersample <= 8:
            return None
        if page.samplesperpixel > 4 or page.imagedepth > 1:
            raise PictureError(f"{name} is neither grey nor RGB nor RGBA: its shape is {page.shape}.")
        if page.photometric not in GREY_OR_RGB:
            raise PictureError(f"{name} is a 16-bit TIFF file in other colours than RGB; save it as RGB.")
        orientation = page.tags[ORIENTATION].value if ORIENTATION in page.tags else 1
        try:
            pixels = page.asarray()
        except ValueError as error:
            if "imagecodecs" not in str(error):
                raise
            pixels = _packed_tiff(content, page)
        else:
            if page.axes.startswith("S"):
                pixels = np.moveaxis(pixels, 0, -1)
            pixels = _upright(pixels, orientation)
    if page.photometric == WHITE_IS_ZERO and pixels.dtype.kind in "iu":
        pixels = np.iinfo(pixels.dtype).max - pixels
    if pixels.ndim == 3 and pixels.shape[2] == 2:
        pixels = pixels[:, :, [0, 0, 0, 1]]  # grey with alpha
    return pixels if pixels.dtype == np.uint16 else pixels.astype(np.float32)


def _packed_tiff(content: bytes, page: Any) -> np.ndarray:
    """Decode compressions that tifffile leaves to a package which is not needed otherwise (LZW …)."""
    pixels = _decoded_by_opencv(content)
    if sorted(pixels.shape[:2]) != sorted((page.imagelength, page.imagewidth)):
        raise ValueError("the decoded size differs from the size in the file")
    return pixels


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn and mirror pixels as the orientation tag (1 to 8) demands."""
    if orientation in (2, 3, 7, 8):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 6, 7):
        pixels = pixels[::-1]
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    return pixels
