"""Opening of picture files: recognised by their first bytes, and never limited for the whole program."""

import io

import pytest
from PIL import Image, UnidentifiedImageError

from maxrf_core.imaging.pillow import open_picture
from tests.maxrf_core.imaging.saved_pictures import RGB, blank_png, saved


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "AVIF", "JPEG2000"])
def test_a_picture_is_recognised_by_its_content_wherever_the_file_was_left(kind):
    file = io.BytesIO(saved(RGB, kind))
    file.seek(5)
    with open_picture(file) as image:
        assert (image.format, image.size) == (kind, (7, 5))
    assert not file.closed


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a" + bytes(40), saved(RGB, "BMP"), b"8BPS\x00\x01" + bytes(40)]
)
def test_other_kinds_of_pictures_are_not_opened(content):
    with pytest.raises(UnidentifiedImageError, match="no picture for Pillow"):
        open_picture(io.BytesIO(content))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_damaged_header_raises_what_pillow_raises(kind):
    with pytest.raises(UnidentifiedImageError):
        open_picture(io.BytesIO(saved(RGB, kind)[:9] + b"\xff" * 30))


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_large_picture_is_opened_and_the_limit_of_the_program_is_not_touched(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # set by another part of the program
    content = blank_png(40, 30)
    with open_picture(io.BytesIO(content)) as image:
        assert image.size == (40, 30)
    assert Image.MAX_IMAGE_PIXELS == 100
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(content))
