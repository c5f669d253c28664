"""Photoshop files: the picture of all layers, as psd-tools wrote them (tests/data/README.md)."""

import struct
from pathlib import Path

import numpy as np
import pytest

from maxrf_core.errors import PictureError
from maxrf_core.imaging.read import check_picture, read_picture, read_with_notes
from maxrf_core.imaging.read_psd import read_psd

FOLDER = Path(__file__).parents[2] / "data/pictures"
ROWS, COLUMNS = np.mgrid[:20, :30]
DEEP = np.stack([COLUMNS * 2184, ROWS * 3276, (COLUMNS + ROWS) * 1310], axis=-1).astype(np.uint16)
FLAT = (DEEP >> 8).astype(np.uint8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rgb16.psd", DEEP),
        ("raw16.psb", DEEP),
        ("grey16.psd", DEEP[..., 0]),
        ("packed8.psb", FLAT),
        ("selection8.psd", FLAT),  # a saved selection is no opacity
        ("cmyk8.psd", FLAT),
    ],
)
def test_the_picture_is_read_as_it_was_written(name, expected):
    check_picture(FOLDER / name)
    pixels, notes = read_with_notes(FOLDER / name)
    assert pixels.dtype == expected.dtype
    np.testing.assert_array_equal(pixels, expected)
    assert notes == []


def test_parts_that_the_layers_leave_clear_are_clear():
    pixels = read_picture(FOLDER / "opacity8.psd")
    alpha = (ROWS + COLUMNS) % 2 * 255
    np.testing.assert_array_equal(pixels[..., 3], alpha)
    np.testing.assert_array_equal(pixels[alpha > 0][:, :3], FLAT[alpha > 0])


def test_a_file_without_a_picture_of_its_layers_says_how_to_save_one():
    content = bytearray((FOLDER / "opacity8.psd").read_bytes())
    at = content.index(b"8BIM" + struct.pack(">H", 1057)) + 4 + 2 + 2 + 4 + 4
    assert content[at] == 1
    content[at] = 0
    with pytest.raises(PictureError, match="Maximize Compatibility"):
        read_picture(bytes(content))


@pytest.mark.parametrize(
    ("place", "number", "words"),
    [
        (14, 400_000, "is damaged"),
        (14, 290_000, r"290000 pixels .*limit 210 million"),
        (22, 32 << 16 | 3, "8 or 16 Bits/Channel"),  # depth and mode
        (22, 8 << 16 | 9, "Mode, RGB Color"),
        (26, 2**31, "is damaged"),
    ],
)
def test_headers_that_promise_too_much_are_refused(place, number, words):
    content = bytearray((FOLDER / "rgb16.psd").read_bytes())
    content[place : place + 4] = struct.pack(">I", number)
    if number == 290_000:
        content[18:22] = struct.pack(">I", 290_000)
    with pytest.raises(PictureError, match=words):
        read_picture(bytes(content))


def test_a_file_that_is_cut_off_is_refused_whether_its_pixels_are_kept_or_not(tmp_path):
    path = tmp_path / "cut.psd"
    path.write_bytes((FOLDER / "rgb16.psd").read_bytes()[:-1])
    for keep in (True, False):
        with open(path, "rb") as file, pytest.raises(ValueError, match="cut off"):
            read_psd(file, path.name, keep)
