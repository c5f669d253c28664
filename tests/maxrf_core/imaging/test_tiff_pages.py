"""Of several pictures in a TIFF file one is chosen; smaller versions of it serve as previews."""

import io

import numpy as np
import pytest
import tifffile

from maxrf_core.errors import PictureError
from maxrf_core.imaging.read import check_picture, read_picture, read_with_notes
from maxrf_core.imaging.tiff_pages import PicturePage, picture_pages

ROWS, COLUMNS = np.mgrid[:240, :320]
FRONT = np.stack([COLUMNS // 2, ROWS, 255 - ROWS], axis=-1).astype(np.uint8)
BACK = np.ascontiguousarray(FRONT[::-1, :200])
GREY = np.ascontiguousarray(FRONT[:, :, 0]).astype(np.uint16) * 200


@pytest.fixture
def album(tmp_path):
    """Two pictures with a smaller version each, another one of 16 bits, a thumbnail and a mask."""
    path, verso = tmp_path / "album.tif", [(285, 2, 0, "verso", True)]
    with tifffile.TiffWriter(path) as file:
        file.write(FRONT[::16, ::16], photometric="rgb")
        file.write(BACK, photometric="rgb", compression="zlib", subifds=1, extratags=verso)
        file.write(BACK[::2, ::2], photometric="rgb", subfiletype=1)
        file.write(FRONT, photometric="rgb", compression="zlib")
        file.write(FRONT[::2, ::2], photometric="rgb", subfiletype=1)
        file.write(GREY[:100], photometric="minisblack")
        file.write(FRONT[:, :, 0] > 99, photometric="minisblack", subfiletype=4)
    return path


def test_pages_with_pictures_of_their_own_are_listed(album):
    assert picture_pages(album) == [
        PicturePage(2, (200, 240), "verso"),
        PicturePage(3, (320, 240), is_default=True),
        PicturePage(5, (320, 100)),
    ]


def test_the_page_that_is_chosen_is_read_and_otherwise_the_largest_with_a_word(album):
    check_picture(album)
    for number, expected in ((2, BACK), (3, FRONT), (5, GREY[:100])):
        pixels, notes = read_with_notes(album, page=number)
        np.testing.assert_array_equal(pixels, expected)
        assert notes == []
    pixels, notes = read_with_notes(album)
    np.testing.assert_array_equal(pixels, FRONT)
    assert [str(note) for note in notes] == ["album.tif holds 3 pictures; the largest is used, on page 3."]
    with pytest.raises(PictureError, match=r"album\.tif has no page 9 with a picture"):
        read_picture(album, page=9)


def test_a_page_that_is_damaged_is_found_by_the_check_of_an_upload(album):
    content = bytearray(album.read_bytes())
    with tifffile.TiffFile(album) as file:
        at, size = file.pages[1].dataoffsets[0], file.pages[1].databytecounts[0]
    content[at : at + size] = bytes(size)
    with pytest.raises(PictureError, match="damaged"):
        check_picture(io.BytesIO(content), "album.tif")


def test_other_files_offer_no_choice(tmp_path):
    path = tmp_path / "one.tif"
    tifffile.imwrite(path, FRONT, photometric="rgb")
    assert picture_pages(path) == []
    path.write_bytes(b"II*\x00" + bytes(20))
    assert picture_pages(path) == []
    stack = tmp_path / "stack.tif"
    tifffile.imwrite(stack, np.zeros((70, 9, 9), np.uint8), photometric="minisblack")
    assert picture_pages(stack) == []


def test_raw_files_of_cameras_say_what_to_export(tmp_path):
    path = tmp_path / "photo.dng"
    with tifffile.TiffWriter(path) as file:
        file.write(FRONT[::8, ::8], photometric="rgb", subfiletype=1, subifds=1)
        file.write(GREY, photometric=32803)
    with pytest.raises(PictureError, match=r"photo\.dng is a raw file of a camera"):
        read_picture(path)
