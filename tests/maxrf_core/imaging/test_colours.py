"""Colours and orientation of pictures by other programs and cameras."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from maxrf_core.imaging.colours import swap_red_and_blue, upright
from maxrf_core.imaging.read import read_picture
from tests.maxrf_core.imaging.saved_pictures import (
    GREY,
    GREY16,
    RGB,
    RGB16,
    RGBA,
    SRGB,
    noted_orientation,
    saved,
    saved_tiff,
    swapped_profile,
)


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
    content = saved_tiff(RGB16.astype(np.float32), photometric="rgb", extratags=extra)
    np.testing.assert_array_equal(read_picture(content), RGB16.astype(np.float32))
    np.testing.assert_array_equal(read_picture(saved(GREY16, icc_profile=swapped_profile())), GREY16)


def test_cmyk_with_a_profile_for_rgb_is_read_all_the_same():
    red = Image.new("CMYK", (20, 10), (0, 255, 255, 0))
    back = read_picture(saved(red, "JPEG", icc_profile=SRGB))
    assert np.abs(back.astype(int) - (255, 0, 0)).max() < 12


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_that_a_camera_noted_is_applied(orientation):
    upright = {
        1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
        5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a, -1),
        7: lambda a: np.rot90(a, 2).swapaxes(0, 1), 8: np.rot90,
    }[orientation]  # fmt: skip
    exif = noted_orientation(orientation)
    np.testing.assert_array_equal(read_picture(saved(RGB, exif=exif)), upright(RGB))
    for compression in ("raw", "tiff_lzw"):
        content = saved(GREY, "TIFF", compression=compression, tiffinfo={274: orientation})
        np.testing.assert_array_equal(read_picture(content), upright(GREY))
    tag = (274, "H", 1, orientation, True)
    deep = saved_tiff(RGB16, photometric="rgb", extratags=[tag])
    np.testing.assert_array_equal(read_picture(deep), upright(RGB16))
    quarters = np.kron(np.array([[0, 90], [180, 250]], np.uint8), np.ones((16, 24), np.uint8))
    photo = read_picture(saved(quarters, "JPEG", quality=95, exif=exif))
    assert photo.shape == upright(quarters).shape
    assert np.abs(photo.astype(int) - upright(quarters)).max() < 8


def test_orientation_is_applied_to_sixteen_bit_png_too():
    content = saved(GREY16, exif=noted_orientation(6))
    np.testing.assert_array_equal(read_picture(content), np.rot90(GREY16, -1))


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3), (3, 5, 4)])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_are_turned_as_pillow_turns_them(shape, orientation):
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    turned = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(upright(pixels, orientation), turned)


@given(st.integers(1, 200), st.sampled_from([3, 4]))
def test_red_and_blue_change_places_in_every_row_and_opacity_stays(rows, channels):
    pixels = np.random.default_rng(rows).integers(0, 256, (rows, 3, channels), dtype=np.uint8)
    swapped = pixels.copy()
    swap_red_and_blue(swapped)
    np.testing.assert_array_equal(swapped, pixels[:, :, [2, 1, 0, 3][:channels]])
