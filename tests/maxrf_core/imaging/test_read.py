"""Photographs of all programs and cameras are read correctly; decompression bombs are refused."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from maxrf_core.errors import PictureError
from maxrf_core.imaging import read as picture_reader
from maxrf_core.imaging.read import read_picture
from maxrf_core.imaging.write import encode
from tests.maxrf_core.imaging.test_write import GREY, GREY16, RGB, RGB16, RGBA, png_of, saved, saved_tiff

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


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_colours_with_a_profile_become_those_of_srgb(kind):
    back = read_picture(saved(RGB, kind, icc_profile=swapped_profile()))
    assert np.abs(back.astype(int) - RGB[..., ::-1]).max() <= 2
    back = read_picture(saved(RGBA, kind, icc_profile=swapped_profile()))
    assert np.abs(back[..., :3].astype(int) - RGBA[..., 2::-1]).max() <= 2
    np.testing.assert_array_equal(back[..., 3], RGBA[..., 3])


def test_a_photograph_in_srgb_or_with_a_broken_profile_keeps_its_pixels():
    for profile in (SRGB, b"no profile at all", swapped_profile()[:200]):
        np.testing.assert_array_equal(read_picture(saved(RGB, icc_profile=profile)), RGB)


def test_measured_values_are_never_changed_by_a_profile():
    np.testing.assert_array_equal(read_picture(saved(GREY, icc_profile=swapped_profile())), GREY)
    extra = [(34675, "B", len(swapped_profile()), swapped_profile(), True)]
    for values in (RGB16, RGB16.astype(np.float32)):
        content = saved_tiff(values, photometric="rgb", extratags=extra)
        np.testing.assert_array_equal(read_picture(content), values)
    np.testing.assert_array_equal(read_picture(saved(GREY16, icc_profile=swapped_profile())), GREY16)


def test_cmyk_with_a_profile_for_rgb_is_read_all_the_same():
    red = Image.new("CMYK", (20, 10), (0, 255, 255, 0))
    back = read_picture(saved(red, "JPEG", icc_profile=SRGB))
    assert np.abs(back.astype(int) - (255, 0, 0)).max() < 12


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


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_100_megapixels_is_read_and_a_bomb_is_not():
    assert read_picture(blank_png(10_000, 10_000)).shape == (10_000, 10_000)
    with pytest.raises(PictureError, match=r"12500×12500 pixels .*limit 155 million"):
        read_picture(blank_png(12_500, 12_500))


def flat_jpeg(path, size, claimed=None, **options):
    """A photograph of one colour; it may claim another size than it has."""
    Image.new("RGB", size, (90, 60, 30)).save(path, **options)
    if claimed is not None:
        content = bytearray(path.read_bytes())
        at = content.index(b"\xff\xc0" if not options.get("progressive") else b"\xff\xc2")
        content[at + 5 : at + 9] = struct.pack(">HH", claimed[1], claimed[0])
        path.write_bytes(content)
    return path


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_flat_photograph_of_250_megapixels_is_refused_by_its_header(tmp_path):
    path = flat_jpeg(tmp_path / "flat.jpg", (160, 160), (15_810, 15_810))
    with pytest.raises(PictureError, match=r"flat\.jpg has 15810×15810 pixels .*limit 155 million"):
        read_picture(path)


def test_what_a_decoder_would_hold_is_limited_whatever_the_pixels(tmp_path):
    whole = {"subsampling": 0}  # 4:4:4: of a progressive file all three coefficients of each pixel are kept
    claimed = flat_jpeg(tmp_path / "steps.jpg", (160, 160), (12_200, 12_200), progressive=True, **whole)
    with pytest.raises(PictureError, match=r"1\.3 GB of memory .*save it as a baseline"):
        read_picture(claimed)
    file = io.BytesIO()
    tifffile.imwrite(file, shape=(12_000, 12_000, 3), dtype=np.float64, photometric="rgb")
    with pytest.raises(PictureError, match="GB of memory"):
        read_picture(file.getvalue()[:4096])


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


def test_a_tiff_file_that_claims_many_values_a_pixel_is_refused():
    content = saved_tiff(np.zeros((4, 5, 9), np.uint16), photometric="minisblack", planarconfig="contig")
    with pytest.raises(PictureError, match="neither grey nor RGB"):
        read_picture(content)
    volume = io.BytesIO()
    tifffile.imwrite(volume, np.zeros((6, 16, 16), np.uint16), volumetric=True, tile=(1, 16, 16))
    with pytest.raises(PictureError, match="neither grey nor RGB"):
        read_picture(volume.getvalue())


def test_a_file_that_is_far_too_large_is_refused_without_being_read(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_reader, "MAX_FILE_BYTES", 1000)
    path = tmp_path / "huge.png"
    path.write_bytes(saved(np.zeros((200, 200, 3), np.uint8)).ljust(1001))
    with pytest.raises(PictureError, match=r"huge\.png is larger than"):
        read_picture(path)
