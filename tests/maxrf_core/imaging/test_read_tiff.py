"""TIFF files of photo editors, ImageJ and scanners are read correctly, or a message says what is missing."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from maxrf_core.errors import PictureError
from maxrf_core.imaging import limits as picture_limits
from maxrf_core.imaging import read_tiff as tiff_reader
from maxrf_core.imaging import tiff_pages
from maxrf_core.imaging.read import check_picture, read_picture, read_with_notes
from maxrf_core.large_array import is_on_disk, large_array
from tests.maxrf_core.imaging.saved_pictures import (
    GREY,
    GREY16,
    RGB,
    RGB16,
    RGBA,
    SRGB,
    saved,
    saved_tiff,
    swapped_profile,
)


def with_extra(pixels, *kinds):
    """RGB or grey pixels with extra samples of these kinds, as photo editors write them."""
    extra = np.random.default_rng(1).integers(0, 2, (*pixels.shape[:2], len(kinds)))
    extra = (extra * np.iinfo(pixels.dtype).max).astype(pixels.dtype)
    colour = pixels if pixels.ndim == 3 else pixels[..., None]
    content = saved_tiff(
        np.concatenate([colour, extra], axis=2),
        photometric="rgb" if pixels.ndim == 3 else "minisblack",
        planarconfig="contig",
        extrasamples=kinds,
    )
    return content, extra


@pytest.mark.parametrize("pixels", [RGB, RGB16, GREY, GREY16], ids=["rgb8", "rgb16", "grey8", "grey16"])
@pytest.mark.parametrize("kinds", [[0], [0, 0], [2, 0], [1, 0]])
def test_extra_samples_that_are_not_opacity_are_left_out(pixels, kinds):
    np.testing.assert_array_equal(read_picture(with_extra(pixels, *kinds)[0]), pixels)


@pytest.mark.parametrize("pixels", [RGB, RGB16], ids=["rgb8", "rgb16"])
def test_an_extra_sample_that_is_opacity_becomes_opacity(pixels):
    content, alpha = with_extra(pixels, 2)
    np.testing.assert_array_equal(read_picture(content), np.concatenate([pixels, alpha], axis=2))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_colours_that_were_multiplied_by_their_opacity_are_divided_by_it(dtype):
    full = 1 if dtype == np.float32 else np.iinfo(dtype).max
    straight = np.array([[[0.8, 0.4, 0.2, 0.5], [0.8, 0.4, 0.2, 0.0], [1, 0.5, 0, 1]]])
    stored = np.concatenate([straight[..., :3] * straight[..., 3:], straight[..., 3:]], axis=2) * full
    content = saved_tiff(stored.astype(dtype), photometric="rgb", extrasamples=[1])
    back = read_picture(content).astype(float) / full
    expected = np.where(straight[..., 3:] > 0, straight, 0)
    np.testing.assert_allclose(back, expected, atol=3 / 255 if dtype == np.uint8 else 1e-4)


def test_a_saved_selection_of_photoshop_is_not_taken_for_transparency(shared):
    eight = read_picture(shared("data/faults/photoshop_rgb8_saved_selection.tif"))
    sixteen = read_picture(shared("data/faults/photoshop_rgb16_saved_selection.tif"))
    assert eight.shape == sixteen.shape == (40, 60, 3)
    assert np.abs(eight.astype(int) - sixteen // 257).max() <= 1


def test_the_largest_page_is_read_and_not_the_thumbnail(shared):
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for pixels in (RGB[:3, :4], RGB, RGB[:2]):
            writer.write(pixels, photometric="rgb")
    np.testing.assert_array_equal(read_picture(file.getvalue()), RGB)
    thumbnail = Image.fromarray(RGB[:3, :4])
    packed = saved(
        thumbnail, "TIFF", compression="tiff_lzw", save_all=True, append_images=[Image.fromarray(RGB)]
    )
    np.testing.assert_array_equal(read_picture(packed), RGB)
    assert read_picture(shared("data/faults/thumbnail_first.tif")).shape == (40, 60, 3)


def test_red_green_and_blue_that_imagej_stored_as_pages_are_a_colour_picture(shared):
    for pixels in (RGB, RGB16):
        file = io.BytesIO()
        planes = np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
        tifffile.imwrite(file, planes, imagej=True, metadata={"axes": "CYX"})
        np.testing.assert_array_equal(read_picture(file.getvalue()), pixels)
    assert read_picture(shared("data/faults/imagej_colour_as_pages.tif")).shape == (120, 160, 3)
    stack = io.BytesIO()
    tifffile.imwrite(stack, np.stack([GREY16] * 3), imagej=True, metadata={"axes": "ZYX"})
    np.testing.assert_array_equal(read_picture(stack.getvalue()), GREY16)


def test_a_smaller_version_in_the_file_stands_for_a_picture_that_is_too_large(monkeypatch):
    monkeypatch.setattr(picture_limits, "MAX_PIXELS", 30_000)
    monkeypatch.setattr(tiff_pages, "MIN_LEVEL_PIXELS", 1000)
    whole = np.kron(RGB, np.ones((40, 40, 1), np.uint8))
    for beside in (True, False):
        file = io.BytesIO()
        with tifffile.TiffWriter(file) as writer:
            writer.write(whole, photometric="rgb", subifds=2 if beside else 0)
            for step in (2, 4):
                writer.write(whole[::step, ::step], photometric="rgb", subfiletype=1)
        pixels, notes = read_with_notes(file.getvalue(), "slide.tif")
        np.testing.assert_array_equal(pixels, whole[::2, ::2])
        told = f"slide.tif holds a picture of {whole.shape[1]}×{whole.shape[0]} pixels"
        assert [note.startswith(told) for note in notes] == [True]
    other = io.BytesIO()
    with tifffile.TiffWriter(other) as writer:
        writer.write(whole, photometric="rgb")
        writer.write(whole[:100, :40], photometric="rgb")  # another part, not a smaller version
    with pytest.raises(PictureError, match="too large"):
        read_picture(other.getvalue())


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_any_byte_order_and_signed_bytes_are_read(shared, bigtiff, byteorder):
    for pixels in (RGB, GREY, RGB16):
        kind = "rgb" if pixels.ndim == 3 else "minisblack"
        content = saved_tiff(pixels, photometric=kind, bigtiff=bigtiff, byteorder=byteorder)
        np.testing.assert_array_equal(read_picture(content), pixels)
    signed = (GREY.astype(int) - 128).astype(np.int8)
    back = read_picture(saved_tiff(signed, photometric="minisblack", bigtiff=bigtiff, byteorder=byteorder))
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, signed)
    assert read_picture(shared("data/faults/bigtiff_big_endian_rgb8.tif")).shape == (40, 60, 3)


def test_jpeg_2000_in_a_tiff_file_is_said_to_be_not_supported(shared):
    with pytest.raises(PictureError, match="packed as JPEG 2000, which is not supported"):
        read_picture(shared("data/faults/jpeg2000_inside.tif"))
    content = bytearray(saved_tiff(RGB, photometric="rgb"))
    tag = content.index(b"\x03\x01\x03\x00\x01\x00\x00\x00")  # Compression, one short number
    content[tag + 8 : tag + 10] = (50_002).to_bytes(2, "little")
    with pytest.raises(PictureError, match="is not supported here"):
        read_picture(bytes(content))


def test_a_colour_profile_is_applied_and_said_to_be_ignored_where_it_is_not():
    def tagged(pixels, profile):
        return saved_tiff(pixels, photometric="rgb", extratags=[(34675, "B", len(profile), profile, True)])

    turned, notes = read_with_notes(tagged(RGB, swapped_profile()))
    assert np.abs(turned.astype(int) - RGB[..., ::-1]).max() <= 2
    assert notes == []
    turned, notes = read_with_notes(tagged(RGB16, swapped_profile()))
    assert np.abs(turned.astype(int) - RGB16[..., ::-1]).max() < 200  # of 65535
    assert notes == []
    values = (RGB16 / 7).astype(np.float32)
    kept, notes = read_with_notes(tagged(values, swapped_profile()), "deep.tif")
    np.testing.assert_array_equal(kept, values)
    assert len(notes) == 1
    assert "deep.tif has more than 8 bits" in notes[0]
    assert "not applied" in notes[0]
    assert read_with_notes(tagged(RGB16, SRGB))[1] == []  # would change nothing


def test_a_picture_with_opacity_by_pillow_is_as_by_tifffile():
    for packing in (None, "tiff_lzw"):
        np.testing.assert_array_equal(read_picture(saved(RGBA, "TIFF", compression=packing)), RGBA)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"byteorder": ">"},
        {"rowsperstrip": 7, "compression": "zlib"},
        {"tile": (64, 48), "compression": "zlib", "predictor": True},
        {"planarconfig": "separate"},
    ],
)
def test_a_large_picture_is_unpacked_to_the_disk_and_checked_without_being_kept(monkeypatch, options):
    shape = (3, 210, 150) if options.get("planarconfig") else (210, 150, 3)
    content = saved_tiff(
        np.random.default_rng(3).integers(0, 65535, shape, np.uint16), photometric="rgb", **options
    )
    expected = read_picture(content)
    monkeypatch.setattr(tiff_reader, "large_array", lambda *wanted: large_array(*wanted, 1))
    monkeypatch.setattr(tiff_reader, "MIN_BYTES", 1000)
    found = read_picture(content)
    np.testing.assert_array_equal(found, expected)
    assert is_on_disk(found) or "planarconfig" in options  # which is put in order in memory: it is small
    check_picture(content)
    with pytest.raises(PictureError, match="damaged"):
        check_picture(
            content[:-2000] if not options.get("compression") else content.replace(b"\x78", b"\x00")
        )
