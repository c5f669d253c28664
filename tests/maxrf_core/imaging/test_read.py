"""Photographs of all programs and cameras are read correctly; decompression bombs are refused."""

import io
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from maxrf_core.errors import PictureError
from maxrf_core.imaging import read as picture_reader
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.write import encode
from tests.maxrf_core.imaging.saved_pictures import (
    FIVE,
    GREY,
    GREY16,
    RANDOM,
    RGB,
    RGB16,
    RGBA,
    RGBA16,
    png_of,
    saved,
    saved_tiff,
)


def test_of_an_animated_picture_the_first_frame_is_read():
    frames = [Image.fromarray(RGB), Image.fromarray(RGB // 2)]
    np.testing.assert_array_equal(
        read_picture(saved(frames[0], save_all=True, append_images=frames[1:])), RGB
    )
    pages = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(read_picture(pages), RGB)
    smooth = Image.new("RGB", (16, 16), (200, 120, 40))
    stereo = io.BytesIO()
    smooth.save(stereo, "MPO", save_all=True, append_images=[Image.new("RGB", (16, 16))])
    assert np.abs(read_picture(stereo.getvalue()).astype(int) - (200, 120, 40)).max() < 5


@pytest.mark.parametrize("shape", [(1, 1), (1, 100_000), (100_000, 1)])
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_thin_pictures_are_read(shape, kind):
    for dtype in (np.uint8, np.uint16):
        np.testing.assert_array_equal(read_picture(encode(np.ones(shape, dtype), kind)), np.ones(shape))


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("size", [(0, 0), (0, 5), (5, 0)])
def test_pictures_without_a_pixel_are_refused(size, depth):
    with pytest.raises(PictureError):
        read_picture(png_of(*size, depth=depth))


PEAK = """
import resource, sys
from maxrf_core.imaging.read import read_picture
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
read_picture(sys.argv[2])
before = peak()
print(read_picture(sys.argv[1]).size, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of memory in this unit")
@pytest.mark.parametrize(("ending", "most"), [("jpg", 4), ("png", 8), ("tif", 8)])
def test_decoding_takes_no_more_memory_than_is_promised(tmp_path, ending, most):
    small, large = tmp_path / f"small.{ending}", tmp_path / f"large.{ending}"
    Image.new("RGB", (100, 100)).save(small)
    Image.new("RGB", (5000, 4000), (90, 60, 30)).save(large)
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, large, small], cwd=root, check=True, capture_output=True, text=True
    )
    values, taken = map(int, done.stdout.split())
    assert values == 60_000_000
    assert taken < most * 20_000_000


def test_a_file_that_is_far_too_large_is_refused_without_being_read(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_reader, "MAX_FILE_BYTES", 1000)
    path = tmp_path / "huge.png"
    path.write_bytes(saved(np.zeros((200, 200, 3), np.uint8)).ljust(1001))
    with pytest.raises(PictureError, match=r"huge\.png is larger than"):
        read_picture(path)


@pytest.mark.parametrize("pixels", [RGB16, RGBA16], ids=["rgb", "rgba"])
def test_sixteen_bit_colours_by_another_program_keep_their_order_and_depth(pixels):
    swapped = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA)
    for ending in (".png", ".tif"):
        content = cv2.imencode(ending, swapped)[1].tobytes()  # its TIFF files are packed with LZW
        np.testing.assert_array_equal(read_picture(content), pixels)


@pytest.mark.parametrize("compression", [None, "raw", "tiff_lzw", "tiff_deflate", "packbits"])
@pytest.mark.parametrize("pixels", [GREY, RGB, RGBA, GREY16], ids=["grey", "rgb", "rgba", "grey16"])
def test_tiff_files_of_pillow_are_read_in_any_compression(pixels, compression):
    np.testing.assert_array_equal(read_picture(saved(pixels, "TIFF", compression=compression)), pixels)


def test_jpeg_files_are_read_in_colour_and_grey():
    smooth = np.full((40, 50, 3), (200, 120, 40), np.uint8)
    back = read_picture(saved(smooth, "JPEG", quality=95))
    assert back.shape == (40, 50, 3)
    assert np.abs(back.astype(int) - smooth).max() <= 4
    grey = read_picture(saved(smooth[..., 0], "JPEG"))
    assert grey.shape == (40, 50)


def test_cmyk_becomes_rgb():
    red = Image.new("CMYK", (20, 10), (0, 255, 255, 0))
    for kind in ("JPEG", "TIFF"):
        back = read_picture(saved(red, kind))
        assert back.shape == (10, 20, 3)
        assert np.abs(back.astype(int) - (255, 0, 0)).max() < 12


def test_palettes_become_rgb_and_transparent_palettes_rgba():
    indexed = Image.new("P", (4, 3), 1)
    indexed.putpalette([0, 0, 0, 10, 20, 30])
    assert read_picture(saved(indexed))[0, 0].tolist() == [10, 20, 30]
    assert read_picture(saved(indexed, transparency=1))[0, 0].tolist() == [10, 20, 30, 0]


def test_black_and_white_and_grey_with_alpha_are_read():
    ink = Image.fromarray(GREY > 127)
    np.testing.assert_array_equal(read_picture(saved(ink)), np.where(GREY > 127, 255, 0))
    with_alpha = Image.merge("LA", (Image.fromarray(GREY), Image.fromarray(RGB[..., 0].copy())))
    back = read_picture(saved(with_alpha))
    np.testing.assert_array_equal(back, np.dstack([GREY, GREY, GREY, RGB[..., 0]]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int16, np.int32, np.uint32])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_tiff_files_of_other_numbers_are_read_as_float32(dtype, shape):
    values = (RANDOM.random(shape) * 3000).astype(dtype)
    back = read_picture(saved_tiff(values, photometric="rgb" if len(shape) == 3 else "minisblack"))
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, values.astype(np.float32))


def test_tiff_files_with_separate_planes_several_pages_or_white_as_zero_are_read():
    planes = saved_tiff(np.moveaxis(RGB16, 2, 0), photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(read_picture(planes), RGB16)
    pages = saved_tiff(np.stack([GREY16, GREY16 // 2]), photometric="minisblack")
    np.testing.assert_array_equal(read_picture(pages), GREY16)
    negative = saved_tiff(GREY16, photometric="miniswhite")
    np.testing.assert_array_equal(read_picture(negative), 65535 - GREY16)


def test_picture_is_read_from_a_path_bytes_or_a_file_that_was_read_before(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(RGB))
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        np.testing.assert_array_equal(read_picture(source), RGB)
    with open(path, "rb") as file:
        for _ in range(2):
            np.testing.assert_array_equal(read_picture(file), RGB)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"x,y\n1,2\n", "is no picture that can be read here"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "is no picture that can be read here"),
        (b"\x89PNG\r\n\x1a\n", "is damaged"),
        (b"\xff\xd8\xff\xe0", "is damaged"),
        (b"II*\x00", "is damaged"),
        (png_of(16000, 16000), "16000×16000 pixels .*limit 210 million"),
        (png_of(100_000, 100_000), "limit 210 million"),
        (png_of(300, 200), "is damaged"),
        (saved(RGB)[:-40], "is damaged"),
        (encode(RGB16, "png")[:-60], "is damaged"),
        (saved(np.zeros((64, 64, 3), np.uint8), "JPEG")[:-200], "is damaged"),
        (saved(GREY, "TIFF")[:-30], "is damaged"),
        (encode(RGB16, "tiff")[:-60], "is damaged"),
        (cv2.imencode(".tif", RGB16)[1].tobytes()[:150], "is damaged"),
        (saved_tiff(FIVE, photometric="minisblack", planarconfig="contig"), "neither grey"),
        (saved_tiff(RGBA16, photometric="separated"), "other colours than RGB"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_bad_picture_is_refused_by_name_with_the_reason(content, reason):
    with pytest.raises(PictureError, match=f"^holiday.png .*({reason})"):
        read_picture(content, "holiday.png")


def test_absent_picture_and_folder_are_named(tmp_path):
    with pytest.raises(PictureError, match=r"There is no picture .*absent\.png"):
        read_picture(tmp_path / "absent.png")
    with pytest.raises(PictureError, match="cannot be opened"):
        read_picture(tmp_path)
    with pytest.raises(PictureError):
        read_picture("a\0b.png")


WHOLE = [saved(RGB), encode(RGB16, "png"), encode(RGB16, "tiff"), saved(RGB, "TIFF"), saved(RGB, "JPEG")]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150)
@given(st.sampled_from(WHOLE), st.data())
def test_damaged_picture_gives_pixels_or_a_reason_and_never_anything_else(content, data):
    damaged = bytearray(content[: data.draw(st.integers(1, len(content)))])
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        pixels = read_picture(bytes(damaged))
    except PictureError:
        return
    assert pixels.dtype in (np.uint8, np.uint16, np.float32)


def test_real_map_of_a_painting_is_read(shared):
    zinc = read_picture(shared("data/real/vangogh/s0039V1962_elementmap_924x1479.png"))
    assert zinc.shape[:2] == (1479, 924)
    assert zinc.dtype == np.uint8
