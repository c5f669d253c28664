"""JPEG 2000: depth, tiles and profile are those in the file, and 16 bits stay 16 bits."""

import io
import struct

import cv2
import numpy as np
import pytest

from maxrf_core.errors import PictureError
from maxrf_core.imaging import limits
from maxrf_core.imaging.read import check_picture, read_picture, read_with_notes
from maxrf_core.imaging.read_jpeg2000 import read_jpeg2000_header
from tests.maxrf_core.imaging.saved_pictures import RANDOM, RGB, saved, swapped_profile

DEEP = RANDOM.integers(0, 65536, (64, 80, 3), dtype=np.uint16)


def deep(pixels):
    """16 bits as OpenCV writes them, without loss."""
    order = pixels if pixels.ndim == 2 else pixels[..., ::-1]
    done, content = cv2.imencode(".jp2", order, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000])
    assert done
    return content.tobytes()


def with_profile(content, profile):
    """Put a profile into the header of a JP2 file, in the place of its enumerated colours."""
    at = content.index(b"colr") - 4
    length = struct.unpack_from(">I", content, at)[0]
    colours = struct.pack(">I4sBBB", 11 + len(profile), b"colr", 2, 0, 0) + profile
    header = content.index(b"jp2h") - 4
    longer = struct.unpack_from(">I", content, header)[0] + len(colours) - length
    return (
        content[:header]
        + struct.pack(">I", longer)
        + content[header + 4 : at]
        + colours
        + content[at + length :]
    )


@pytest.mark.parametrize("pixels", [DEEP[..., 0], DEEP], ids=["grey", "colours"])
def test_16_bits_are_kept(pixels, tmp_path):
    path = tmp_path / "deep.jp2"
    path.write_bytes(deep(pixels))
    check_picture(path)
    for source in (path, path.read_bytes()):
        back = read_picture(source)
        assert back.dtype == np.uint16
        np.testing.assert_array_equal(back, pixels)


def test_colours_become_srgb():
    content = with_profile(saved(RGB, "JPEG2000"), swapped_profile())
    assert read_jpeg2000_header(io.BytesIO(content)).profile == swapped_profile()
    assert np.abs(read_picture(content).astype(int) - RGB[..., ::-1]).max() <= 2
    pixels, notes = read_with_notes(with_profile(deep(DEEP), swapped_profile()), "deep.jp2")
    assert notes == []
    assert np.abs(pixels.astype(int) - DEEP[..., ::-1]).max() < 200  # of 65535


def test_the_header_tells_size_depth_and_tiles():
    large = np.zeros((300, 400, 3), np.uint8)
    whole = read_jpeg2000_header(io.BytesIO(saved(large, "JPEG2000")))
    assert (whole.size, whole.tile_pixels, whole.bits) == ((400, 300), 120_000, (8, 8, 8))
    tiled = read_jpeg2000_header(io.BytesIO(saved(large, "JPEG2000", tile_size=(128, 128))))
    assert tiled.tile_pixels == 128 * 128
    bare = read_jpeg2000_header(io.BytesIO(saved(large, "JPEG2000", no_jp2=True)))
    assert bare.size == (400, 300)


def test_a_picture_in_one_piece_that_would_fill_the_memory_is_refused_and_one_in_tiles_is_read(monkeypatch):
    large = np.zeros((300, 400, 3), np.uint8)
    monkeypatch.setattr(limits, "MAX_BYTES", 1_500_000)
    assert read_picture(saved(large, "JPEG2000", tile_size=(64, 64))).shape == large.shape
    with pytest.raises(PictureError, match="too large"):
        read_picture(saved(large, "JPEG2000"))


@pytest.mark.parametrize("content", [b"", b"\xff\x4f\xff\x51" + bytes(60), struct.pack(">I", 8) * 60])
def test_broken_headers_raise(content):
    with pytest.raises(ValueError, match=r"cut off|no codestream|makes no sense"):
        read_jpeg2000_header(io.BytesIO(content))
