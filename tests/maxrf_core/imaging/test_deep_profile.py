"""Colours of 16 bits become those that LittleCMS gives with 8 bits, with every step between them."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from maxrf_core.imaging.deep_profile import deep_to_srgb
from tests.maxrf_core.imaging.saved_pictures import SRGB, swapped_profile

LEVELS = np.linspace(0, 255, 18).round().astype(np.uint8)
COLOURS = np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS), axis=-1).reshape(18, -1, 3)


def with_curve(curve: bytes) -> bytes:
    """Return the swapped profile with another curve for all channels, appended to it."""
    content = bytearray(swapped_profile())
    for number in range(struct.unpack_from(">I", content, 128)[0]):
        at = 132 + 12 * number
        if bytes(content[at + 1 : at + 4]) == b"TRC":
            struct.pack_into(">II", content, at + 4, len(content), len(curve))
    whole = bytes(content) + curve
    return struct.pack(">I", len(whole)) + whole[4:]


def parametric(function: int, *numbers: float) -> bytes:
    fixed = struct.pack(f">{len(numbers)}i", *(round(each * 65536) for each in numbers))
    return struct.pack(">4sIHH", b"para", 0, function, 0) + fixed


TABLE = (np.linspace(0, 1, 33) ** 1.7 * 65535).round().astype(">u2").tobytes()
PROFILES = {
    "swapped primaries": swapped_profile(),
    "gamma 2.2 as of Adobe RGB": with_curve(struct.pack(">4sIIHH", b"curv", 0, 1, round(2.2 * 256), 0)),
    "gamma 1.8 as of ProPhoto": with_curve(parametric(0, 1.8)),
    "CIE 122": with_curve(parametric(1, 2.2, 1.1, -0.1)),
    "IEC 61966-3": with_curve(parametric(2, 2.2, 1.05, -0.05, 0)),
    "with a straight part": with_curve(parametric(3, 2.4, 1 / 1.16, 0.16 / 1.16, 0.1107, 0.08)),
    "with offsets": with_curve(parametric(4, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0, 0)),
    "a table": with_curve(struct.pack(">4sII", b"curv", 0, 33) + TABLE + b"\0\0"),
    "straight": with_curve(struct.pack(">4sII", b"curv", 0, 0)),
}


@pytest.mark.parametrize("name", PROFILES)
def test_colours_are_those_of_littlecms(name):
    own = ImageCms.getOpenProfile(io.BytesIO(PROFILES[name]))
    transform = ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    expected = np.asarray(ImageCms.applyTransform(Image.fromarray(COLOURS), transform)).astype(float)
    pixels = COLOURS.astype(np.uint16) * 257
    assert deep_to_srgb("photo.tif", pixels, PROFILES[name]) == []
    assert np.abs(pixels / 257 - expected).max() < 1.6  # LittleCMS rounds, and its own tables are coarse


def test_steps_between_those_of_8_bits_are_kept_and_opacity_too():
    pixels = np.full((1, 2000, 4), 30_000, np.uint16)
    pixels[0, :, 0] = np.arange(30_000, 32_000)
    deep_to_srgb("photo.tif", pixels, PROFILES["gamma 1.8 as of ProPhoto"])
    assert len(np.unique(pixels[0, :, 2])) > 1500  # red and blue have changed places
    assert (pixels[..., 3] == 30_000).all()


def test_what_cannot_be_applied_is_told_and_what_changes_nothing_is_left_alone():
    pixels = COLOURS.astype(np.uint16) * 257
    before = pixels.copy()
    odd = with_curve(b"para" + bytes(4) + b"\0\x09" + bytes(30))
    assert deep_to_srgb("photo.tif", pixels, SRGB) == deep_to_srgb("photo.tif", pixels, b"") == []
    assert deep_to_srgb("photo.tif", pixels, odd) == []  # LittleCMS refuses it as well
    lifted = with_curve(parametric(1, 2.2, 0.9, 0.1))  # its black is grey: programs differ on that
    for values, profile in ((pixels, lifted), (pixels.astype(np.float32), swapped_profile())):
        (note,) = deep_to_srgb("photo.tif", values, profile)
        assert "not applied" in str(note)
    np.testing.assert_array_equal(pixels, before)
