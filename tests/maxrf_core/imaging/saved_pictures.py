"""Pictures in memory, as other programs save them."""

import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image, ImageCms

RANDOM = np.random.default_rng(7)


GREY = RANDOM.integers(0, 256, (5, 7), dtype=np.uint8)


RGB = RANDOM.integers(0, 256, (5, 7, 3), dtype=np.uint8)


RGBA = RANDOM.integers(0, 256, (5, 7, 4), dtype=np.uint8)


GREY16 = RANDOM.integers(0, 65536, (5, 7), dtype=np.uint16)


RGB16 = RANDOM.integers(0, 65536, (5, 7, 3), dtype=np.uint16)


RGBA16 = RANDOM.integers(0, 65536, (5, 7, 4), dtype=np.uint16)


FIVE = np.zeros((5, 7, 5), np.uint16)


ALL = [GREY, RGB, RGBA, GREY16, RGB16, RGBA16]


def saved(image, kind="PNG", **options):
    file = io.BytesIO()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(file, kind, **options)
    return file.getvalue()


def saved_tiff(array, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def noted_orientation(number):
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


def png_of(width, height, depth=8, kind=2):
    """A PNG file that promises a size, with next to nothing in it."""

    def part(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(100))) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile():
    """A profile like sRGB in which red and blue have changed places: nobody can overlook it."""
    content = bytearray(SRGB)
    tags = {}
    count = struct.unpack_from(">I", content, 128)[0]
    for number in range(count):
        at = 132 + 12 * number
        tags[bytes(content[at : at + 4])] = at + 4
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    content[red : red + 8], content[blue : blue + 8] = content[blue : blue + 8], content[red : red + 8]
    return bytes(content)


def blank_png(width, height):
    """A picture of one colour, a thousand times larger than its file."""
    packer, rows = zlib.compressobj(), bytes(1 + width)
    packed = b"".join(packer.compress(rows) for _ in range(height)) + packer.flush()
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def flat_jpeg(path, size, claimed=None, **options):
    """A photograph of one colour; it may claim another size than it has."""
    Image.new("RGB", size, (90, 60, 30)).save(path, **options)
    if claimed is not None:
        content = bytearray(path.read_bytes())
        at = content.index(b"\xff\xc0" if not options.get("progressive") else b"\xff\xc2")
        content[at + 5 : at + 9] = struct.pack(">HH", claimed[1], claimed[0])
        path.write_bytes(content)
    return path
