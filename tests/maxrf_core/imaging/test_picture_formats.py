"""Every format of pictures that is declared is read as another program wrote it; others get a sentence."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from maxrf_core.errors import PictureError
from maxrf_core.imaging.picture_formats import PICTURE_ENDINGS, PICTURE_FORMATS, START, picture_format
from maxrf_core.imaging.read import check_picture, read_picture
from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.imaging.saved_pictures import noted_orientation, saved, swapped_profile

ROWS, COLUMNS = np.mgrid[:48, :64]
SMOOTH = np.stack([4 * COLUMNS, 5 * ROWS, 255 - 4 * COLUMNS], axis=-1).astype(np.uint8)
TOLERANCE = 12  # of 255; the formats of cameras lose a little


def as_heic(pixels, **options):
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(file, quality=95, chroma=444, **options)
    return file.getvalue()


def as_avif(pixels, **options):
    return saved(pixels, "AVIF", quality=95, subsampling="4:4:4", **options)


def as_webp(pixels, **options):
    return saved(pixels, "WEBP", lossless=True, **options)


def as_jpeg2000(pixels):
    return saved(pixels, "JPEG2000")


WRITERS = {"HEIC": as_heic, "AVIF": as_avif, "WebP": as_webp, "JPEG 2000": as_jpeg2000}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_picture_of_each_format_is_read_in_its_colours(kind, tmp_path):
    content = WRITERS[kind](SMOOTH)
    assert picture_format(content[:START]).name == kind
    path = tmp_path / f"picture{next(form for form in PICTURE_FORMATS if form.name == kind).endings[0]}"
    path.write_bytes(content)
    check_untrusted(path)
    for source in (path, content):
        pixels = read_picture(source)
        assert pixels.dtype == np.uint8
        assert np.abs(pixels.astype(int) - SMOOTH).max() <= TOLERANCE


@pytest.mark.parametrize("kind", ["HEIC", "AVIF", "WebP"])
def test_the_turn_and_the_profile_of_a_camera_are_applied(kind):
    exif = noted_orientation(6)
    content = WRITERS[kind](SMOOTH, exif=exif.tobytes() if kind == "HEIC" else exif)
    turned = read_picture(content)
    assert turned.shape == (64, 48, 3)
    assert np.abs(turned.astype(int) - np.rot90(SMOOTH, -1)).max() <= TOLERANCE
    if kind != "HEIC":
        swapped = read_picture(WRITERS[kind](SMOOTH, icc_profile=swapped_profile()))
        assert np.abs(swapped.astype(int) - SMOOTH[..., ::-1]).max() <= TOLERANCE + 2


def test_opacity_is_kept():
    alpha = np.where(COLUMNS > 20, 255, 0).astype(np.uint8)
    pixels = np.dstack([SMOOTH, alpha])
    np.testing.assert_array_equal(read_picture(as_webp(pixels, exact=True)), pixels)
    for write in (as_avif, as_heic):
        assert np.abs(read_picture(write(pixels))[..., 3].astype(int) - alpha).max() <= TOLERANCE


def test_a_photograph_of_a_telephone_is_opened(shared):
    phone = shared("data/faults/phone.heic")
    check_untrusted(phone)
    assert read_picture(phone).shape == (120, 160, 3)


@pytest.mark.parametrize("kind", WRITERS)
def test_files_that_are_cut_off_are_refused_in_words(kind):
    content = WRITERS[kind](SMOOTH)
    for look in (read_picture, check_picture):
        with pytest.raises(PictureError, match=r"photo is damaged, cut off"):
            look(content[: len(content) // 2], "photo")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x00\x00\x00\x18ftypcrx ", "Lightroom, Capture One"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "raw file of a camera"),
        (b"FUJIFILMCCD-RAW 0201", "raw file of a camera"),
        (b"\xff\x0a\xfa\x7f", "JPEG XL"),
        (b"%PDF-1.7", "pdfimages"),
        (b"GIF89a", "save it as PNG"),
        (
            b"\x00\x00\x00\x18ftypmp42",
            "is no picture that can be read here; save it as PNG, JPEG, TIFF, HEIC",
        ),
    ],
)
def test_other_kinds_get_a_sentence_that_says_what_to_export(start, words):
    with pytest.raises(PictureError, match=words):
        read_picture(start + bytes(100), "photo")


def test_each_ending_belongs_to_one_format_and_no_file_to_two():
    assert len(set(PICTURE_ENDINGS)) == len(PICTURE_ENDINGS)
    for write in WRITERS.values():
        assert sum(form.fits(write(SMOOTH)[:START]) for form in PICTURE_FORMATS) == 1
