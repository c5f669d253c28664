"""A TIFF file of a stranger is checked as what it is: a stack, or a picture."""

import numpy as np
import pytest
import tifffile

from maxrf_core.errors import MaxrfError, PictureError
from maxrf_core.untrusted.tiff import check_tiff


def test_a_sound_stack_and_a_sound_picture_pass(tmp_path):
    path = tmp_path / "a.tif"
    for pixels in (np.zeros((70, 8, 9), np.uint16), np.zeros((30, 40), np.uint8)):
        tifffile.imwrite(path, pixels, photometric="minisblack")
        check_tiff(path)


def test_a_stack_that_unpacks_to_far_more_than_is_stored_is_refused(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((70, 8, 9), np.uint16), photometric="minisblack", compression="zlib")
    with tifffile.TiffFile(path) as file:
        places = [
            page.tags[name].valueoffset for page in file.pages for name in ("ImageWidth", "ImageLength")
        ]
    content = bytearray(path.read_bytes())
    for place in places:
        content[place : place + 4] = (60_000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(MaxrfError):
        check_tiff(path)


def test_a_damaged_picture_is_told_as_such(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((300, 400), np.uint8), photometric="minisblack")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(PictureError):
        check_tiff(path)
